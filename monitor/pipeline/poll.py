"""FeedsDue: fetch, parse, and store a feed's state together with its articles."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.core import feed as rules_of
from monitor.core.article import make_drafts
from monitor.core.events import ArticlesAdded, Event, FeedFailed, FeedsDue
from monitor.core.feed import PollFailure
from monitor.core.model import ArticleDraft, Feed, FeedState, FetchResult, ParsedFeed
from monitor.errors import (
    FetchError,
    ParseError,
    StoreError,
    StoreFull,
    Unreachable,
    WorkerError,
)
from monitor.pipeline.parts import Live, Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

REST = timedelta(minutes=1)
MOST_PROBLEMS = 5
LONGEST_PROBLEM = 500

BASELINE_SINCE = "baseline since"
BASELINE_FEEDS = "baseline feeds"
BASELINE_ARTICLES = "baseline articles"
"""Notes that gather first fetches until `report_baseline` tells of them in one message."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A feed whose poll failed, to be settled together with the others of its round."""

    feed: Feed
    failure: PollFailure


async def poll(parts: Parts, event: FeedsDue) -> list[Event]:
    """Poll feeds side by side; one that is being polled already is left alone."""
    ids = [feed_id for feed_id in event.feed_ids if feed_id not in parts.live.polling]
    parts.live.polling.update(ids)
    try:
        outcomes = await asyncio.gather(*(_guard(parts, feed_id) for feed_id in ids))
        failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
        events = [e for outcome in outcomes if isinstance(outcome, list) for e in outcome]
        return events + (await _settle_failures(parts, failed) if failed else [])
    except StoreError:
        _rest(parts, ids)
        raise
    finally:
        parts.live.polling.difference_update(ids)


async def _guard(parts: Parts, feed_id: int) -> list[Event] | Failed:
    """Let no poll end the others; what cannot be settled rests, or it would be due at once."""
    try:
        outcome = await _poll_one(parts, feed_id)
    except StoreFull as error:
        log.warning("poll of feed %d: %s", feed_id, error)
        parts.live.run_out()
        outcome = []
    except Exception:  # a bug: it is logged whole, and costs this feed a minute
        log.exception("poll of feed %d failed", feed_id)
        _rest(parts, [feed_id])
        outcome = []
    if not isinstance(outcome, Failed):
        parts.live.polling.discard(feed_id)
    return outcome


def _rest(parts: Parts, ids: Iterable[int]) -> None:
    parts.live.resting.update(dict.fromkeys(ids, parts.clock() + REST))


async def _poll_one(parts: Parts, feed_id: int) -> list[Event] | Failed:
    feed = await parts.store.read(lambda tx: tx.feeds.get(feed_id))
    if feed is None or parts.live.stopping:
        parts.live.reached.pop(feed_id, None)
        return []
    try:
        async with parts.poll_slots:
            return await _read_feed(parts, feed)
    except (FetchError, ParseError, WorkerError) as error:
        if not isinstance(error, Unreachable):
            _note_answer(parts.live, feed_id)
        return Failed(feed, _describe(error))


async def _read_feed(parts: Parts, feed: Feed) -> list[Event]:
    answer = await parts.fetcher.fetch(rules_of.make_request(feed))
    _note_answer(parts.live, feed.id)
    digest = hashlib.sha256(answer.body or b"").hexdigest()
    if answer.not_modified or answer.body is None or digest == feed.state.body_hash:
        now = parts.clock()
        state = rules_of.settle_unchanged(feed, now, parts.rules.interval, parts.jitter())
        log.debug("unchanged: %s", feed.spec.name)
        return await parts.store.write(partial(_store_success, parts, feed, state, ()))
    parsed = await parts.parser.parse(answer.body, answer.url, answer.content_type)
    return await _keep(parts, feed, answer, digest, parsed)


async def _keep(
    parts: Parts, feed: Feed, answer: FetchResult, digest: str, parsed: ParsedFeed
) -> list[Event]:
    now = parts.clock()
    problem = "; ".join(parsed.problems[:MOST_PROBLEMS])[:LONGEST_PROBLEM] or None
    first = feed.state.baseline_at is None
    wanted = parts.rules.baseline or parts.live.rescued
    drafts = make_drafts(parsed.entries, feed, now, baseline=first and wanted)
    state = rules_of.settle_parsed(
        feed, answer, digest, problem, now, parts.rules.interval, parts.jitter()
    )
    events = await parts.store.write(partial(_store_success, parts, feed, state, drafts))
    added = sum(event.count for event in events if isinstance(event, ArticlesAdded))
    log.info("polled %s: %d entries, %d new", feed.spec.name, len(parsed.entries), added)
    if problem and feed.state.last_error is None:
        log.warning("%s: %s", feed.spec.name, problem)
    return events


def _store_success(
    parts: Parts,
    feed: Feed,
    state: FeedState,
    drafts: tuple[ArticleDraft, ...],
    tx: Transaction,
) -> list[Event]:
    if not _save_state(feed, state, tx):
        return []
    now = state.last_polled_at or parts.clock()
    added = tx.articles.add(drafts)
    tx.counters.bump("articles", added, now)
    if any(draft.baseline for draft in drafts):
        _note_baseline(tx, feed.spec.name, now, added)
    return [ArticlesAdded(added)] if added else []


def _save_state(feed: Feed, state: FeedState, tx: Transaction) -> bool:
    current = tx.feeds.get(feed.id)
    if current is None or current.state != feed.state:
        return False
    tx.feeds.save(feed.id, state)
    tx.counters.bump("polls", 1, state.last_polled_at or state.next_poll_at)
    return True


def _note_baseline(tx: Transaction, name: str, now: datetime, articles: int) -> None:
    since = min(tx.notes.get(BASELINE_SINCE) or now.isoformat(), now.isoformat())
    feeds = [*json.loads(tx.notes.get(BASELINE_FEEDS) or "[]"), name]
    total = int(tx.notes.get(BASELINE_ARTICLES) or 0) + articles
    tx.notes.set(BASELINE_SINCE, since)
    tx.notes.set(BASELINE_FEEDS, json.dumps(feeds, ensure_ascii=False))
    tx.notes.set(BASELINE_ARTICLES, str(total))


# --- failures -----------------------------------------------------------------------------------


async def _settle_failures(parts: Parts, failed: list[Failed]) -> list[Event]:
    lost = _watch_network(parts.live, failed)
    events = await parts.store.write(partial(_store_failures, parts, failed, lost))
    level = logging.DEBUG if lost else logging.WARNING
    for item in failed:
        log.log(level, "poll failed: %s: %s", item.feed.spec.name, item.failure.text)
    return events


def _watch_network(live: Live, failed: list[Failed]) -> bool:
    live.reached.update((item.feed.id, False) for item in failed if item.failure.unreachable)
    lost = rules_of.is_network_down(live.reached.values())
    if lost and not live.network_lost:
        log.warning("no network: no feed can be reached; trying again every minute")
    live.network_lost = lost
    return lost


def _note_answer(live: Live, feed_id: int) -> None:
    live.reached[feed_id] = True
    if live.network_lost:
        live.network_lost = False
        log.info("the network is back")


def _store_failures(parts: Parts, failed: list[Failed], lost: bool, tx: Transaction) -> list[Event]:
    now, events = parts.clock(), list[Event]()
    for item in failed:
        state = _settle(parts, item, now, lost)
        if _save_state(item.feed, state, tx):
            events.append(FeedFailed(item.feed.id, item.failure.text))
            tx.counters.bump("polls failed", 1, now)
    return events


def _settle(parts: Parts, item: Failed, now: datetime, lost: bool) -> FeedState:
    if lost and item.failure.unreachable:
        return rules_of.settle_no_network(item.feed, item.failure, now, parts.jitter())
    return rules_of.settle_failed(
        item.feed, item.failure, now, parts.rules.interval, parts.jitter()
    )


def _describe(error: FetchError | ParseError | WorkerError) -> PollFailure:
    wish = error.retry_after if isinstance(error, FetchError) else None
    return PollFailure(str(error), wish, isinstance(error, Unreachable))
