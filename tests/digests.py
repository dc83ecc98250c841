"""A digest as a person gets it: invented news in three languages, for every test that reads one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.core.model import (
    Article,
    DigestInput,
    DigestPlan,
    Flagged,
    Health,
    Link,
    NearMiss,
    Signals,
    Story,
    Verdict,
)
from monitor.core.vote import Flaw, Vote, open_ballot, read_token

SINCE = datetime(2026, 7, 9, 5, 0, tzinfo=UTC)
UNTIL = datetime(2026, 7, 10, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = DigestPlan("morgens", 7, 0, "Europe/Berlin", ("mail",), "de")
ENGLISH = replace(PLAN, name="morning", language="en")
LABELS = {
    "de": (("cloud", "Cloud-Verträge"), ("halls", "Leere Hallen")),
    "en": (("cloud", "Cloud deals"), ("halls", "Empty halls")),
}
KEY = bytes(range(32))
BALLOT = open_ballot("https://monitor.example.org", KEY, UNTIL)
"""What the links are made of that a reader votes by."""
COUNTS = (0, 2, 1, 0, 3, 5, 2, 0, 0, 1, 4, 7, 3, 14)


def report(
    id_: int,
    title: str,
    feed: str,
    *,
    hours: float = 1,
    language: str | None = "de",
    score: float = 0.87,
    topic: str = "cloud",
) -> Flagged:
    """A report first seen so many hours after the digest before ended."""
    seen = SINCE + hours * HOUR
    link = f"https://{feed.lower().replace(' ', '-').replace('&', 'und')}.example/{id_}"
    article = Article(
        id_, id_, id_, feed, link, title, "", language, seen, seen, seen, str(id_), baseline=False
    )  # fmt: skip
    return Flagged(article, (Verdict(topic, score, True, 0.5),), Signals(language or ""))


def read_votes(links: Iterable[Link]) -> list[Vote | Flaw]:
    """What the links of a message that was made with `BALLOT` would say."""
    return [read_token(str(link.url).rpartition("/")[2], KEY, UNTIL) for link in links]


def both_votes(article_id: int, topic: str) -> list[Vote]:
    """Yes and no."""
    return [Vote(article_id, topic, wanted, BALLOT.expires_at) for wanted in (True, False)]


def story(id_: int, sources: int, *members: Flagged) -> Story:
    """A story of these reports, oldest first."""
    by_age = sorted(members, key=lambda m: m.article.first_seen_at)
    first, last = by_age[0], by_age[-1]
    return Story(
        id=id_,
        topic=first.topics[0],
        topics=first.topics,
        title=first.article.title,
        score=max(member.score for member in members),
        first_seen_at=first.article.first_seen_at,
        last_seen_at=last.article.first_seen_at,
        members=tuple(by_age),
        sources=sources,
    )


LEASE = story(
    1, 9,
    report(11, "Aurenta kündigt Mietverträge für drei Rechenzentren", "Kontorblatt", score=0.96),
    report(12, "Aurenta steigt aus Rechenzentren in Brockstedt aus", "Brockener Anzeiger", hours=2),
    report(13, "Nach Kündigung: Stadtwerke bangen um ihren größten Stromkunden", "Elbkurier",
           hours=5, score=0.74),
    report(14, "Was der Rückzug für den Strommarkt bedeutet", "Rechenwerk", hours=9, score=0.66),
    report(15, "Kommentar: Zu viel, zu schnell, zu teuer", "Maschinenraum", hours=11, score=0.61),
    report(16, "Aurenta: Bürgermeister fordert Klarheit", "Nordblick", hours=12, score=0.6),
    report(17, "Aurenta walks away from three data center leases", "Rack & Ledger", hours=3,
           language="en", score=0.93),
    report(18, "Landlord shares slide after Aurenta exit", "Patchbay", hours=6, language="en",
           score=0.7),
    report(19, "Aurenta renonce à trois centres de données", "Le Courrier du Vallon", hours=7,
           language="fr", score=0.71),
)  # fmt: skip
"""Told for the first time, by many, in three languages."""

AUDIT = story(
    2, 4,
    report(21, "Halveria prüft Vertrag mit Cloud-Anbieter", "Elbkurier", hours=-30, score=0.81),
    report(22, "Halveria audit: what is known so far", "Patchbay", hours=-20, language="en"),
    report(23, "Halveria kündigt an, Cloud-Vertrag nicht zu verlängern", "Kontorblatt", hours=14,
           score=0.9),
    report(24, "Halveria verlängert nicht: die Reaktionen", "Nordblick", hours=16, score=0.77),
    report(25, "Halveria will let its cloud deal lapse", "Rack & Ledger", hours=15, language="en",
           score=0.85),
)  # fmt: skip
"""Told of before, and gone on since."""

HALL = story(
    3, 1,
    report(31, "Serverhalle in Altmoor steht seit März leer: „Der Mieter kam nie“",
           "Altmoorer Landbote", hours=20, score=0.64, topic="halls"),
)  # fmt: skip

NEAR = (
    NearMiss(report(41, "Rechenzentrum bekommt eigenes Umspannwerk", "Elbkurier").article,
             "halls", 0.47, 0.5),
    NearMiss(report(42, "Chip maker warns of slower orders", "Patchbay", language="en").article,
             "cloud", 0.38, 0.5),
)  # fmt: skip


def digest(language: str = "de") -> DigestInput:
    """A full day."""
    last = date(2026, 7, 10)
    days = zip(range(13, -1, -1), COUNTS, strict=True)
    return DigestInput(
        plan_name=PLAN.name if language == "de" else ENGLISH.name,
        local_date="2026-07-10",
        since_at=SINCE,
        until_at=UNTIL,
        stories=(LEASE, AUDIT, HALL),
        baseline=(),
        health=Health(
            articles=1204,
            feeds_ok=38,
            feeds=40,
            failing=(("Ledger Süd", "HTTP 404"), ("Wattzeitung", "no answer")),
            channels=("telefon",),
            dead=1,
            languages=(("de", 871), ("en", 204), ("fr", 96), (None, 21), ("nl", 12)),
            quiet=("Elbkurier",),
        ),
        topics=LABELS[language],
        near=NEAR,
        days=tuple((last - timedelta(days=back), count) for back, count in days),
    )
