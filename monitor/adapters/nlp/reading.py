"""Reads sentences, concepts and signals out of a document that spaCy has cut into words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from monitor.adapters.nlp.pipeline import Pipeline
from monitor.core.concepts import IGNORE, NEGATION, Concepts
from monitor.core.model import Analysis, Mention, Signals
from monitor.core.signals import find_numbers, fold, is_telling, read_part, sketch

_NEGATION_REACH = 4
_TERM_LENGTH = 3
_LINE = re.compile(r"[^\r\n]+")
_QUOTES = frozenset("\"'„“”»«‚‘’›‹([")
"""Marks that may open a sentence; which of them do differs from language to language."""
_SPACED = frozenset("«")
"""Those that do with a space behind, as in French."""


def read_document(
    text: str, doc: Any, language: str, pipeline: Pipeline, concepts: Concepts
) -> Analysis:
    """Find all that an analysis holds in a document that the tokeniser has cut."""
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

    The rule of spaCy's sentencizer, which would walk through the document three times more; but
    a mark that opens what is said next belongs to that.
    """
    ended = True
    for place, token in enumerate(tokens):
        if ended and (place == 0 or not _trails(tokens[place - 1], token, ends)):
            yield place
            ended = False
        ended = ended or token.text in ends


def _trails(before: Any, token: Any, ends: frozenset[str]) -> bool:
    """Whether a token still belongs to the sentence whose end mark came before it."""
    return (token.is_punct or token.text in ends) and not _opens(before, token)


def _opens(before: Any, token: Any) -> bool:
    """Whether a mark stands at the beginning of a word: `"No."` ends with what ends a sentence."""
    begins = bool(before.whitespace_) or before.is_space
    return begins and token.text in (_SPACED if token.whitespace_ else _QUOTES)


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
