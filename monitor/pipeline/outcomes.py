"""What polls came to: written down together, as it comes, each feed's state with its articles.

One statement for many feeds costs a fraction of a transaction for each; half a minute of one that
hangs costs the others nothing.
"""

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.core.events import ArticlesAdded, FeedFailed
from monitor.core.feed import (
    HOST_RESTS,
    PollFailure,
    choose_address,
    host_of,
    is_network_down,
    settle_failed,
    settle_no_network,
)
from monitor.core.model import ArticleDraft, Feed, FeedState
from monitor.errors import FetchError, Refused, StoreError, StoreFull
from monitor.pipeline.parts import Live, Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

BATCH = 256
GATHER = timedelta(milliseconds=250)
"""So many outcomes, or what came within this span of the first, are written together."""

BASELINE_SINCE = "baseline since"
BASELINE_FEEDS = "baseline feeds"
BASELINE_ARTICLES = "baseline articles"
"""Notes that gather first fetches until `report_baseline` tells of them in one message."""

BUSY = frozenset({429, 503})

REST = timedelta(minutes=1)
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Settled:
    """A feed without news, and its state from now on; `asked` is false for one left alone."""

    feed: Feed
    state: FeedState
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    """A feed whose poll failed, asked at `began_at`."""

    feed: Feed
    failure: PollFailure
    began_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """A feed whose document changed; `entries` is how many it has, `problem` what of it is broken.

    State and articles are stored together or not at all.
    """

    feed: Feed
    state: FeedState
    drafts: tuple[ArticleDraft, ...]
    entries: int
    problem: str | None


Polled = Settled | News | Failed
Outcome = Polled | None
"""None: there is nothing left to write."""


async def settle_as_they_come(parts: Parts, outcomes: asyncio.Queue[Outcome], count: int) -> None:
    """Write down `count` outcomes, those that come close together in one transaction."""
    while count:
        batch = await _gather(outcomes, min(count, BATCH))
        count -= len(batch)
        await _settle(parts, [outcome for outcome in batch if outcome])


def rest(parts: Parts, feeds: Iterable[Feed]) -> None:
    """Leave feeds alone for a minute that could not be settled."""
    until = parts.clock() + REST
    parts.live.resting.update((feed.id, until) for feed in feeds)


def note_answer(live: Live, now: datetime) -> None:
    """A server has answered, whatever it said: there is a network."""
    live.answered_at = now
    live.unreachable.clear()
    if live.network_lost:
        live.network_lost = False
        log.info("the network is back")


def find_tired_host(url: str, error: FetchError) -> str | None:
    """The host that has too much to do, where that is what the answer to asking `url` says.

    Its Retry-After speaks for all that is asked of it (FAULTS C7).
    """
    if not isinstance(error, Refused) or error.status not in BUSY:
        return None
    return host_of(error.hops[-1].url if error.hops else url)


async def _gather(outcomes: asyncio.Queue[Outcome], most: int) -> list[Outcome]:
    batch = [await outcomes.get()]
    with suppress(TimeoutError):
        async with asyncio.timeout(GATHER.total_seconds()):
            while len(batch) < most:
                batch.append(await outcomes.get())
    return batch


async def _settle(parts: Parts, batch: Sequence[Polled]) -> None:
    if not batch:
        return
    try:
        await _note(parts, batch)
    except Exception as error:  # noqa: BLE001 - told by `_give_up`
        if len(batch) > 1 and not (isinstance(error, StoreError) and error.temporary):
            for outcome in batch:  # one of them is to blame, and must not cost the others
                await _settle(parts, [outcome])
            return
        _give_up(parts, batch, error)
    parts.live.polling.difference_update(outcome.feed.id for outcome in batch)


def _give_up(parts: Parts, batch: Sequence[Polled], error: Exception) -> None:
    """Let feeds rest whose polls could not be noted; a bug is logged whole."""
    bug = None if isinstance(error, StoreError) else error
    level = logging.ERROR if bug else logging.WARNING
    names = ", ".join(outcome.feed.spec.name for outcome in batch[:MOST_NAMED])
    log.log(level, "%d polls not noted (%s): %s", len(batch), names, error, exc_info=bug)
    if isinstance(error, StoreFull):
        parts.live.run_out()
    rest(parts, [outcome.feed for outcome in batch])


async def _note(parts: Parts, batch: Sequence[Polled]) -> None:
    failed = [outcome for outcome in batch if isinstance(outcome, Failed)]
    lost = _watch_network(parts.live, failed)
    _tell(parts, failed, lost)
    settled = [outcome for outcome in batch if isinstance(outcome, Settled)]
    settled += [Settled(item.feed, _judge(parts, item, lost)) for item in failed]
    news = [outcome for outcome in batch if isinstance(outcome, News)]
    hosts = {item.failure.host for item in failed}
    resting = {h: at for h, at in parts.live.resting_hosts.items() if h in hosts}
    store = partial(_store, settled, news, len(failed), resting, parts.clock())
    added = await parts.store.write(store)
    _tell_news(news, added)
    if total := sum(added.values()):
        parts.emit([ArticlesAdded(total)])


def _store(
    settled: Sequence[Settled],
    news: Sequence[News],
    failed: int,
    resting: Mapping[str, datetime],
    now: datetime,
    tx: Transaction,
) -> Mapping[int, int]:
    polled: Sequence[Settled | News] = [*settled, *news]
    taken = tx.feeds.settle((item.feed, item.state) for item in polled)
    added = _store_news([item for item in news if item.feed.id in taken], now, tx)
    tx.counters.bump("polls", sum(item.asked for item in settled) + len(added), now)
    if failed:
        tx.counters.bump("polls failed", failed, now)
    if resting:
        tx.feeds.postpone(resting, HOST_RESTS)
    return added


def _store_news(news: Sequence[News], now: datetime, tx: Transaction) -> Mapping[int, int]:
    """Store the articles; give how many are new, by feed."""
    counts = tx.articles.add(draft for item in news for draft in item.drafts)
    added = {item.feed.id: counts.get(item.feed.id, 0) for item in news}
    tx.counters.bump("articles", sum(added.values()), now)
    first = [item for item in news if any(draft.baseline for draft in item.drafts)]
    if first:
        names = [item.feed.spec.name for item in first]
        _note_baseline(tx, names, now, sum(added[item.feed.id] for item in first))
    return added


def _note_baseline(tx: Transaction, names: Sequence[str], now: datetime, articles: int) -> None:
    since = min(tx.notes.get(BASELINE_SINCE) or now.isoformat(), now.isoformat())
    feeds = [*json.loads(tx.notes.get(BASELINE_FEEDS) or "[]"), *names]
    total = int(tx.notes.get(BASELINE_ARTICLES) or 0) + articles
    tx.notes.set(BASELINE_SINCE, since)
    tx.notes.set(BASELINE_FEEDS, json.dumps(feeds, ensure_ascii=False))
    tx.notes.set(BASELINE_ARTICLES, str(total))


def _tell_news(news: Sequence[News], added: Mapping[int, int]) -> None:
    for item in news:
        name, new = item.feed.spec.name, added.get(item.feed.id, 0)
        log.info("polled %s: %d entries, %d new", name, item.entries, new)
        if item.problem and item.feed.state.last_error is None:
            log.warning("%s: %s", name, item.problem)


def _judge(parts: Parts, item: Failed, lost: bool) -> FeedState:
    settle = settle_no_network if lost and item.failure.unreachable else settle_failed
    return settle(item.feed, item.failure, parts.timing())


def _tell(parts: Parts, failed: Sequence[Failed], lost: bool) -> None:
    level = logging.DEBUG if lost else logging.WARNING
    for item in failed:
        log.log(level, "poll failed: %s: %s", item.feed.spec.name, item.failure.text)
    parts.emit(FeedFailed(item.feed.id, item.failure.text) for item in failed)


def _watch_network(live: Live, failed: Sequence[Failed]) -> bool:
    live.unreachable.update(
        host_of(choose_address(item.feed)) for item in failed if _is_suspect(live, item)
    )
    lost = is_network_down(live.unreachable)
    if lost and not live.network_lost:
        log.warning("no network: no feed can be reached; trying again every minute or two")
    live.network_lost = lost
    return lost


def _is_suspect(live: Live, item: Failed) -> bool:
    """A host that could be reached before, and nobody could since it was asked."""
    healthy = item.failure.unreachable and item.feed.state.failures == 0
    return healthy and (live.answered_at is None or live.answered_at < item.began_at)
