"""The monitor in figures, for programs that draw curves of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from monitor.core.latency import Latency, measure
from monitor.core.model import Delivery
from monitor.ports import Transaction
from monitor.queries.feeds import list_feeds

MEASURED = timedelta(days=1)
"""Latency is that of the last day."""

EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is now, and what was ever counted.

    `feeds` and `outbox` are by state, `waiting` by what articles wait for. `seen` is how long
    articles of the last day took to us, `told` how long stories took on to their first alert.
    """

    counters: Mapping[str, int]
    feeds: Mapping[str, int]
    outbox: Mapping[str, int]
    stories: int
    waiting: Mapping[str, int]
    seen: Latency | None
    told: Latency | None


def get_figures(tx: Transaction, now: datetime) -> Figures:
    """All of them, of one moment."""
    outbox = tx.outbox.count()
    return Figures(
        counters=tx.counters.total(EVER),
        feeds=Counter(feed.state for feed in list_feeds(tx, now)),
        outbox={state.value: outbox.get(state, 0) for state in Delivery},
        stories=tx.stories.count(EVER),
        waiting=tx.articles.backlog(),
        seen=_measure_all(tx.delays.until_seen(now - MEASURED).values()),
        told=_measure_all(tx.delays.until_told(now - MEASURED).values()),
    )


def _measure_all(delays: Iterable[Sequence[timedelta]]) -> Latency | None:
    return measure(list(chain.from_iterable(delays)))
