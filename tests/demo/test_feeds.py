import calendar
import io
import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from monitor.demo.feeds import Site, content_type, write_feed
from monitor.demo.news import Article, Kind, Outlet, load_news

STARTED_AT = datetime(2031, 3, 4, 12, 0, 0, 700_000, tzinfo=UTC)
SITE = Site("http://127.0.0.1:8123", STARTED_AT)
NEWS = load_news()
ANSWERING = [outlet for outlet in NEWS.outlets if not outlet.fails]
XML_OUTLETS = [outlet for outlet in ANSWERING if outlet.kind is not Kind.JSON]
JSON_OUTLETS = [outlet for outlet in ANSWERING if outlet.kind is Kind.JSON]
BY_ID = {outlet.id: outlet for outlet in NEWS.outlets}
TITLE = "<b>Fish & chips</b> ]]> \"quoted\" – 'ü'"
HOSTILE = Article("a", TITLE, "<p>1 &lt; 2</p>", timedelta(), timedelta(minutes=-5))


def parse(outlet: Outlet, elapsed: timedelta) -> feedparser.FeedParserDict:
    document = write_feed(outlet, outlet.visible(elapsed), SITE)
    return feedparser.parse(
        io.BytesIO(document), response_headers={"content-type": content_type(outlet)}
    )


def published_at(entry: feedparser.FeedParserDict) -> datetime:
    # RSS 1.0 has one date (dc:date), which feedparser takes for the update's.
    given = entry.get("published_parsed") or entry["updated_parsed"]
    return datetime.fromtimestamp(calendar.timegm(given), UTC)


@pytest.mark.parametrize("elapsed", [timedelta(), timedelta(seconds=6), NEWS.complete_after])
@pytest.mark.parametrize("outlet", XML_OUTLETS, ids=lambda outlet: outlet.id)
def test_feedparser_finds_what_is_visible(outlet: Outlet, elapsed: timedelta) -> None:
    visible = outlet.visible(elapsed)
    parsed = parse(outlet, elapsed)

    assert parsed.feed.title == outlet.name
    assert parsed.feed.language == outlet.language
    assert [entry.title for entry in parsed.entries] == [article.title for article in visible]
    assert [entry.link for entry in parsed.entries] == [SITE.link(article) for article in visible]
    assert [published_at(entry) for entry in parsed.entries] == [
        SITE.published_at(article) for article in visible
    ]


@pytest.mark.parametrize("outlet", XML_OUTLETS, ids=lambda outlet: outlet.id)
def test_feedparser_calls_a_feed_sound_unless_it_has_a_broken_entry(outlet: Outlet) -> None:
    assert parse(outlet, NEWS.complete_after).bozo == bool(outlet.unescaped)


@pytest.mark.parametrize("outlet", JSON_OUTLETS, ids=lambda outlet: outlet.id)
def test_a_json_feed_holds_what_is_visible(outlet: Outlet) -> None:
    visible = outlet.visible(NEWS.complete_after)
    document = json.loads(write_feed(outlet, visible, SITE))

    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["title"], document["language"]) == (outlet.name, outlet.language)
    assert [
        (item["id"], item["url"], item["title"], item["content_text"]) for item in document["items"]
    ] == [(article.key, SITE.link(article), article.title, article.text) for article in visible]


def test_entries_have_a_guid_that_an_edition_keeps_unless_the_feed_has_none() -> None:
    wire = BY_ID["transmeridian-press"]
    before = {entry.id for entry in parse(wire, timedelta(seconds=5)).entries}
    after = {entry.id for entry in parse(wire, timedelta(seconds=9)).entries}
    assert "tmp-resale" in before & after

    assert not any("id" in entry for entry in parse(BY_ID["kontorblatt"], timedelta()).entries)


def test_a_summary_only_feed_leaves_the_rest_to_the_page() -> None:
    outlet = BY_ID["patchbay"]
    entries = parse(outlet, timedelta()).entries
    assert [entry.summary for entry in entries] == [a.lead for a in outlet.visible(timedelta())]
    assert not any("content" in entry for entry in entries)


@pytest.mark.parametrize("name", ["rechenwerk", "abendblitz", "the-backplane"])
def test_some_feeds_carry_html(name: str) -> None:
    assert all("<p>" in entry.summary for entry in parse(BY_ID[name], timedelta()).entries)


def test_the_old_encoding_carries_german_quotation_marks() -> None:
    outlet = BY_ID["brockener-anzeiger"]
    document = write_feed(outlet, outlet.visible(NEWS.complete_after), SITE)

    assert b"encoding='iso-8859-1'" in document.splitlines()[0]
    assert "kündigt".encode("iso-8859-1") in document
    entries = parse(outlet, NEWS.complete_after).entries
    assert any("„Meinungsverschiedenheiten" in entry.summary for entry in entries)


@pytest.mark.parametrize("kind", [Kind.RSS2, Kind.RSS1, Kind.ATOM])
def test_markup_in_a_title_stays_text(kind: Kind) -> None:
    outlet = Outlet("o", "A & B", kind, "en", (HOSTILE,))
    document = write_feed(outlet, (HOSTILE,), SITE)

    parsed = feedparser.parse(io.BytesIO(document), sanitize_html=False)
    assert parsed.bozo is False
    assert parsed.feed.title == "A & B"
    assert parsed.entries[0].title == TITLE


def test_times_are_whole_seconds_after_the_start() -> None:
    assert SITE.published_at(HOSTILE) == datetime(2031, 3, 4, 11, 55, tzinfo=UTC)
