"""FeedsDue: fetch, parse, and store a feed's state together with its articles."""

import asyncio
import hashlib
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor.core.article import make_drafts
from monitor.core.events import Event, FeedsDue
from monitor.core.feed import (
    PollFailure,
    host_of,
    is_resting,
    make_request,
    settle_parsed,
    settle_resting,
    settle_unchanged,
)
from monitor.core.model import Feed, FetchRequest, FetchResult, ParsedFeed
from monitor.errors import FetchError, ParseError, Refused, Unreachable, WorkerError
from monitor.pipeline.outcomes import (
    Failed,
    News,
    Outcome,
    Settled,
    find_tired_host,
    note_answer,
    rest,
    settle_as_they_come,
)
from monitor.pipeline.parts import Parts

log = logging.getLogger(__name__)

MOST_PROBLEMS = 5
LONGEST_PROBLEM = 500

GONE = 410


async def poll(parts: Parts, event: FeedsDue) -> list[Event]:
    """Poll feeds side by side; one that is being polled already is left alone.

    What a poll brings is emitted at once: the last of its feeds may take half a minute.
    """
    ids = [feed_id for feed_id in event.feed_ids if feed_id not in parts.live.polling]
    parts.live.polling.update(ids)
    try:
        feeds = await parts.store.read(lambda tx: tx.feeds.load(ids))
        outcomes = asyncio.Queue[Outcome]()
        async with asyncio.TaskGroup() as polls:
            for feed in feeds:
                polls.create_task(_guard(parts, feed, outcomes))
            await settle_as_they_come(parts, outcomes, len(feeds))
    finally:
        parts.live.polling.difference_update(ids)
    return []


async def _guard(parts: Parts, feed: Feed, outcomes: asyncio.Queue[Outcome]) -> None:
    """Let no poll end the others; what cannot be settled rests, or it would be due at once."""
    outcome: Outcome = None
    try:
        outcome = await _poll_one(parts, feed)
    except Exception:  # a bug: it is logged whole, and costs this feed a minute
        log.exception("poll of %s failed", feed.spec.name)
        rest(parts, [feed])
    if outcome is None:
        parts.live.polling.discard(feed.id)
    outcomes.put_nowait(outcome)


async def _poll_one(parts: Parts, feed: Feed) -> Outcome:
    began_at = parts.clock()
    request = make_request(feed, began_at)
    host = host_of(request.url)
    try:
        async with AsyncExitStack() as slot:
            async with parts.lane(host):
                if parts.live.stopping:
                    return None
                if until := _rests_until(parts, host):
                    state = settle_resting(feed, until, parts.timing())
                    return Settled(feed, state, asked=False)
                # Only now: who waits for a host must not keep others from theirs.
                await slot.enter_async_context(parts.poll_slots)
                began_at = parts.clock()
                # Large documents wait for one another until they are parsed, or memory would fill.
                room = partial(slot.enter_async_context, parts.large_feed)
                answer = await parts.fetcher.fetch(replace(request, room=room))
            note_answer(parts.live, parts.clock())
            return await _take(parts, feed, answer)
    except (FetchError, ParseError, WorkerError) as error:
        if not isinstance(error, Unreachable):
            note_answer(parts.live, parts.clock())
        failure = _describe(error, request)
        if failure.host and failure.retry_after:
            parts.live.resting_hosts[failure.host] = parts.clock() + failure.retry_after
        return Failed(feed, failure, began_at)


def _rests_until(parts: Parts, host: str) -> datetime | None:
    until = parts.live.resting_hosts.get(host)
    if until and not is_resting(until, parts.clock()):
        del parts.live.resting_hosts[host]
        return None
    return until


async def _take(parts: Parts, feed: Feed, answer: FetchResult) -> Outcome:
    if answer.body is None or (digest := _hash(answer.body)) == feed.state.body_hash:
        log.debug("unchanged: %s", feed.spec.name)
        return Settled(feed, settle_unchanged(feed, answer, parts.timing()))
    parsed = await parts.parser.parse(
        answer.body, answer.url, answer.content_type, feed.state.marks
    )
    return _read_news(parts, feed, answer, digest, parsed)


def _read_news(
    parts: Parts, feed: Feed, answer: FetchResult, digest: str, parsed: ParsedFeed
) -> News:
    timing = parts.timing()
    problem = "; ".join(parsed.problems[:MOST_PROBLEMS])[:LONGEST_PROBLEM] or None
    first = feed.state.baseline_at is None
    wanted = parts.rules.baseline or parts.live.rescued
    drafts = make_drafts(parsed.entries, feed, timing.now, baseline=first and wanted)
    state = settle_parsed(feed, answer, parsed, digest, problem, timing)
    return News(feed, state, drafts, len(parsed.entries) + parsed.known, problem)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _describe(error: FetchError | ParseError | WorkerError, request: FetchRequest) -> PollFailure:
    if not isinstance(error, FetchError):
        return PollFailure(str(error))
    return PollFailure(
        str(error),
        retry_after=error.retry_after,
        unreachable=isinstance(error, Unreachable),
        gone=isinstance(error, Refused) and error.status == GONE,
        host=find_tired_host(request.url, error),
    )
