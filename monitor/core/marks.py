"""Cuts a text where sentences begin and end, so that whoever shows it can mark these."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, `marked` or not."""

    text: str
    marked: bool = False


def cut_pieces(text: str, spans: Iterable[tuple[int, int]], begin: int = 0) -> tuple[Piece, ...]:
    """The whole text in pieces, those inside of any span [start, end) marked.

    Spans count characters of a longer text, of which this one is the part from `begin` on; they
    may overlap, and reach beyond it.
    """
    pieces: list[Piece] = []
    done = 0
    for start, end in sorted(spans):
        first, last = max(start - begin, done), min(end - begin, len(text))
        if first < last:
            pieces += [Piece(text[done:first]), Piece(text[first:last], marked=True)]
            done = last
    return tuple(piece for piece in (*pieces, Piece(text[done:])) if piece.text)
