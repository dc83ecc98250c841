"""From what a feed sends to what is kept."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import article as stage
from monitor.core.model import ArticleDraft, Entry, Feed, FeedSpec, FeedState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = Feed(7, FeedSpec("https://a.example/feed", "A"), FeedState(next_poll_at=NOW))
ENTRY = Entry(
    guid="tag:a.example,2026:1",
    link="https://a.example/1?utm_source=rss",
    canonical_link="https://a.example/1",
    title="Werk in Lingen bekommt neue Leitung",
    text="Die Belegschaft wurde am Montag informiert.",
)


def draft(entry: Entry) -> ArticleDraft:
    return stage.make_draft(entry, FEED, NOW, baseline=False)


@pytest.mark.fault("D7")
@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain", "plain"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("\u202etxt.exe\u202c", "txt.exe"),
        ("Zo\u0308lle", "Zölle"),
        ("  two\t spaces \u00a0here ", "two spaces here"),
        ("one\r\n\r\n  two", "one\ntwo"),
        ("z" + "\u0335" * 60, "z" + "\u0335" * stage.MARKS_LIMIT),
        ("a" + "\u0489\u20dd" * 60 + "b", "a" + "\u0489\u20dd" * 2 + "b"),
        ("नमस्ते का तुर्की हिन्दी", "नमस्ते का तुर्की हिन्दी"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
    ],
)
def test_text_is_cleaned(raw: str, clean: str) -> None:
    assert stage.clean_text(raw, 100) == clean


@pytest.mark.fault("D7")
def test_every_mark_there_is_is_thinned() -> None:
    every = map(chr, range(0x110000))
    marks = [letter for letter in every if unicodedata.category(letter) in {"Mn", "Me"}]
    most = stage.MARKS_LIMIT
    cleaned = [stage.clean_text(f"z{mark * (most + 1)}", 100) for mark in marks]
    assert max(map(len, cleaned)) == 1 + most


@given(st.text(), st.integers(1, 50))
def test_clean_text_is_short_and_stays_clean(text: str, limit: int) -> None:
    clean = stage.clean_text(text, limit)
    assert len(clean) <= limit
    assert all(unicodedata.category(c) not in ("Cs", "Cc") for c in clean.replace("\n", ""))
    clean.encode()


@pytest.mark.fault("D7")
def test_a_megabyte_title_is_cut_and_nothing_else_is_lost() -> None:
    made = draft(replace(ENTRY, title="Titel " * 200_000))
    assert len(made.title) <= stage.TITLE_LIMIT
    assert made.title.endswith("…")
    assert made.text == ENTRY.text


@pytest.mark.fault("D3")
@pytest.mark.parametrize(
    ("change", "identity"),
    [
        ({}, "guid:tag:a.example,2026:1"),
        ({"guid": None}, "link:https://a.example/1"),
        ({"guid": " \x00 "}, "link:https://a.example/1"),
        ({"guid": None, "canonical_link": None}, "hash:"),
    ],
)
def test_identity_is_guid_else_link_else_words(change: dict[str, Any], identity: str) -> None:
    assert draft(replace(ENTRY, **change)).identity.startswith(identity)


@pytest.mark.fault("D3")
def test_a_huge_guid_stays_an_identity_of_its_own() -> None:
    one, two = (draft(replace(ENTRY, guid="g" * 100_000 + end)).identity for end in "ab")
    assert one != two
    assert len(one) < 200


def test_the_fingerprint_changes_with_the_words_only() -> None:
    same = draft(replace(ENTRY, link="https://b.example", published_at=NOW))
    edited = draft(replace(ENTRY, text=ENTRY.text + " Der Betriebsrat widerspricht."))
    assert same.fingerprint == draft(ENTRY).fingerprint != edited.fingerprint


def test_an_entry_without_title_is_called_by_its_first_words() -> None:
    assert draft(replace(ENTRY, title=" ")).title == ENTRY.text
    assert draft(replace(ENTRY, title="\u200b\u00ad\u2060")).title == ENTRY.text
    assert draft(replace(ENTRY, title="", text="")).title == "(no title)"


@pytest.mark.fault("D5")
@pytest.mark.parametrize(
    ("given_at", "kept"),
    [
        (None, NOW),
        (NOW - timedelta(hours=5), NOW - timedelta(hours=5)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW - timedelta(days=30)),
        (datetime(2099, 1, 1, tzinfo=UTC), NOW + timedelta(hours=1)),
    ],
)
def test_dates_are_clamped(given_at: datetime | None, kept: datetime) -> None:
    made = draft(replace(ENTRY, published_at=given_at))
    assert (made.published_at, made.published_given_at) == (kept, given_at)


@pytest.mark.parametrize(
    ("said", "kept"), [("de", "de"), ("en-GB", "en-GB"), ("", None), ("x" * 1_000_000, None)]
)
def test_only_a_language_tag_is_a_language(said: str, kept: str | None) -> None:
    assert draft(replace(ENTRY, language=said)).language == kept


@pytest.mark.fault("D3")
def test_of_two_entries_with_one_identity_the_first_counts() -> None:
    twin = replace(ENTRY, title="Same guid, other words")
    drafts = stage.make_drafts([ENTRY, twin], FEED, NOW, baseline=True)
    assert [d.title for d in drafts] == [ENTRY.title]
    assert drafts[0].baseline
