"""Where a text has what was looked for, and the piece of it that is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.excerpt import EXCERPT, cut_excerpt, find_hits
from monitor.core.search import read_query

FILLER = "Davor steht lange nichts, was jemand sucht. " * 20


def shown(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in find_hits(text, read_query(query))]


@pytest.mark.parametrize(
    ("query", "text", "hits"),
    [
        (
            "Rechenzentren",
            "Das Rechenzentrum der Rechenzentren",
            ["Rechenzentrum", "Rechenzentren"],
        ),
        ("strasse", "Die Straße, der STRASSENBAU", ["Straße", "STRASSENBAU"]),
        ("uebrig", "Übrig blieb, was übrigblieb", ["Übrig", "übrigblieb"]),
        ('"leere Hallen"', "leere, hallende Räume; leere Hallen", ["leere Hallen"]),
        ("GPT-4", "GPT 4 und GPT-5", ["GPT 4"]),
        ("cafe\u0301", "Ein Café", ["Café"]),
        ("Strom", "Kein Licht", []),
    ],
)
def test_what_is_marked(query: str, text: str, hits: list[str]) -> None:
    assert shown(text, query) == hits


def test_the_piece_with_most_of_it_is_shown() -> None:
    text = f"Ein Hafen. {FILLER}Der Hafen braucht Strom, der Strom braucht den Hafen. {FILLER}"
    piece, hits = cut_excerpt(text, find_hits(text, read_query("Hafen Strom")))
    assert (piece[0], piece[-1]) == ("…", "…")
    assert len(piece) <= EXCERPT + 2
    assert [piece[a:b] for a, b in hits] == ["Hafen", "Strom", "Strom", "Hafen"]


def test_a_text_without_it_is_shown_from_its_beginning() -> None:
    piece, hits = cut_excerpt(FILLER, ())
    assert (piece[:5], piece[-1]) == ("Davor", "…")
    assert hits == ()


@given(st.text(alphabet="ab Ä,.\n", max_size=600))
def test_hits_stay_what_they_are_in_the_piece(text: str) -> None:
    wanted = read_query('ab "b a" ä')
    hits = find_hits(text, wanted)
    piece, inside = cut_excerpt(text, hits)
    said = {text[a:b] for a, b in hits}
    assert {piece[a:b] for a, b in inside} <= said
    assert bool(inside) == bool(hits)
    assert piece.strip("…") in text
