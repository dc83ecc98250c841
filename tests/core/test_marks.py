"""A text is cut where sentences begin and end, and nothing of it is lost."""

import pytest

from monitor.core.marks import cut_pieces

TEXT = "Erster Satz. Zweiter Satz. Dritter."


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], []),
        ([(0, 12)], ["Erster Satz."]),
        ([(13, 26), (0, 12)], ["Erster Satz.", "Zweiter Satz."]),
        ([(0, 12), (0, 12)], ["Erster Satz."]),
        ([(0, 12), (7, 26)], ["Erster Satz.", " Zweiter Satz."]),
        ([(27, 99)], ["Dritter."]),
        ([(99, 120), (5, 5)], []),
    ],
)
def test_the_spans_are_marked(spans: list[tuple[int, int]], marked: list[str]) -> None:
    pieces = cut_pieces(TEXT, spans)
    assert [piece.text for piece in pieces if piece.marked] == marked
    assert "".join(piece.text for piece in pieces) == TEXT


def test_spans_may_count_from_before_the_text() -> None:
    assert [p.text for p in cut_pieces(TEXT, [(0, 5), (10, 22)], begin=10) if p.marked] == [
        "Erster Satz."
    ]
