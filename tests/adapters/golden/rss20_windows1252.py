"""What the parser makes of `rss20_windows1252.xml`."""

from datetime import UTC, datetime

from monitor.core.model import Entry, ParsedFeed

EXPECTED = ParsedFeed(
    title="Le Phare",
    language="fr",
    entries=(
        Entry(
            guid="https://lephare.example/usine",
            link="https://lephare.example/usine",
            canonical_link="https://lephare.example/usine",
            title="L’usine rouvre après l’été",
            text="Le site emploiera 80 salariés ; coût : 12 millions d’€.",
            published_at=datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
            language=None,
        ),
    ),
    problems=(),
)
