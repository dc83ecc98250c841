"""What a digest tells, and which were told."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import (
    Delivery,
    DigestInput,
    Health,
    Message,
    NearMiss,
    OutboxRow,
    Paragraph,
    Subject,
)
from monitor.ports import Transaction
from monitor.queries.stories import MemberLine, StoryLine, outline_member, outline_story


@dataclass(frozen=True, slots=True)
class NearLine:
    """An article that a topic nearly took."""

    article: int
    title: str
    feed: str
    link: str | None
    topic: str
    score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class DigestAnswer:
    """What a digest tells of [since_at, until_at); `stories` and `baseline` best first.

    `days` counts the articles of the last days by their local dates.
    """

    name: str
    date: str
    since_at: datetime
    until_at: datetime
    stories: tuple[StoryLine, ...]
    baseline: tuple[MemberLine, ...]
    health: Health
    near: tuple[NearLine, ...]
    days: dict[str, int]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A digest on its way to a channel, or what became of it; told only once it was taken.

    `since_at` and `until_at` are None for one sent by hand. `counts` is the sentence it begins
    with; None: its text was deleted.
    """

    id: int
    name: str
    occasion: str
    since_at: datetime | None
    until_at: datetime | None
    channel: str
    state: str
    told_at: datetime | None
    error: str | None
    counts: str | None = None


def describe_digest(digest: DigestInput) -> DigestAnswer:
    """A digest for machines."""
    return DigestAnswer(
        digest.plan_name,
        digest.local_date,
        digest.since_at,
        digest.until_at,
        tuple(outline_story(story) for story in digest.stories),
        tuple(outline_member(flagged) for flagged in digest.baseline),
        digest.health,
        tuple(_near_line(miss) for miss in digest.near),
        {day.isoformat(): count for day, count in digest.days},
    )


def list_digests(tx: Transaction, limit: int, skip: int = 0) -> tuple[DigestLine, ...]:
    """Digests by channel, newest first, and whether they were told."""
    rows = tx.outbox.list((), limit, Subject.DIGEST, skip=skip)
    return tuple(outline_digest(tx, row) for row in rows)


def list_newest_digests(tx: Transaction, since: datetime) -> tuple[DigestLine, ...]:
    """The newest of each digest by channel, of those made since then."""
    return tuple(outline_digest(tx, row) for row in tx.outbox.newest_of(Subject.DIGEST, since))


def _near_line(miss: NearMiss) -> NearLine:
    article = miss.article
    return NearLine(
        article=article.id,
        title=article.title,
        feed=article.feed_name,
        link=article.link,
        topic=miss.topic,
        score=miss.score,
        threshold=miss.threshold,
    )


def outline_digest(tx: Transaction, row: OutboxRow) -> DigestLine:
    """A digest as one line."""
    made = tx.digests.get(row.alert.subject_id, row.alert.occasion)
    return DigestLine(
        id=row.id,
        name=row.alert.subject_id,
        occasion=row.alert.occasion,
        since_at=made.since_at if made else None,
        until_at=made.until_at if made else None,
        channel=row.alert.channel,
        state=row.state.value,
        told_at=row.settled_at if row.state is Delivery.SENT else None,
        error=row.error,
        counts=_read_counts(row.alert.message),
    )


def _read_counts(message: Message | None) -> str | None:
    if message is None:
        return None
    return next((block.text for block in message.blocks if isinstance(block, Paragraph)), "")
