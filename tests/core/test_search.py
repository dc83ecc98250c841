"""What a person types, and what is made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Phrase, Wanted
from monitor.core.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    choose_telling,
    count_words,
    fuse,
    read_query,
)


def describe(wanted: Wanted) -> str:
    """As short as can be read: alternatives with |, open ends with *, left out with -."""
    groups = ["|".join(map(describe_phrase, group)) for group in wanted.every]
    return " ".join([*groups, *(f"-{describe_phrase(phrase)}" for phrase in wanted.never)])


def describe_phrase(phrase: Phrase) -> str:
    return "_".join(phrase.words) + "*" * phrase.open


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KI", "ki"),
        ("Rechenzentren", "rechenzentren|rechenzentr*"),
        ("leases 2026", "leases|leas* 2026"),
        ("Bank", "bank|bank*"),
        ("neue", "neue|neue*"),
        ("Hafenpläne", "hafenplane|hafenplaene|hafenplan*|hafenplaen*"),
        ("uebrig", "uebrig|ubrig|uebrig*|ubrig*"),
        ("Strasse", "strasse|straße|strass*|straß*"),
        ('"Rechenzentren"', "rechenzentren"),
        ("„leere Hallen“ Strom", "leere_hallen strom|strom*"),
        ('"leere Hal"*', "leere_hal*"),
        ('"ohne Ende', "ohne_ende"),
        ("Rechen*", "rechen*"),
        ("GPT-4 AT&T", "gpt_4 at_t"),
        ("Miete -Wohnung", "miete|miet* -wohnung"),
        ('Miete -"zur Miete" -Wohn*', "miete|miet* -zur_miete -wohn*"),
        ("Strom - Netz", "strom|strom* netz|netz*"),
        ('NEAR(a b) OR title:x " * ^', "near_a b or title_x"),
        ("カフェ", "カフェ"),
    ],
)
def test_what_is_typed_and_what_is_meant(typed: str, meant: str) -> None:
    assert describe(read_query(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "the query has no word; type words,"),
        ('"" ** --', "the query has no word; type words,"),
        ("-Wohnung", "the query says only what to leave out; type words,"),
        ("a*", r"a\* is too short; type 2 letters"),
        ("ab " * (MOST_WORDS + 1), f"more than {MOST_WORDS} words"),
        ("a" * (LONGEST_QUERY + 1), "longer than 1,000 characters; shorten it"),
    ],
)
def test_what_asks_for_nothing_is_refused_with_a_reason(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_query(typed)


@given(st.text(max_size=200))
def test_whatever_is_typed_becomes_letters_and_digits_or_a_reason(typed: str) -> None:
    try:
        wanted = read_query(typed)
    except ValueError:
        return
    phrases = [phrase for group in wanted.every for phrase in group] + list(wanted.never)
    assert all(wanted.every)
    assert all(word.isalnum() for phrase in phrases for word in phrase.words)


ARTICLE = (
    "Werft in Lindenau entläßt niemanden",
    "Die Werft baut weiter. Die Werft hofft auf Fähren.",
)


def test_the_words_of_an_article_are_counted_as_the_index_has_them() -> None:
    counts = count_words(*ARTICLE)
    assert (counts["werft"], counts["entlaßt"], counts["fahren"]) == (4, 2, 1)
    assert "in" not in counts


def test_telling_words_are_frequent_here_and_rare_elsewhere() -> None:
    documents = {"werft": 20, "lindenau": 20, "die": 900, "fahren": 30, "niemanden": 1}
    telling = choose_telling(count_words(*ARTICLE), documents, total=1_000, most=60)
    assert telling is not None
    assert describe(telling) == "werft|lindenau"


def test_an_article_without_shared_words_is_like_none() -> None:
    assert choose_telling(count_words(*ARTICLE), {"werft": 1}, total=10, most=5) is None


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        ((), []),
        (([3, 1, 2],), [3, 1, 2]),
        (([3, 1], [2, 1]), [1, 3, 2]),
        (([5, 6, 7, 1], [8, 9, 1]), [1, 5, 8, 6, 9, 7]),
        (([], [2, 1]), [2, 1]),
    ],
)
def test_rankings_become_one(rankings: tuple[list[int], ...], fused: list[int]) -> None:
    assert fuse(rankings) == fused
