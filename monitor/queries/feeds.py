"""Which feeds are polled, and how each is doing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.feed import NO_NETWORK, is_failing
from monitor.core.latency import Latency, measure
from monitor.core.model import Feed
from monitor.ports import Transaction

MEASURED = timedelta(days=30)
"""Latency is that of the last days, as many."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as a list shows it; `due` says why it is polled next at `next_poll_at`.

    `moved_to` is where it is asked since its server said, again and again, that it has moved.
    `seen` is how long its articles took to us, `told` how long those that begin a story took on to
    the first alert.
    """

    id: int
    name: str
    url: str
    origin: str
    tags: tuple[str, ...]
    state: str
    last_ok_at: datetime | None
    next_poll_at: datetime
    due: str
    error: str | None
    moved_to: str | None
    seen: Latency | None = None
    told: Latency | None = None


def list_feeds(tx: Transaction, now: datetime) -> tuple[FeedLine, ...]:
    """All polled feeds with their health."""
    return tuple(outline_feed(feed, now) for feed in tx.feeds.list())


def time_feeds(
    tx: Transaction, now: datetime, lines: Sequence[FeedLine] | None = None
) -> tuple[FeedLine, ...]:
    """These lines (None: all), with how long news took in the last days."""
    since = now - MEASURED
    ids = None if lines is None else {line.id for line in lines}
    seen, told = tx.delays.until_seen(since, ids), tx.delays.until_told(since)
    return tuple(
        replace(line, seen=measure(seen.get(line.id, ())), told=measure(told.get(line.id, ())))
        for line in (list_feeds(tx, now) if lines is None else lines)
    )


def outline_feed(feed: Feed, now: datetime) -> FeedLine:
    """A feed as one line, with its health."""
    state = feed.state
    return FeedLine(
        id=feed.id,
        name=feed.spec.name,
        url=feed.spec.url,
        origin=feed.spec.origin.value,
        tags=feed.spec.tags,
        state=_name_state(feed, now),
        last_ok_at=state.last_ok_at,
        next_poll_at=state.next_poll_at,
        due=state.due_reason,
        error=state.last_error,
        moved_to=state.address,
    )


def _name_state(feed: Feed, now: datetime) -> str:
    if feed.state.last_polled_at is None:
        return "new"
    if feed.state.due_reason == NO_NETWORK:
        return NO_NETWORK
    if is_failing(feed.state, now):
        return "failing"
    return "ok" if feed.state.failures == 0 and feed.state.last_ok_at else "error"
