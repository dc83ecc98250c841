import string
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.gate_texts import GATE_TEXTS
from monitor.core.notice_texts import NOTICE_TEXTS
from monitor.core.page_texts import PAGE_TEXTS
from monitor.core.texts import TEXTS
from monitor.core.words import (
    cut,
    cut_at_word,
    format_date,
    format_moment,
    format_number,
    format_odds,
    format_percent,
    format_since,
    join_names,
    name_language,
    say,
    say_count,
)

SAID = TEXTS | NOTICE_TEXTS | PAGE_TEXTS | GATE_TEXTS
HOSTILE = [
    "{secret}",
    "{0}",
    "{source.__class__}",
    "%s %(x)s",
    "{{7*7}}",
    "{",
    "}",
    "{!r:>99999999}",
]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("value", HOSTILE)
def test_values_arrive_verbatim(value: str) -> None:
    assert say("en", "alert.read", source=value) == f"Read at {value}"


@pytest.mark.parametrize("key", sorted(SAID))
def test_both_languages_say_the_same_values_plainly(key: str) -> None:
    german, english = SAID[key]
    assert german.strip()
    assert english.strip()
    assert fields(german) == fields(english)
    assert all(name.isidentifier() for name in fields(german))


def test_every_plural_has_its_singular() -> None:
    assert {k[:-6] for k in TEXTS | NOTICE_TEXTS if k.endswith(".other")} == {
        k[:-4] for k in TEXTS | NOTICE_TEXTS if k.endswith(".one")
    }


def test_no_text_is_said_in_two_places() -> None:
    assert len(SAID) == sum(map(len, (TEXTS, NOTICE_TEXTS, PAGE_TEXTS, GATE_TEXTS)))


@pytest.mark.parametrize(
    ("hours", "german", "english"),
    [(1.9, "1 Stunde", "1 hour"), (47, "47 Stunden", "47 hours"), (60, "2 Tagen", "2 days")],
)
def test_how_long_since(hours: float, german: str, english: str) -> None:
    span = timedelta(hours=hours)
    assert [format_since(language, span) for language in ("de", "en")] == [german, english]


@pytest.mark.parametrize(
    ("odds", "german"),
    [
        (0.5, "1 von 2"),
        (1 / 3999, "1 von 3.000"),
        (1e-6, "1 von 1.000.000"),
        (0.0, "weniger als 1 von 1.000.000"),
    ],
)
def test_odds_are_never_said_to_be_rarer_than_they_are(odds: float, german: str) -> None:
    assert format_odds("de", odds) == german


def test_an_unknown_key_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        say("en", "no.such.text")


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("de", 0, "0 Quellen"),
        ("de", 1, "1 Quelle"),
        ("de", 1204, "1.204 Quellen"),
        ("en", 1, "1 source"),
        ("en", 1204, "1,204 sources"),
        ("fr", 2, "2 sources"),
    ],
)
def test_counts(language: str, n: int, text: str) -> None:
    assert say_count(language, "sources", n) == text


@pytest.mark.parametrize(
    ("n", "german", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1204, "1.204", "1,204"),
        (9876543, "9.876.543", "9,876,543"),
    ],
)
def test_numbers(n: int, german: str, english: str) -> None:
    assert (format_number("de", n), format_number("en", n)) == (german, english)


@pytest.mark.parametrize(
    ("share", "english"),
    [(0.0, "0%"), (0.874, "87%"), (0.994, "99%"), (0.999, "99%"), (1.0, "100%")],
)
def test_percent_reads_certain_only_at_one(share: float, english: str) -> None:
    assert format_percent("en", share) == english
    assert format_percent("de", share) == english.replace("%", "\N{NO-BREAK SPACE}%")


def test_dates() -> None:
    assert format_date("de", date(2026, 3, 1)) == "1. März 2026"
    assert format_date("en", date(2026, 12, 31)) == "31 December 2026"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "1. Januar 2026, 00:30"),
        ("UTC", "31. Dezember 2025, 23:30"),
        ("Asia/Kolkata", "1. Januar 2026, 05:00"),
    ],
)
def test_moments_are_told_in_the_zone(zone: str, text: str) -> None:
    assert format_moment("de", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), zone) == text


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("de", "German"),
        ("de-AT", "German"),
        ("FR", "French"),
        ("xx", "xx"),
        ("", None),
        (None, None),
    ],
)
def test_languages(code: str | None, name: str | None) -> None:
    assert name_language("en", code) == name


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], "a"), (["a", "b"], "a und b"), (["a", "b", "c"], "a, b und c")]
)
def test_names_are_joined_as_people_do(names: list[str], text: str) -> None:
    assert join_names("de", names) == text


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("ab cd", 4, "ab…"),
        ("abe\u0301f", 4, "ab…"),
        ("ab👩‍🚒c", 5, "ab…"),
        ("ab👍🏽c", 4, "ab…"),
        ("a🇩🇪🇫🇷x", 5, "a🇩🇪…"),
        ("ab❤️c", 4, "ab…"),
        ("anything", 1, "…"),
    ],
    ids=["fits", "plain", "no space before …", "accent", "joined emoji", "skin tone", "flags",
         "variation selector", "nothing left"],
)  # fmt: skip
def test_cut_never_splits_what_a_reader_sees_as_one(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(st.text(), st.integers(1, 40))
def test_cut_keeps_to_the_limit(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit
    assert len(cut_at_word(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("The lease was cancelled, twice", 25, "The lease was cancelled…"),
        ("Rechenzentrumsüberkapazitäten", 10, "Rechenzen…"),
        ("as it is", 8, "as it is"),
    ],
)
def test_cut_at_word(text: str, limit: int, short: str) -> None:
    assert cut_at_word(text, limit) == short
