"""How the monitor is doing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Delivery, Health
from monitor.ports import Transaction
from monitor.queries.digests import DigestLine, list_digests
from monitor.queries.feeds import FeedLine, list_feeds
from monitor.queries.outbox import OutboxLine, outline_row

DAY = timedelta(days=1)


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
    digests: tuple[DigestLine, ...]
    counters: dict[str, int]


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
        dead=tuple(outline_row(row) for row in dead),
        digests=_newest_digests(tx),
        counters=dict(tx.counters.total(now - DAY)),
    )


def _newest_digests(tx: Transaction) -> tuple[DigestLine, ...]:
    """The last of each digest by channel, of the last 100."""
    newest: dict[tuple[str, str], DigestLine] = {}
    for line in list_digests(tx, 100):
        newest.setdefault((line.name, line.channel), line)
    return tuple(newest.values())
