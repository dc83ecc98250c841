"""What the parser makes of `rss20_cut_off.xml`."""

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Kurz",
    language=None,
    entries=(
        Entry(
            guid="k-1",
            link=None,
            canonical_link=None,
            title="Erster Eintrag ist heil",
            text="Text eins.",
            published_at=None,
            language=None,
        ),
        Entry(
            guid="k-2",
            link=None,
            canonical_link=None,
            title="Zweiter Eintrag ist heil",
            text="Text zwei.",
            published_at=None,
            language=None,
        ),
        Entry(
            guid="k-3",
            link=None,
            canonical_link=None,
            title="Dritter bricht ab",
            text="",
            published_at=None,
            language=None,
        ),
    ),
    problems=("broken XML: <unknown>:6:0: unclosed CDATA section",),
)
