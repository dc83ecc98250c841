"""What the parser makes of `rss20_no_umlauts.xml`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Ticker",
    language=None,
    entries=(
        Entry(
            guid=None,
            link="http://ticker.example/?a=1&b=2",
            canonical_link="http://ticker.example/?a=1&b=2",
            title="Zoelle: Ministerium prueft duestere Szenarien",
            text="",
            published_at=datetime(2026, 3, 1, 7, 5, tzinfo=UTC),
            language=None,
        ),
        Entry(
            guid=None,
            link="http://ticker.example/?b=2&a=1",
            canonical_link="http://ticker.example/?a=1&b=2",
            title="Zoelle: Ministerium prueft duestere Szenarien",
            text="",
            published_at=None,
            language=None,
        ),
    ),
    problems=(),
)
