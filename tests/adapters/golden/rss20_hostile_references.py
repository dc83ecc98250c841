"""What the parser makes of `rss20_hostile_references.xml`."""

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Strange � signs",
    language=None,
    entries=(
        Entry(
            guid="s-1",
            link=None,
            canonical_link=None,
            title="Harbour party 😀 tonight",
            text="A lone � half, and 🚀 whole.",
            published_at=None,
            language=None,
        ),
        Entry(
            guid="s-2",
            link=None,
            canonical_link=None,
            title="Beyond � and � all planes",
            text="Cafe &bogus; a & b",
            published_at=None,
            language=None,
        ),
    ),
    problems=("broken XML: <unknown>:4:94: undefined entity",),
)
