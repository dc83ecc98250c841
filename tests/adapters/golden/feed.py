"""What the parser makes of `feed.json`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Works Council Weekly",
    language="en",
    entries=(
        Entry(
            guid="w-1",
            link="https://works.example/1?fbclid=abc",
            canonical_link="https://works.example/1",
            title="Night shift ends at the foundry",
            text="The foundry ends its night shift.\nSixty people change to days.",
            published_at=datetime(2026, 3, 1, 4, 0, tzinfo=UTC),
            language=None,
        ),
        Entry(
            guid="2",
            link="https://feed.example/relative",
            canonical_link="https://feed.example/relative",
            title="",
            text="A note without a title.",
            published_at=None,
            language="de",
        ),
        Entry(
            guid=None,
            link=None,
            canonical_link=None,
            title="No web link",
            text="",
            published_at=None,
            language=None,
        ),
    ),
    problems=("item 3 is not an object",),
)
