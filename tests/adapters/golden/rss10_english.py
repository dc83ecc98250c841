"""What the parser makes of `rss10_english.rdf`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="The Ledger",
    language="en",
    entries=(
        Entry(
            guid="https://ledger.example/chips",
            link="https://ledger.example/chips",
            canonical_link="https://ledger.example/chips",
            title="Chip maker trims its forecast",
            text="Orders for servers fell by a tenth.",
            published_at=datetime(2026, 3, 2, 3, 15, tzinfo=UTC),
            language=None,
        ),
        Entry(
            guid="https://ledger.example/rail",
            link="https://ledger.example/rail",
            canonical_link="https://ledger.example/rail",
            title="Rail freight grows again",
            text="",
            published_at=None,
            language=None,
        ),
    ),
    problems=(),
)
