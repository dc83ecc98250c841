"""The read side: what a person asks, as frozen answers; the same for the command line and the web.

Every function takes one consistent snapshot (`ports.Transaction`) and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.feed import NO_NETWORK, is_failing
from monitor.core.model import (
    Article,
    Delivery,
    DigestInput,
    Feed,
    Flagged,
    Health,
    NearMiss,
    OutboxRow,
    Story,
    Subject,
    Verdict,
)
from monitor.errors import NotFound
from monitor.ports import Transaction

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as a list shows it; `due` says when and why it is polled next."""

    name: str
    url: str
    origin: str
    tags: tuple[str, ...]
    state: str
    last_ok_at: datetime | None
    next_poll_at: datetime
    due: str
    error: str | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story as a list shows it."""

    id: int
    topic: str
    topics: tuple[str, ...]
    title: str
    score: float
    articles: int
    sources: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class MemberLine:
    """An article of a story."""

    article: int
    title: str
    feed: str
    language: str | None
    link: str | None
    score: float
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A message on its way, or what became of it. `key` is the same for every attempt."""

    id: int
    key: str
    subject: str
    subject_id: str
    occasion: str
    channel: str
    state: str
    attempts: int
    title: str | None
    reason: str
    due_at: datetime
    created_at: datetime
    settled_at: datetime | None
    possibly_repeated: bool
    error: str | None
    receipt: str | None
    held_until: datetime | None
    folded_into: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class AlertLine:
    """What was told of a story, to whom, and when."""

    id: int
    story: int
    topic: str
    title: str
    score: float
    occasion: str
    channel: str
    state: str
    reason: str
    created_at: datetime
    settled_at: datetime | None
    held_until: datetime | None
    folded_into: int | None
    note: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class StoryAnswer:
    """A story with its articles and what was said of it."""

    story: StoryLine
    articles: tuple[MemberLine, ...]
    alerts: tuple[OutboxLine, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article was flagged, or not: verdicts with evidence, its story, its alerts."""

    article: Article
    verdicts: tuple[Verdict, ...]
    story: StoryLine | None
    alerts: tuple[OutboxLine, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How the monitor is, over the last 24 hours."""

    health: Health
    failing: tuple[FeedLine, ...]
    next_poll_at: datetime | None
    waiting_for_verdict: bool
    waiting_for_story: bool
    stories: int
    outbox: dict[str, int]
    dead: tuple[OutboxLine, ...]
    digests: tuple["DigestLine", ...]
    counters: dict[str, int]


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

    `since_at` and `until_at` are None for one sent by hand.
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


def describe_digest(digest: DigestInput) -> DigestAnswer:
    """A digest for machines."""
    return DigestAnswer(
        digest.plan_name,
        digest.local_date,
        digest.since_at,
        digest.until_at,
        tuple(_story_line(story) for story in digest.stories),
        tuple(_member_line(flagged) for flagged in digest.baseline),
        digest.health,
        tuple(_near_line(miss) for miss in digest.near),
        {day.isoformat(): count for day, count in digest.days},
    )


def list_digests(tx: Transaction, limit: int) -> tuple[DigestLine, ...]:
    """Digests by channel, newest first, and whether they were told."""
    return tuple(_digest_line(tx, row) for row in tx.outbox.list((), limit, Subject.DIGEST))


def list_feeds(tx: Transaction, now: datetime) -> tuple[FeedLine, ...]:
    """All polled feeds with their health."""
    return tuple(_feed_line(feed, now) for feed in tx.feeds.list())


def list_stories(tx: Transaction, limit: int, topic: str | None = None) -> tuple[StoryLine, ...]:
    """The newest stories."""
    return tuple(_story_line(story) for story in tx.stories.list(limit, topic))


def show_story(tx: Transaction, story_id: int) -> StoryAnswer:
    """One story whole. Raise `NotFound`."""
    story = tx.stories.get(story_id)
    if story is None:
        raise NotFound(f"no story {story_id}; `monitor stories list` shows which there are")
    members = tuple(_member_line(member) for member in story.members)
    return StoryAnswer(_story_line(story), members, _told(tx, story))


def list_alerts(tx: Transaction, limit: int) -> tuple[AlertLine, ...]:
    """What was or will be told of stories, newest first."""
    rows = tx.outbox.list((), limit, Subject.STORY)
    pairs = ((row, tx.stories.get(int(row.alert.subject_id))) for row in rows)
    return tuple(_alert_line(row, story) for row, story in pairs if story is not None)


def list_outbox(
    tx: Transaction, states: tuple[Delivery, ...], limit: int
) -> tuple[OutboxLine, ...]:
    """Rows in these states (none: all), newest first."""
    return tuple(_outbox_line(row) for row in tx.outbox.list(states, limit))


def explain(tx: Transaction, reference: str) -> Explanation:
    """Explain an article by its id or its address. Raise `NotFound`."""
    article = find_article(tx, reference)
    story = tx.stories.of(article.id)
    return Explanation(
        article,
        tx.verdicts.of(article.id),
        _story_line(story) if story else None,
        _told(tx, story) if story else (),
    )


def get_status(tx: Transaction, now: datetime) -> Status:
    """Everything `monitor status` says."""
    feeds = list_feeds(tx, now)
    dead = tx.outbox.list((Delivery.DEAD,), 20)
    return Status(
        health=tx.articles.health(now - DAY, now),
        failing=tuple(feed for feed in feeds if feed.state not in {"ok", "new"}),
        next_poll_at=min((feed.next_poll_at for feed in feeds), default=None),
        waiting_for_verdict=bool(tx.articles.waiting(1)),
        waiting_for_story=bool(tx.verdicts.waiting(1)),
        stories=len(tx.stories.recent(now - DAY)),
        outbox={state.value: n for state, n in tx.outbox.count().items()},
        dead=tuple(_outbox_line(row) for row in dead),
        digests=_newest_digests(tx),
        counters=dict(tx.counters.total(now - DAY)),
    )


def find_article(tx: Transaction, reference: str) -> Article:
    """The article of this id or address. Raise `NotFound`."""
    if reference.isdecimal():
        found = tx.articles.get(int(reference))
    else:
        found = next(iter(tx.articles.find(reference)), None)
    if found is None:
        raise NotFound(f"no article {reference} in the archive; give its id or its exact address")
    return found


def _told(tx: Transaction, story: Story) -> tuple[OutboxLine, ...]:
    return tuple(_outbox_line(row) for row in tx.outbox.told(str(story.id)))


def _feed_line(feed: Feed, now: datetime) -> FeedLine:
    state = feed.state
    return FeedLine(
        name=feed.spec.name,
        url=feed.spec.url,
        origin=feed.spec.origin.value,
        tags=feed.spec.tags,
        state=_name_state(feed, now),
        last_ok_at=state.last_ok_at,
        next_poll_at=state.next_poll_at,
        due=state.due_reason,
        error=state.last_error,
    )


def _name_state(feed: Feed, now: datetime) -> str:
    if feed.state.last_polled_at is None:
        return "new"
    if feed.state.due_reason == NO_NETWORK:
        return NO_NETWORK
    if is_failing(feed.state, now):
        return "failing"
    return "ok" if feed.state.failures == 0 and feed.state.last_ok_at else "error"


def _story_line(story: Story) -> StoryLine:
    return StoryLine(
        id=story.id,
        topic=story.topic,
        topics=story.topics,
        title=story.title,
        score=story.score,
        articles=len(story.members),
        sources=story.sources,
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
    )


def _member_line(member: Flagged) -> MemberLine:
    article = member.article
    return MemberLine(
        article=article.id,
        title=article.title,
        feed=article.feed_name,
        language=article.language,
        link=article.link,
        score=member.score,
        first_seen_at=article.first_seen_at,
    )


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


def _newest_digests(tx: Transaction) -> tuple[DigestLine, ...]:
    """The last of each digest by channel, of the last 100."""
    newest: dict[tuple[str, str], DigestLine] = {}
    for line in list_digests(tx, 100):
        newest.setdefault((line.name, line.channel), line)
    return tuple(newest.values())


def _digest_line(tx: Transaction, row: OutboxRow) -> DigestLine:
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
    )


def _outbox_line(row: OutboxRow) -> OutboxLine:
    return OutboxLine(
        id=row.id,
        key=row.alert.key,
        subject=row.alert.subject.value,
        subject_id=row.alert.subject_id,
        occasion=row.alert.occasion,
        channel=row.alert.channel,
        state=row.state.value,
        attempts=row.attempts,
        title=row.alert.message.title if row.alert.message else None,
        reason=row.alert.reason,
        due_at=row.due_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
        possibly_repeated=row.ambiguous,
        error=row.error,
        receipt=row.receipt,
        held_until=row.held_until,
        folded_into=row.folded_into,
        note=row.note,
    )


def _alert_line(row: OutboxRow, story: Story) -> AlertLine:
    return AlertLine(
        id=row.id,
        story=story.id,
        topic=story.topic,
        title=story.title,
        score=story.score,
        occasion=row.alert.occasion,
        channel=row.alert.channel,
        state=row.state.value,
        reason=row.alert.reason,
        created_at=row.created_at,
        settled_at=row.settled_at,
        held_until=row.held_until,
        folded_into=row.folded_into,
        note=row.note,
        error=row.error,
    )
