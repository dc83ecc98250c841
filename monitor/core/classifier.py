"""Decides whether an article is one a topic's reader wants, how sure that is, and why.

A logistic model over what the analyser found: concepts, where they stand, which of them share a
sentence, single words, and (with an encoder) the sentence vector. It has two calibrated sets of
weights, with and without a vector; in both the score is a probability. Training computes its
features with the same `find_features`.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from operator import mul
from typing import TypeVar

from monitor.core.model import Analysis, AnalysisFailure, Document, Evidence, Verdict
from monitor.core.signals import FIRST_PART, TITLE_LIMIT

T = TypeVar("T")

NEAR = 0.2
"""Scores from here on are worth explaining, flagged or not."""

CLEAR = 0.02
"""Below this score without a sentence vector, the vector would change no verdict."""

EVIDENCE_LIMIT = 3
EVIDENCE_CONCEPTS = 4
_FEWEST_TERMS = 12
"""Below this many distinct words, a text is too short for one of them to weigh more."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model in log-odds: `features` by name, `vector` for the encoder's dimensions."""

    bias: float
    features: Mapping[str, float]
    vector: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A text of our own that shows what a topic wants (`wanted`) or does not want."""

    text: str
    language: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """What is looked for. `labels` and `description` are by language ("de", "en").

    `exemplars` are whole articles a reader liked; `examples` single sentences for and against;
    `keywords` are word forms as in the concept table.
    `about` are concepts of which an article must name one to be judged at all (none: any article).
    `prior` is what concepts are worth before anything is learned, in log-odds.
    `semantic` None means that a vector is ignored; `plain` None means that the topic is untrained.
    """

    name: str
    labels: Mapping[str, str]
    description: Mapping[str, str]
    threshold: float
    version: str
    exemplars: tuple[Example, ...] = ()
    examples: tuple[Example, ...] = ()
    about: tuple[str, ...] = ()
    prior: Mapping[str, float] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    plain: Weights | None = None
    semantic: Weights | None = None

    def label(self, language: str) -> str:
        """The name a person reads; English, else the plain name, where there is no translation."""
        return self.labels.get(language) or self.labels.get("en") or self.name


def with_vectors(
    analyses: Sequence[Analysis | AnalysisFailure], vectors: Mapping[int, bytes]
) -> tuple[Analysis | AnalysisFailure, ...]:
    """Add an encoder's vectors (float32 bytes, by place) to what the analyser found."""
    return tuple(
        replace(analysis, signals=replace(analysis.signals, vector=vectors[i]))
        if isinstance(analysis, Analysis) and i in vectors
        else analysis
        for i, analysis in enumerate(analyses)
    )


def judge(document: Document, analysis: Analysis, topics: Sequence[Topic]) -> tuple[Verdict, ...]:
    """Judge one document for each topic, in the order of `topics`.

    Every document is judged by its title and first part; one that is near any of the topics by
    that is read on, part by part, and the best part counts for each topic. A flagged verdict has
    at least one evidence sentence, one of at least `NEAR` too, any other has none. Raise
    `ValueError` for a topic without weights.
    """
    title_end = min(len(document.title), TITLE_LIMIT)
    first, *later = split_parts(analysis, title_end) or [()]
    looks = [_look(analysis, title_end, topic, first, analysis.signals.vector) for topic in topics]
    if any(look.score >= NEAR for look in looks):
        looks = [_read_on(analysis, title_end, look, later) for look in looks]
    return tuple(_give_verdict(document, analysis, look) for look in looks)


def look_at(document: Document, analysis: Analysis, topic: Topic) -> "Look":
    """One topic's view of a document, as `judge` takes it. Raise `ValueError` as that does."""
    title_end = min(len(document.title), TITLE_LIMIT)
    first, *later = split_parts(analysis, title_end) or [()]
    look = _look(analysis, title_end, topic, first, analysis.signals.vector)
    return _read_on(analysis, title_end, look, later) if look.score >= NEAR else look


def find_subjects(topics: Sequence[Topic]) -> frozenset[str]:
    """The concepts of which an article must name one; none where a topic takes any article."""
    if topics and all(topic.about and topic.threshold > 0 for topic in topics):
        return frozenset(concept for topic in topics for concept in topic.about)
    return frozenset()


def pick_for_encoder(
    documents: Sequence[Document],
    analyses: Sequence[Analysis | AnalysisFailure],
    topics: Sequence[Topic],
) -> list[int]:
    """Pick, by place, the documents whose verdict a sentence vector may change.

    Clear cases are decided without one; whatever may be flagged has one, which stories compare.
    Without topics nothing is clear.
    """
    pairs = enumerate(zip(documents, analyses, strict=True))
    return [
        i
        for i, (document, analysis) in pairs
        if isinstance(analysis, Analysis) and (not topics or _is_open(document, analysis, topics))
    ]


def _is_open(document: Document, analysis: Analysis, topics: Sequence[Topic]) -> bool:
    title_end = min(len(document.title), TITLE_LIMIT)
    first = next(iter(split_parts(analysis, title_end)), ())
    return bool(first) and any(
        topic.plain is None
        or _goes_by_meaning(topic)
        or _look(analysis, title_end, topic, first, None).score >= CLEAR
        for topic in topics
    )


def _goes_by_meaning(topic: Topic) -> bool:
    """Whether words cannot clear an article: a topic made of one article knows only its words."""
    return topic.semantic is not None and not topic.about


def split_parts(analysis: Analysis, title_end: int) -> list[tuple[int, ...]]:
    """Group the sentences (by index) into the title and each 1,000 characters of text.

    The title is in every part. A sentence belongs where it begins.
    """
    title = tuple(i for i, (start, _) in enumerate(analysis.sentences) if start < title_end)
    parts: dict[int, tuple[int, ...]] = {0: title} if title else {}
    for i, (start, _) in enumerate(analysis.sentences[len(title) :], len(title)):
        place = (start - title_end - 1) // FIRST_PART
        parts[place] = (*parts.get(place, title), i)
    return list(parts.values())


def find_features(
    analysis: Analysis, title_end: int, sentences: Collection[int]
) -> dict[str, float]:
    """Name what a model may weigh in these sentences (by index).

    `c:X` concept X is mentioned, `t:X` in the title, `p:X+Y` X and Y in one sentence, or
    one of them in the title: 1 each.
    `w:word` is 1 / sqrt(number of distinct words), so that long texts do not outweigh short ones.
    A negated concept counts like any other: a denied bubble is the bubble debate.
    """
    named = {i: _concepts_of(analysis, i) for i in sentences}
    titled = set().union(*(named[i] for i in sentences if analysis.sentences[i][0] < title_end))
    features = {f"t:{name}": 1.0 for name in titled}
    for names in named.values():
        pairs = combinations(sorted(names | titled), 2)
        features |= {f"c:{name}": 1.0 for name in names}
        features |= {f"p:{one}+{other}": 1.0 for one, other in pairs}
    words = {word for i in sentences for word in analysis.terms[i]}
    size = 1 / math.sqrt(max(len(words), _FEWEST_TERMS))
    return features | {f"w:{word}": size for word in words}


def _concepts_of(analysis: Analysis, sentence: int) -> set[str]:
    start, end = analysis.sentences[sentence]
    return {m.concept for m in analysis.mentions if start <= m.start and m.end <= end}


@dataclass(frozen=True, slots=True)
class Look:
    """One topic's view of some sentences, by index.

    `fixed` is what no sentence can change, in log-odds.
    """

    topic: Topic
    weights: Weights
    fixed: float
    title_end: int
    sentences: tuple[int, ...]
    score: float


def _look(
    analysis: Analysis,
    title_end: int,
    topic: Topic,
    sentences: tuple[int, ...],
    vector: bytes | None,
) -> Look:
    weights, fixed = _choose(topic, vector)
    features = find_features(analysis, title_end, sentences)
    score = _probability(fixed + _weigh(weights, features)) if sentences else 0.0
    return Look(topic, weights, fixed, title_end, sentences, score)


def _read_on(
    analysis: Analysis, title_end: int, first: Look, later: Iterable[tuple[int, ...]]
) -> Look:
    """Give the best look. Later parts go without the vector, which knows the first part only."""
    rest = (_look(analysis, title_end, first.topic, part, None) for part in later)
    return max((first, *rest), key=lambda look: look.score)


def _give_verdict(document: Document, analysis: Analysis, look: Look) -> Verdict:
    topic = look.topic
    evidence: tuple[Evidence, ...] = ()
    flagged = look.score >= topic.threshold
    if flagged or look.score >= NEAR:
        evidence = _pick_evidence(document.content, analysis, look)
    return Verdict(topic.name, look.score, flagged, topic.threshold, evidence, topic.version)


def _choose(topic: Topic, vector: bytes | None) -> tuple[Weights, float]:
    """Choose the weights for what there is, with the log-odds of bias and vector."""
    if vector is not None and topic.semantic is not None:
        values = array("f", vector)
        if len(values) != len(topic.semantic.vector):
            raise ValueError(f"{topic.name}: trained on another encoder's vectors")
        return topic.semantic, topic.semantic.bias + sum(map(mul, topic.semantic.vector, values))
    if topic.plain is None:
        raise ValueError(f"{topic.name}: has no trained weights")
    return topic.plain, topic.plain.bias


def _weigh(weights: Weights, features: Mapping[str, float]) -> float:
    known = weights.features
    return sum(known[name] * value for name, value in features.items() if name in known)


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, log_odds))))


def _pick_evidence(content: str, analysis: Analysis, look: Look) -> tuple[Evidence, ...]:
    """Pick the sentences that carry the score, the strongest first; always at least one."""
    falls = {i: _measure_fall(analysis, look, i) for i in look.sentences}
    ranked = sorted(falls, key=lambda i: (-falls[i], i))[:EVIDENCE_LIMIT]
    carrying = [i for i in ranked if falls[i] > 0] or ranked[:1]
    return tuple(
        Evidence(
            content[slice(*analysis.sentences[i])],
            *analysis.sentences[i],
            max(falls[i], 0.0),
            _name_concepts(analysis, look, i),
        )
        for i in carrying
    )


def _name_concepts(analysis: Analysis, look: Look, sentence: int) -> tuple[str, ...]:
    """Name the sentence's concepts that raise the score, the strongest first."""
    weights = {
        c: look.weights.features.get(f"c:{c}", 0.0) for c in _concepts_of(analysis, sentence)
    }
    raising = sorted((c for c in weights if weights[c] > 0), key=lambda c: (-weights[c], c))
    return tuple(raising[:EVIDENCE_CONCEPTS])


def _measure_fall(analysis: Analysis, look: Look, without: int) -> float:
    """Measure how far the score falls without one sentence.

    The vector's share stays as it is: encoding the text again without each sentence would cost
    more than judging it, and the words and concepts already tell the sentences apart.
    """
    rest = [i for i in look.sentences if i != without]
    features = find_features(analysis, look.title_end, rest)
    return look.score - _probability(look.fixed + _weigh(look.weights, features))
