"""Small values for tests: sensible by default, each test names only what it is about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from monitor.core.model import (
    Alert,
    Article,
    ArticleDraft,
    Evidence,
    FeedSpec,
    Flagged,
    Origin,
    Signals,
    Story,
    Subject,
    Verdict,
)
from monitor.ports import Store, Transaction

NOW = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def spec(name: str = "Beispielblatt", origin: Origin = Origin.CONFIG) -> FeedSpec:
    return FeedSpec(f"https://{name.lower()}.example/feed.xml", name, origin=origin)


def draft(
    feed_id: int,
    identity: str = "a",
    *,
    title: str = "Konzern kündigt Mietvertrag",
    text: str = "Der Konzern hat den Vertrag über zwei Rechenzentren gekündigt.",
    language: str | None = "de",
    seen_at: datetime = NOW,
    baseline: bool = False,
) -> ArticleDraft:
    """Title and text make the fingerprint, as in the product."""
    link = f"https://beispielblatt.example/{identity}"
    return ArticleDraft(
        feed_id=feed_id,
        identity=identity,
        link=f"{link}?utm_source=feed",
        canonical_link=link,
        title=title,
        text=text,
        language=language,
        published_given_at=None,
        published_at=seen_at,
        first_seen_at=seen_at,
        fingerprint=sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest(),
        baseline=baseline,
    )


def verdict(
    topic: str = "ai-overbuild", score: float | None = 0.9, *, threshold: float = 0.5
) -> Verdict:
    flagged = score is not None and score >= threshold
    evidence = (Evidence("Konzern kündigt Mietvertrag", 0, 27, 0.4),) if flagged else ()
    return Verdict(topic, score, flagged, threshold, evidence, "test-1")


def signals(language: str = "de") -> Signals:
    return Signals(
        language=language,
        concepts=frozenset({"LEASE_CANCELLED", "CAPEX"}),
        words=frozenset({"rechenzentrum", "mietvertrag"}),
        headline=(("LEASE_CANCELLED", "kündigt Mietvertrag"),),
        numbers=frozenset({"2"}),
        shingles=(3, 2**61 - 1, 0),
        vector=b"\x00\x00\x80?",
    )


def story(members: Sequence[Flagged], title: str = "Mietvertrag gekündigt") -> Story:
    first, last = members[0].article, members[-1].article
    return Story(
        id=0,
        topic=members[0].topics[0],
        topics=members[0].topics,
        title=title,
        score=max(member.score for member in members),
        first_seen_at=first.first_seen_at,
        last_seen_at=last.first_seen_at,
        members=tuple(members),
        sources=len({member.article.feed_id for member in members}),
    )


def alert(
    subject_id: str = "1",
    occasion: str = "first",
    channel: str = "mail",
    subject: Subject = Subject.STORY,
) -> Alert:
    return Alert(subject, subject_id, occasion, channel, reason="score 0.90 ≥ 0.50")


def add_drafts(tx: Transaction, drafts: Iterable[ArticleDraft]) -> int:
    """Store drafts; count what was new of all feeds."""
    return sum(tx.articles.add(drafts).values())


def add_verdicts(
    tx: Transaction, revision_id: int, verdicts: Iterable[Verdict], told: Signals | None
) -> None:
    """Store what was found of one revision."""
    tx.verdicts.add({revision_id: (tuple(verdicts), told)})


async def add_articles(store: Store, *drafts: ArticleDraft) -> tuple[Article, ...]:
    """Store drafts and give back the articles that wait for a verdict."""
    await store.write(lambda tx: tx.articles.add(drafts))
    return await store.read(lambda tx: tx.articles.waiting(len(drafts)))


async def add_flagged(store: Store, *drafts: ArticleDraft) -> tuple[Flagged, ...]:
    """Store drafts as articles that wait for a story."""
    articles = await add_articles(store, *drafts)

    def judge(tx: Transaction) -> tuple[Flagged, ...]:
        for article in articles:
            add_verdicts(tx, article.revision_id, [verdict()], signals())
        return tx.verdicts.waiting(len(articles))

    return await store.write(judge)
