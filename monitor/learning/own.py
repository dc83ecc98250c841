"""Makes, trains and compares topics on the stored archive: what `topics add` and `train` do."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from monitor.adapters.encoder import encode_batch
from monitor.adapters.nlp import stop_words
from monitor.core.classifier import Example, Topic, Weights, judge
from monitor.core.concepts import Concepts, keyword_concept
from monitor.core.model import Analysis, Article, Document
from monitor.core.topic import models_of, with_models
from monitor.errors import MonitorError
from monitor.learning.background import ENOUGH, Background, background_items, make_text
from monitor.learning.exemplar import Exemplar, make_weights, score_texts
from monitor.learning.labels import Judged, learn
from monitor.learning.local import analyze_all

ARCHIVE = 5_000
"""So many of the newest articles are read: ten a second and more, and rarer words tell more."""

FOLDS = 5

Track = Callable[[Iterable[Any], int], Iterable[Any]]
"""Shows how far something is; given what is gone through and how much it is."""


@dataclass(frozen=True)
class Found:
    """A text, analysed; `article` None for one that is not in the archive."""

    document: Document
    analysis: Analysis
    article: Article | None = None


@dataclass(frozen=True)
class Shelf:
    """The archive, analysed, newest first; filled up by our own texts where it holds too little."""

    found: tuple[Found, ...]

    def background(self, without: Collection[int] = ()) -> Background:
        """What ordinary texts are like, without the articles a person has judged."""
        kept = (f for f in self.found if f.article is None or f.article.id not in without)
        return Background(tuple(make_text(f.document, f.analysis) for f in kept))

    def since(self, moment: datetime) -> Iterator[Found]:
        """The stored articles seen since then."""
        for found in self.found:
            if found.article is not None and found.article.first_seen_at >= moment:
                yield found


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored article with its score; `before` None where nothing is compared."""

    article: int
    title: str
    feed: str
    first_seen_at: datetime
    score: float
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What other weights would have done to the articles of a span of time, best first."""

    newly_flagged: tuple[Hit, ...]
    no_longer_flagged: tuple[Hit, ...]
    still_flagged: int
    articles: int


def read_shelf(
    articles: Sequence[Article], concepts: Concepts, *, encode: bool, track: Track
) -> Shelf:
    """Analyse the archive, and our own texts where it holds fewer than `ENOUGH`."""
    documents = [to_document(article) for article in articles]
    filler = background_items(max(ENOUGH - len(articles), 0))
    texts = [*documents, *filler]
    analyses = track(analyze_all(texts, concepts, encode=encode), len(texts))
    sources = [*articles, *(None for _ in filler)]
    found = (
        Found(document, analysis, article)
        for document, analysis, article in zip(texts, analyses, sources, strict=True)
        if isinstance(analysis, Analysis)
    )
    return Shelf(tuple(found))


def read_articles(
    articles: Sequence[Article], concepts: Concepts, *, encode: bool
) -> tuple[Found, ...]:
    """Analyse stored articles; one that cannot be read is left out."""
    documents = [to_document(article) for article in articles]
    analyses = analyze_all(documents, concepts, encode=encode)
    return tuple(
        Found(document, analysis, article)
        for document, analysis, article in zip(documents, analyses, articles, strict=True)
        if isinstance(analysis, Analysis)
    )


def to_document(article: Article) -> Document:
    """What of an article is judged."""
    return Document(article.title, article.text, article.language)


def read_examples(
    documents: Sequence[Document], concepts: Concepts, *, encode: bool
) -> tuple[Found, ...]:
    """Analyse what a person handed in. Raise `MonitorError` for a text that cannot be read."""
    found = []
    analyses = analyze_all(documents, concepts, encode=encode)
    for document, analysis in zip(documents, analyses, strict=True):
        if not isinstance(analysis, Analysis):
            raise MonitorError(f"{document.title!r} cannot be read: {analysis.reason}")
        found.append(Found(document, analysis))
    return tuple(found)


def make_models(
    name: str, examples: Sequence[tuple[Found, bool]], shelf: Shelf
) -> dict[str, Weights]:
    """Make a topic's weights of articles that are (True) or are not (False) meant."""
    exemplars = [_to_exemplar(found, wanted) for found, wanted in examples]
    concept = keyword_concept(name)
    return make_weights(exemplars, shelf.background(), concept, stop_words)


def write_example(found: Found, *, wanted: bool) -> Example:
    """What a topic keeps of an article it was made of."""
    text = f"{found.document.title.strip()}\n{found.document.text.strip()}"
    return Example(text, found.analysis.language, wanted)


def learn_models(
    topic: Topic,
    labelled: Sequence[tuple[Found, bool]],
    shelf: Shelf,
    concepts: Concepts,
    *,
    own: bool,
) -> tuple[dict[str, Weights], dict[str, Any]]:
    """Learn from labelled articles, starting from `topic`; give also what held-out labels say.

    A topic of one's `own` goes on learning from what it was made of; a shipped one has done so.
    """
    background = shelf.background({f.article.id for f, _ in labelled if f.article})
    judged = [Judged(make_text(f.document, f.analysis), wanted) for f, wanted in labelled]
    encode = background.semantic
    given = list(_read_exemplars(topic, concepts, encode=encode)) if own else []
    learned = {
        kind: learn(weights, [*given, *judged], background)
        for kind, weights in models_of(topic).items()
        if kind == "plain" or background.semantic
    }
    models = models_of(topic) | learned
    figures = measure(with_models(topic, models), background)
    start = models_of(topic)["semantic" if "semantic" in learned else "plain"]
    held_out = _judge_held_out(start, given, judged, background, topic.threshold)
    return models, figures | held_out


def measure(topic: Topic, background: Background) -> dict[str, Any]:
    """How often the topic's threshold is reached by the background."""
    weights = topic.semantic if background.semantic and topic.semantic else topic.plain
    if weights is None:
        return {}
    scores = score_texts(weights, background.texts)
    share = float((scores >= log_odds(topic.threshold)).mean())
    return {
        "background": len(background.texts),
        "encoder": "on" if weights is topic.semantic else "off",
        "flagged_per_1000": round(1_000 * share, 2),
    }


def find_best(topic: Topic, shelf: Shelf, since: datetime, limit: int) -> tuple[Hit, ...]:
    """The stored articles with the best scores."""
    hits = (_hit(found, _score(topic, found)) for found in shelf.since(since))
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:limit])


def compare(old: Topic, new: Topic, shelf: Shelf, since: datetime) -> Changes:
    """What `new` would have flagged that `old` did not, and the other way round."""
    hits = [_hit(found, _score(new, found), _score(old, found)) for found in shelf.since(since)]
    pairs = [
        (hit, (hit.before or 0.0) >= old.threshold, hit.score >= new.threshold) for hit in hits
    ]
    return Changes(
        newly_flagged=_sort(hit for hit, before, after in pairs if after and not before),
        no_longer_flagged=_sort(hit for hit, before, after in pairs if before and not after),
        still_flagged=sum(before and after for _, before, after in pairs),
        articles=len(hits),
    )


def log_odds(threshold: float) -> float:
    """A threshold as log-odds; its ends are never reached."""
    inside = min(max(threshold, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))


def _to_exemplar(found: Found, wanted: bool) -> Exemplar:
    text = make_text(found.document, found.analysis)
    content = found.document.content
    said = [content[start:end] for start, end in found.analysis.sentences] or [content]
    rows = (
        [np.frombuffer(v, np.float32) for v in encode_batch(said)]
        if text.vector is not None
        else []
    )
    return Exemplar(text, np.stack(rows) if rows else np.zeros((0, 0), np.float32), wanted)


def _read_exemplars(topic: Topic, concepts: Concepts, *, encode: bool) -> Iterator[Judged]:
    """What a topic of one's own was made of."""
    texts = [example.text.partition("\n") for example in topic.exemplars]
    documents = [
        Document(title, rest, example.language)
        for (title, _, rest), example in zip(texts, topic.exemplars, strict=True)
    ]
    found = read_examples(documents, concepts, encode=encode)
    for one, example in zip(found, topic.exemplars, strict=True):
        yield Judged(make_text(one.document, one.analysis), example.wanted)


def _judge_held_out(
    weights: Weights,
    given: Sequence[Judged],
    judged: Sequence[Judged],
    background: Background,
    threshold: float,
) -> dict[str, Any]:
    """Judge each label by a model that learned from the others."""
    scores = np.zeros(len(judged))
    for fold in range(min(FOLDS, len(judged))):
        out = list(range(fold, len(judged), FOLDS))
        rest = [one for i, one in enumerate(judged) if i not in out]
        model = learn(weights, [*given, *rest], background)
        scores[out] = score_texts(model, [judged[i].text for i in out])
    flagged = scores >= log_odds(threshold)
    wanted = np.array([one.wanted for one in judged])
    return {
        "yes": int(wanted.sum()),
        "no": int((~wanted).sum()),
        "yes_flagged_held_out": int((flagged & wanted).sum()),
        "no_flagged_held_out": int((flagged & ~wanted).sum()),
    }


def _score(topic: Topic, found: Found) -> float:
    """Judge as the daemon does: an article must name what a topic is about, if it says so."""
    if topic.about and found.analysis.signals.concepts.isdisjoint(topic.about):
        return 0.0
    (verdict,) = judge(found.document, found.analysis, [topic])
    return verdict.score or 0.0


def _hit(found: Found, score: float, before: float | None = None) -> Hit:
    article = found.article
    assert article is not None  # noqa: S101 - `Shelf.since` gives stored articles
    return Hit(article.id, article.title, article.feed_name, article.first_seen_at, score, before)


def _sort(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: (-max(hit.score, hit.before or 0.0), hit.article)))
