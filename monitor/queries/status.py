"""How the monitor is doing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.gate import Channels
from monitor.core.model import Delivery, Gate, Health
from monitor.core.render import name_gate
from monitor.ports import Transaction
from monitor.queries.digests import DigestLine, list_newest_digests
from monitor.queries.feeds import FeedLine, list_feeds
from monitor.queries.gates import count_gates
from monitor.queries.outbox import OutboxLine, outline_row

DAY = timedelta(days=1)

DIGESTS_OF = timedelta(days=31)
"""A digest that was not made for so long is one no longer."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """How many articles ended, or wait, at a gate; `name` says it for a person."""

    gate: Gate
    name: str
    articles: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the monitor is, over the last 24 hours.

    `gates` are in the order of the flow and add up to the articles read; `counters` count events,
    by whole UTC days.
    """

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
    gates: tuple[GateLine, ...]


def get_status(
    tx: Transaction, now: datetime, channels: Channels = None, language: str = "en"
) -> Status:
    """Everything `monitor status` says; `channels` are those that are configured."""
    feeds = list_feeds(tx, now)
    dead = tx.outbox.list((Delivery.DEAD,), 20)
    stories = tx.stories.recent(now - DAY)
    return Status(
        health=tx.articles.health(now - DAY, now),
        failing=tuple(feed for feed in feeds if feed.state not in {"ok", "new"}),
        next_poll_at=min((feed.next_poll_at for feed in feeds), default=None),
        waiting_for_verdict=bool(tx.articles.waiting(1)),
        waiting_for_story=bool(tx.verdicts.waiting(1)),
        stories=len(stories),
        outbox={state.value: n for state, n in tx.outbox.count().items()},
        dead=tuple(outline_row(row) for row in dead),
        digests=list_newest_digests(tx, now - DIGESTS_OF),
        counters=dict(tx.counters.total(now - DAY)),
        gates=tuple(
            GateLine(gate, name_gate(gate, language), count)
            for gate, count in count_gates(tx, stories, now - DAY, channels, now).items()
        ),
    )
