"""spaCy and py3langid: finds language, sentences, concepts and signals in documents.

The functions run in a worker process, which builds one blank pipeline for German, one for English
and one for every other language when it first needs them. Only tokenising and phrase matching are
spaCy's part; no trained model is loaded.
"""

import logging
import math
import pickle
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from monitor.core.concepts import (
    ENGLISH,
    GERMAN,
    IGNORE,
    LANGUAGES,
    NEGATION,
    Concepts,
    Families,
    Form,
    Screen,
)
from monitor.core.model import Analysis, AnalysisFailure, Document, Mention, Signals
from monitor.core.signals import (
    READ_LIMIT,
    find_numbers,
    fold,
    is_telling,
    read_part,
    sketch,
)
from monitor.errors import WorkerError

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 64
RECYCLE_AFTER = 5_000 // BATCH
"""Calls after which the worker is replaced: the vocabulary grows a little for ever."""

START_LIMIT = timedelta(seconds=60)
BATCH_LIMIT = timedelta(seconds=30)
ARTICLE_LIMIT = timedelta(seconds=5)

_OTHER = "xx"
_HINT_ODDS = math.log(50)
_FAINTEST = 1e-30
_NEGATION_REACH = 4
_TERM_LENGTH = 3
_HYPHENS = r"(?<=[^\W_])[-–—/](?=[^\W_])"
_STAR = "zqz"
_LINE = re.compile(r"[^\r\n]+")
_ATTRIBUTES = frozenset({"LOWER", "IS_ALPHA", "IS_PUNCT", "IS_SPACE"})
"""What is worked out for each new word; spaCy's other twenty attributes nobody asks for."""
_TELLING = 400
"""Characters that tell a language; the whole would cost more than all else."""
_GLANCE = 160
"""As many tell the language of an article that is not read any further."""


class Caller(Protocol):
    """What is needed of a worker: `monitor.adapters.worker.Worker`, or a call in this process."""

    async def call(self, function: Callable[..., T], *args: object, deadline: timedelta) -> T:
        """Run a module-level function; raise `WorkerError` where it does not answer."""
        ...


class SpacyAnalyzer:
    """Analyses documents in a worker; a document that breaks or blocks it fails alone."""

    def __init__(
        self, worker: Caller, concepts: Concepts, languages: Sequence[str] = LANGUAGES
    ) -> None:
        self._worker = worker
        self._packed = _pack(concepts)
        self._languages = tuple(languages)

    async def analyze(
        self, documents: Sequence[Document], subjects: frozenset[str] = frozenset()
    ) -> tuple[Analysis | AnalysisFailure, ...]:
        """Same order and length as `documents`; larger sequences are cut into batches.

        Where `subjects` are given, of a document that names none of these concepts only the
        language is told: its analysis has no sentences.
        """
        found: list[Analysis | AnalysisFailure] = []
        for start in range(0, len(documents), BATCH):
            found += await self._batch(documents[start : start + BATCH], subjects)
        return tuple(found)

    async def _batch(
        self, batch: Sequence[Document], subjects: frozenset[str]
    ) -> Sequence[Analysis | AnalysisFailure]:
        try:
            return await self._call(batch, subjects, BATCH_LIMIT)
        except WorkerError as error:
            log.warning("a batch of %d articles is read one by one: %s", len(batch), error)
            return [await self._single(document, subjects) for document in batch]

    async def _single(
        self, document: Document, subjects: frozenset[str]
    ) -> Analysis | AnalysisFailure:
        # A worker that cannot even start is no article's fault: that error is raised.
        await self._worker.call(load_packed, self._packed, deadline=START_LIMIT)
        try:
            return (await self._call([document], subjects, ARTICLE_LIMIT))[0]
        except WorkerError as error:
            return AnalysisFailure(f"not analysed: {error}")

    async def _call(
        self, batch: Sequence[Document], subjects: frozenset[str], deadline: timedelta
    ) -> Sequence[Analysis]:
        return await self._worker.call(
            analyze_packed,
            tuple(batch),
            self._packed,
            self._languages,
            subjects,
            deadline=deadline,
        )


@lru_cache(maxsize=2)
def _pack(concepts: Concepts) -> bytes:
    return pickle.dumps(concepts)


# --- in the worker -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pipeline:
    """A tokeniser, the concept ruler, the marks that end sentences, and words that say nothing."""

    nlp: Any
    ruler: Any
    ends: frozenset[str]
    stops: frozenset[str]


def load_packed(packed: bytes) -> None:
    """`load_pipelines` of a pickled table."""
    load_pipelines(_unpack(packed))


def analyze_packed(
    documents: tuple[Document, ...],
    packed: bytes,
    languages: tuple[str, ...],
    subjects: frozenset[str],
) -> tuple[Analysis, ...]:
    """`analyze_batch` with a pickled table, which the process reads once and not in each call."""
    return analyze_batch(documents, _unpack(packed), languages, subjects)


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> Concepts:
    table: Concepts = pickle.loads(packed)  # noqa: S301 - written by our parent
    return table


def load_pipelines(concepts: Concepts) -> None:
    """Build all pipelines now, so that the time of the first article is its own."""
    for language in (GERMAN, ENGLISH):
        _pipeline(language, concepts)
    _identifier()


def analyze_batch(
    documents: Sequence[Document],
    concepts: Concepts,
    languages: tuple[str, ...],
    subjects: frozenset[str] = frozenset(),
) -> tuple[Analysis, ...]:
    """Analyse documents in this process."""
    parts = [read_part(document.content, READ_LIMIT) for document in documents]
    screen = _screen(concepts, subjects)
    read = [i for i, part in enumerate(parts) if screen is None or screen.passes(part)]
    telling = dict.fromkeys(read, _TELLING)
    found = [
        detect_language(parts[i][: telling.get(i, _GLANCE)], document.language, languages)
        for i, document in enumerate(documents)
    ]
    analyses = {i: Analysis(found[i], (), (), (), Signals(found[i])) for i in range(len(parts))}
    for kind in {_kind(found[i]) for i in read}:
        chosen = [i for i in read if _kind(found[i]) == kind]
        pipeline = _pipeline(kind, concepts)
        with pipeline.nlp.memory_zone():
            for i, doc in zip(chosen, pipeline.nlp.pipe(parts[i] for i in chosen), strict=True):
                analyses[i] = _read(parts[i], doc, found[i], pipeline, concepts)
    return tuple(analyses[i] for i in range(len(documents)))


def detect_language(text: str, hint: str | None, languages: Sequence[str] = LANGUAGES) -> str:
    """The most likely of `languages` and the feed's own; the hint counts as odds of 50 to 1.

    So a short title in the feed's language never flips, a whole article in another one does.
    """
    hinted = (hint or "").lower().replace("_", "-").partition("-")[0]
    scores = {
        code: math.log(max(share, _FAINTEST)) + (_HINT_ODDS if code == hinted else 0.0)
        for code, share in _identifier().rank(text[:_TELLING])
        if code in languages or code == hinted
    }
    best: str = max(scores, key=lambda code: scores[code])
    return best


@lru_cache(maxsize=8)
def _screen(concepts: Concepts, subjects: frozenset[str]) -> Screen | None:
    if not subjects:
        return None
    return Screen([form for form in concepts.forms if form.concept in subjects])


@cache
def _identifier() -> Any:
    """The model for all languages, once: a copy for fewer languages takes 70 MB more."""
    from py3langid.langid import (  # noqa: PLC0415  # heavy; the parent process never needs it
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _kind(language: str) -> str:
    return language if language in LANGUAGES else _OTHER


@lru_cache(maxsize=8)
def _pipeline(language: str, concepts: Concepts) -> Pipeline:
    import spacy  # noqa: PLC0415  # heavy; the parent process never needs it

    nlp: Any = spacy.blank(language)
    infixes = spacy.util.compile_infix_regex([*nlp.Defaults.infixes, _HYPHENS])
    nlp.tokenizer.infix_finditer = infixes.finditer
    _forget_spellings(spacy, nlp)
    stops = frozenset(fold(word) for word in nlp.Defaults.stop_words)
    forms = concepts.of(language)
    ruler = _make_ruler(spacy, nlp, forms)
    # Words the tokeniser meets here it knows for good; all others it must cut again in each batch.
    nlp.make_doc(" ".join([*nlp.Defaults.stop_words, *(form.text for form in forms)]))
    ends = frozenset(spacy.pipeline.Sentencizer.default_punct_chars)
    return Pipeline(nlp, ruler, ends, stops)


def _forget_spellings(spacy: Any, nlp: Any) -> None:
    """Drop the spellings that the tokeniser's exceptions would put in place of a word's family."""
    orth = spacy.attrs.ORTH
    nlp.tokenizer.rules = {
        text: [{orth: token[orth]} for token in tokens]
        for text, tokens in nlp.tokenizer.rules.items()
    }


def _make_ruler(spacy: Any, nlp: Any, forms: Iterable[Form]) -> Any:
    """Match forms on each word's family: the longest word pattern that fits it.

    The family is the word's NORM, worked out once for each word of the vocabulary, so that
    wildcards cost nothing while matching.
    """
    rows = [(form.concept, _split(nlp, form.text)) for form in forms]
    families = Families(word for _, words in rows for word in words)
    nlp.vocab.lex_attr_getters = {
        attribute: find
        for attribute, find in nlp.vocab.lex_attr_getters.items()
        if spacy.attrs.NAMES[attribute] in _ATTRIBUTES
    } | {spacy.attrs.NORM: families.of}
    for lexeme in nlp.vocab:
        lexeme.norm_ = families.of(lexeme.text)
    ruler = spacy.matcher.PhraseMatcher(nlp.vocab, attr="NORM")
    for concept, words in rows:
        ruler.add(
            concept,
            [spacy.tokens.Doc(nlp.vocab, words=list(row)) for row in families.variants(words)],
        )
    return ruler


def _split(nlp: Any, form: str) -> tuple[str, ...]:
    """Cut a form into words exactly as the tokeniser cuts a text."""
    tokens = nlp.make_doc(form.replace("*", _STAR))
    return tuple(fold(token.text).replace(_STAR, "*") for token in tokens)


def _read(text: str, doc: Any, language: str, pipeline: Pipeline, concepts: Concepts) -> Analysis:
    tokens = list(doc)  # each walk through a Doc, and its `text` too, makes the tokens anew
    starts = tuple(_find_starts(tokens, pipeline.ends))
    sentences = tuple(_sentences(text, [tokens[place].idx for place in starts]))
    spans = pipeline.ruler(doc, as_spans=True)
    mentions = tuple(_mentions(frozenset(starts), sentences, spans, concepts))
    words = [(token.idx, fold(token.text)) for token in tokens if token.is_alpha]
    content = [(at, word) for at, word in words if word not in pipeline.stops]
    signals = Signals(
        language=language,
        concepts=frozenset(mention.concept for mention in mentions),
        headline=tuple(_headline(text, mentions)),
        words=frozenset(_telling_words(text, tokens, pipeline.stops)),
        numbers=frozenset(find_numbers(text, language)),
        shingles=sketch([word for _, word in words]),
    )
    terms = tuple(
        tuple(word for at, word in content if start <= at < end and len(word) >= _TERM_LENGTH)
        for start, end in sentences
    )
    return Analysis(language, sentences, mentions, terms, signals)


def _find_starts(tokens: Sequence[Any], ends: frozenset[str]) -> Iterator[int]:
    """Find the places where sentences begin: behind an end mark and its punctuation.

    The rule of spaCy's sentencizer, which would walk through the document three times more.
    """
    ended = True
    for place, token in enumerate(tokens):
        if ended and (place == 0 or not (token.is_punct or token.text in ends)):
            yield place
            ended = False
        ended = ended or token.text in ends


def _headline(text: str, mentions: Iterable[Mention]) -> Iterator[tuple[str, str]]:
    """Give each concept of the first line once, with the words that name it."""
    end = len(text.partition("\n")[0])
    named = {m.concept: text[m.start : m.end] for m in mentions if m.end <= end}
    yield from sorted(named.items())


def _telling_words(text: str, tokens: Iterable[Any], stops: frozenset[str]) -> Iterator[str]:
    """Give the words by which articles on one event find each other: those of the first part."""
    end = len(read_part(text))
    words = (fold(token.text) for token in tokens if token.idx < end)
    return (word for word in words if is_telling(word) and word not in stops)


def _sentences(text: str, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give [start, end) of each sentence without white space around it; a line ends one too."""
    for start, end in pairwise((*starts, len(text))):
        for line in _LINE.finditer(text, start, end):
            said = line.group().strip()
            if said:
                at = text.index(said, line.start())
                yield at, at + len(said)


def _mentions(
    starts: frozenset[int],
    sentences: Sequence[tuple[int, int]],
    spans: Sequence[Any],
    concepts: Concepts,
) -> Iterator[Mention]:
    ignored = [span for span in spans if span.label_ == IGNORE]
    denials = {span.start for span in spans if span.label_ == NEGATION}
    kept = [
        Mention(span.label_, span.start_char, span.end_char, _is_denied(span, denials, starts))
        for span in spans
        if span.label_ not in {IGNORE, NEGATION}
        and not any(i.start <= span.start and span.end <= i.end for i in ignored)
    ]
    yield from kept
    for start, end in sentences:
        inside = [m for m in kept if start <= m.start and m.end <= end]
        yield from _derive(inside, concepts)


def _is_denied(span: Any, denials: set[int], starts: frozenset[int]) -> bool:
    """Tell whether a denial stands just before, in the same sentence."""
    for place in range(span.start, max(-1, span.start - _NEGATION_REACH - 1), -1):
        if place in denials:
            return True
        if place in starts:
            return False
    return False


def _derive(inside: Sequence[Mention], concepts: Concepts) -> Iterator[Mention]:
    first = {mention.concept: mention for mention in reversed(inside)}
    for rule in concepts.derived:
        parts = [first[part] for part in rule.parts if part in first]
        if len(parts) == len(rule.parts):
            start, end = min(p.start for p in parts), max(p.end for p in parts)
            derived = Mention(rule.concept, start, end, any(p.negated for p in parts))
            first.setdefault(rule.concept, derived)
            yield derived


# --- words that say nothing, for topics made of one article --------------------------------------


def stop_words(language: str) -> frozenset[str]:
    """A language's stop words, folded; none for one that spaCy does not know."""
    import spacy  # noqa: PLC0415  # heavy; the parent process never needs it

    try:
        defaults = spacy.util.get_lang_class(language).Defaults
    except ImportError:
        return frozenset()
    return frozenset(fold(word) for word in defaults.stop_words)
