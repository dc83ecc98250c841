"""What the parser makes of `atom_mixed.xml`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Grid & Cloud",
    language="en",
    entries=(
        Entry(
            guid="urn:grid:1",
            link="https://grid.example/news/2026/talks",
            canonical_link="https://grid.example/news/2026/talks",
            title="Utilities pause talks",
            text="Two utilities pause their talks with data centre operators.\nPrice\nWater",
            published_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
            language="en",
        ),
        Entry(
            guid="urn:grid:2",
            link=None,
            canonical_link=None,
            title="Netzbetreiber zögert",
            text="",
            published_at=datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
            language="de",
        ),
    ),
    problems=(),
)
