"""What the parser makes of `rss20_latin1_undeclared.xml`."""

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Bote",
    language=None,
    entries=(
        Entry(
            guid=None,
            link="http://bote.example/1",
            canonical_link="http://bote.example/1",
            title="Grüße aus Köln",
            text="Straße gesperrt",
            published_at=None,
            language=None,
        ),
    ),
    problems=(),
)
