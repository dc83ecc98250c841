"""Where a text has what was looked for, and the piece of it that shows that."""

from bisect import bisect_left
from collections.abc import Sequence

from monitor.core.model import Hits, Phrase, Wanted
from monitor.core.search import find_words
from monitor.core.words import ELLIPSIS

EXCERPT = 200
"""Characters of a text that are shown."""

BEFORE = 40
"""Characters that are shown before what was found."""


def find_hits(text: str, wanted: Wanted) -> Hits:
    """Where a text has phrases that are wanted; of those that overlap the first."""
    phrases = [phrase for group in wanted.every for phrase in group]
    first = tuple({phrase.words[0] for phrase in phrases})
    words, hits, until = find_words(text), list[tuple[int, int]](), 0
    for at, (start, _, word) in enumerate(words):
        # Most words begin like none of them: one look, and no closer one.
        if start >= until and word.startswith(first):
            lengths = [len(p.words) for p in phrases if _stands(p, words, at)]
            if lengths:
                until = words[at + max(lengths) - 1][1]
                hits.append((start, until))
    return tuple(hits)


def _stands(phrase: Phrase, words: Sequence[tuple[int, int, str]], at: int) -> bool:
    said = [word for _, _, word in words[at : at + len(phrase.words)]]
    if phrase.open and len(said) == len(phrase.words):
        return said[:-1] == list(phrase.words[:-1]) and said[-1].startswith(phrase.words[-1])
    return said == list(phrase.words)


def cut_excerpt(text: str, hits: Hits) -> tuple[str, Hits]:
    """Cut out the piece that has most of the hits; they are counted in the piece."""
    start, end = _choose_piece(text, hits)
    before, after = ELLIPSIS * (start > 0), ELLIPSIS * (end < len(text))
    piece = text[start:end].rstrip()
    shift = len(before) - start
    inside = ((a + shift, b + shift) for a, b in hits if a >= start and b <= start + len(piece))
    return f"{before}{piece}{after}", tuple(inside)


def _choose_piece(text: str, hits: Hits) -> tuple[int, int]:
    """Begin at a word shortly before a hit, and end after a word."""
    begins = [start for start, _ in hits]
    room = EXCERPT - BEFORE
    count = lambda start: bisect_left(begins, start + room) - bisect_left(begins, start)  # noqa: E731
    best = max(begins, key=count, default=0)
    start = text.find(" ", best - BEFORE) + 1 if best > BEFORE else 0
    end = start + EXCERPT
    if end >= len(text):
        return start, len(text)
    return start, max(text.rfind(" ", start, end), max((b for _, b in hits if b <= end), default=0))
