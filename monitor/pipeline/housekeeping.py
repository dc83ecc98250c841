"""HousekeepingDue: once a minute the program looks after itself: room, notices, texts, search.

Each has its own transaction; what fails is logged, and comes again with the next round.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import partial

from monitor.core.events import Event, HousekeepingDue
from monitor.core.model import REPLACED
from monitor.errors import StoreError
from monitor.pipeline.lulls import expect_news
from monitor.pipeline.notices import tell_troubles
from monitor.pipeline.parts import Live, Parts, Space
from monitor.ports import Transaction

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
SHORT_OF_ROOM = timedelta(seconds=10)
"""How often it is looked whether a full disk has room again."""

RETRY_BACKUP = timedelta(hours=1)

BATCH = 500
"""Articles whose texts go in one transaction, so that polls and messages get their turn."""

BATCHES = 40
"""Batches that are indexed in one round: after an upgrade, 500,000 articles take 25 minutes, in
which everything else goes on.
"""

FORGOTTEN = "texts forgotten until"
"""The note of the time before which no article has a text any more."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def is_housekeeping_due(live: Live, now: datetime) -> bool:
    """Once a minute; a clock that was set back does not put it off."""
    pause = EVERY if live.space is Space.FREE else SHORT_OF_ROOM
    return live.kept_at is None or not timedelta() <= now - live.kept_at < pause


async def keep_house(parts: Parts, event: HousekeepingDue) -> list[Event]:  # noqa: ARG001  # a signal
    """Mind the room first: the notice that there is none needs some."""
    parts.live.kept_at = parts.clock()
    await _mind_space(parts)
    await expect_news(parts)
    events = await parts.store.write(partial(tell_troubles, parts))
    if parts.live.space is Space.FREE:
        await parts.store.write(lambda tx: tx.feeds.catch_up(parts.clock()))
        await parts.store.write(partial(_forget_texts, parts))
        await parts.store.write(partial(_end_rescue, parts))
        await index_articles(parts)
        await _back_up(parts)
    return events


async def _mind_space(parts: Parts) -> None:
    """Give the ballast away when nothing fits; begin again when it can be had back (FAULTS B1)."""
    live = parts.live
    if live.space is Space.NONE:
        await asyncio.to_thread(parts.ballast.release)
        live.space = Space.LOW
        log.error("the disk is full: only messages are sent until there is room")
        return
    before, held = live.space, await asyncio.to_thread(parts.ballast.reserve)
    live.space = Space.FREE if held else Space.LOW
    if live.space is not before:
        log.warning("there is room again" if held else "the disk is nearly full: nothing is read")


def _forget_texts(parts: Parts, tx: Transaction) -> None:
    """Delete the texts of old articles and messages; keep what says that they were seen and told.

    Age counts back from the newest article: a clock that is years ahead deletes nothing.
    """
    newest = tx.articles.newest(1)
    if not newest:
        return
    until = min(parts.clock(), newest[0].first_seen_at) - parts.rules.keep
    since = datetime.fromisoformat(tx.notes.get(FORGOTTEN) or _FIRST.isoformat())
    if until - since < EVERY:
        return
    articles = tx.articles.forget(since, until, BATCH)
    tx.counters.bump("texts forgotten", articles, parts.clock())
    if articles < BATCH:
        tx.outbox.forget(until)
        tx.notes.set(FORGOTTEN, until.isoformat())


async def index_articles(parts: Parts) -> None:
    """Let search find what is new: not with each poll, since many at once cost half as much."""
    for _ in range(BATCHES):
        if parts.live.space is not Space.FREE:
            return
        if not await parts.store.write(lambda tx: tx.searches.index(BATCH)):
            return


def _end_rescue(parts: Parts, tx: Transaction) -> None:
    """When every feed was read once, the replaced database is one like any other."""
    parts.live.rescued = tx.notes.get(REPLACED) is not None
    if parts.live.rescued and all(feed.state.baseline_at for feed in tx.feeds.list()):
        tx.notes.set(REPLACED, None)
        parts.live.rescued = False


async def _back_up(parts: Parts) -> None:
    now, live = parts.clock(), parts.live
    if not parts.backups.is_due(now) or (live.backup_at and now < live.backup_at):
        return
    try:
        log.info("backed up to %s", await asyncio.to_thread(parts.backups.make, now))
    except StoreError as error:
        live.backup_at = now + RETRY_BACKUP
        log.warning("no backup, trying again in an hour: %s", error)
