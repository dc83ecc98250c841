"""What the parser makes of `rss20_german.xml`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Hafenkurier & Börse",
    language="de-DE",
    entries=(
        Entry(
            guid="hk-7",
            link="https://hafenkurier.example/faehren?utm_source=rss&utm_medium=feed&id=7#kommentare",
            canonical_link="https://hafenkurier.example/faehren?id=7",
            title="Reederei stellt zwei Fährlinien ein",
            text="Die Reederei streicht zum 1. April zwei Linien.\n"
            "Betroffen sind 340 Beschäftigte – die Gewerkschaft kündigt\nProteste an.",
            published_at=datetime(2026, 3, 1, 7, 30, tzinfo=UTC),
            language=None,
        ),
        Entry(
            guid=None,
            link="https://feed.example/mueller",
            canonical_link="https://feed.example/mueller",
            title="Müller & Söhne: „Wir bleiben“",
            text="Der Schiffsausrüster Müller hält am Standort fest.",
            published_at=None,
            language=None,
        ),
        Entry(
            guid=None,
            link=None,
            canonical_link=None,
            title="",
            text="Kurz notiert: Der Pegel fällt weiter.",
            published_at=None,
            language=None,
        ),
    ),
    problems=(),
)
