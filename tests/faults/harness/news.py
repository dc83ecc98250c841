"""Headlines without end, invented, of words that no two of them share: each is a story."""

from string import ascii_lowercase

WORDS = 6
LETTERS = 6
"""As many as stories compare of a word."""

STRIDE = 121_275_533
"""Spreads the numbers over all words of six letters; it has no factor in common with 26."""


def make_headline(number: int) -> str:
    """The headline of an item; the same number gives the same."""
    first = number * WORDS
    return " ".join(make_name(n).capitalize() for n in range(first, first + WORDS))


def make_name(number: int) -> str:
    """A word of six letters, another for each number below 26 ** 6."""
    rest = number * STRIDE % len(ascii_lowercase) ** LETTERS
    letters = []
    for _ in range(LETTERS):
        rest, place = divmod(rest, len(ascii_lowercase))
        letters.append(ascii_lowercase[place])
    return "".join(letters)
