"""The flow as one table: each row of `HANDLERS` is a fact, and what happens then.

A handler does its slow work in a worker, then opens one transaction, re-reads what it decides on,
lets `core` decide, writes, and returns the new facts. All handlers are idempotent: `look` emits
from the database whatever waits, so a crash, a failed handler or a write by the command line
loses nothing. Handlers see the world only through `ports`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.events import (
    AlertQueued,
    ArticlesAdded,
    ArticlesFlagged,
    BaselineImported,
    DigestDue,
    Event,
    FeedsDue,
    HousekeepingDue,
    PageDue,
)
from monitor.errors import StoreFull
from monitor.pipeline.assign import assign
from monitor.pipeline.claim import INSTALLATION
from monitor.pipeline.classify import classify
from monitor.pipeline.deliver import deliver, recover_in_flight
from monitor.pipeline.digest import (
    begin_digests,
    compile_digest,
    find_due_digests,
    is_baseline_ready,
    report_baseline,
)
from monitor.pipeline.housekeeping import is_housekeeping_due, keep_house
from monitor.pipeline.labels import VOTE_KEY
from monitor.pipeline.pages import find_due_pages, read_page
from monitor.pipeline.parts import Live, Parts, Rules, Space
from monitor.pipeline.poll import poll
from monitor.ports import Transaction

__all__ = [
    "HANDLERS",
    "INSTALLATION",
    "VOTE_KEY",
    "Live",
    "Parts",
    "Row",
    "Rules",
    "Space",
    "begin_digests",
    "handle",
    "look",
    "recover_in_flight",
]

POLLS_PER_TICK = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """A handler; `serial` ones run one at a time, the others guard themselves in `Live`."""

    handle: Callable[[Parts, Any], Awaitable[Iterable[Event]]]
    serial: bool = True


HANDLERS: Mapping[type[Event], Row] = {
    FeedsDue: Row(poll, serial=False),
    ArticlesAdded: Row(classify),
    PageDue: Row(read_page, serial=False),
    ArticlesFlagged: Row(assign),
    BaselineImported: Row(report_baseline),
    DigestDue: Row(compile_digest),
    AlertQueued: Row(deliver, serial=False),
    HousekeepingDue: Row(keep_house),
}


async def handle(parts: Parts, event: Event) -> Iterable[Event]:
    """Let the event's row handle it. A disk that is full is noted, whoever meets it."""
    try:
        return await HANDLERS[type(event)].handle(parts, event)
    except StoreFull:
        parts.live.run_out()
        raise


async def look(parts: Parts) -> list[Event]:
    """Every fact that waits in the database, in the order of the flow."""
    return await parts.store.read(lambda tx: _find_facts(parts, tx))


def _find_facts(parts: Parts, tx: Transaction) -> list[Event]:
    """Where the disk is full, only messages leave; where nothing at all fits, not even they."""
    now, space = parts.clock(), parts.live.space
    events: list[Event] = [HousekeepingDue()] if is_housekeeping_due(parts.live, now) else []
    if space is Space.FREE:
        events += _find_news(parts, tx, now)
    if space is not Space.NONE:
        events += _find_messages(parts, tx, now)
    return events


def _find_news(parts: Parts, tx: Transaction, now: datetime) -> list[Event]:
    events: list[Event] = []
    # Noted before the database is read: a feed that is settled meanwhile still looks due in it.
    polling, resting = frozenset(parts.live.polling), parts.live.resting
    # Those that are being polled are due as well, and must not hide the others.
    ids = tx.feeds.due(now, POLLS_PER_TICK + len(polling))
    due = [id_ for id_ in ids if id_ not in polling and resting.get(id_, now) <= now]
    if due:
        events.append(FeedsDue(tuple(due[:POLLS_PER_TICK])))
    if tx.articles.waiting(1):
        events.append(ArticlesAdded(0))
    elif is_baseline_ready(tx):
        events.append(BaselineImported(0))
    events += find_due_pages(parts, tx, now)
    if tx.verdicts.waiting(1):
        events.append(ArticlesFlagged(0))
    return events + find_due_digests(parts, tx, now)


def _find_messages(parts: Parts, tx: Transaction, now: datetime) -> list[Event]:
    to_send = (*tx.outbox.due(now), *tx.outbox.in_flight())
    waits = any(row.alert.channel not in parts.live.sending for row in to_send)
    return [AlertQueued(0)] if waits else []
