"""First stage: when and where a feed is asked next, and what an answer means for it.

A poll turns (old state, answer, now) into the new state; every due time carries its reason.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.model import Feed, FeedState, FetchRequest, FetchResult, Hop, ParsedFeed
from monitor.core.rhythm import Pace, Rhythm, decide_wait, learn, show_span

MAX_BACKOFF = timedelta(hours=24)
"""No feed is given up, and none is left alone for longer than this (FAULTS C6)."""

GONE_PAUSE = timedelta(days=7)
"""But for one whose server says that it is gone for good (410)."""

WHOLE_AFTER = timedelta(hours=22)
"""After so long the next poll asks for the whole document, so that one comes each day (C8)."""

MOVED_AFTER = 3
"""So many answers in a row must name the same new address before it is asked directly (C5)."""

BACK_AFTER = 3
"""After so many failures at its new address a feed is also tried at its old one."""

PERMANENT = frozenset({301, 308})

NO_NETWORK = "no network"
"""The reason of a due time while nothing at all can be reached."""

HOST_RESTS = "Retry-After of its host"
"""The reason of a due time when another feed's answer asked to leave the host alone."""

BY_HAND = "by hand"
"""The reason of a due time that a person asked for."""

NO_NETWORK_RETRY = timedelta(minutes=1)
"""Without a network feeds are tried after so long or up to twice as long, so that they come back
one after the other and not all at once (C11).
"""

JITTER = 0.1
"""Due times are spread by this share of the wait, so that feeds do not march in step."""

FAILING_AFTER = timedelta(hours=24)
FAILING_COUNT = 10
"""A feed is called failing after so long, or after so many failures in a row (FAULTS C6)."""

BREAK = timedelta(hours=3)
BREAK_TIMES = 3
"""After no answer for so long, and so many waits, what was silent may as well have been unheard."""

NETWORK_SAMPLE = 2
"""So many hosts must be unreachable, and none answer, before it is the network, not the host."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a poll ended, how often feeds are asked, and a number in [0, 1) that spreads them."""

    now: datetime
    pace: Pace
    jitter: float


@dataclass(frozen=True, slots=True)
class PollFailure:
    """Why a poll failed.

    `unreachable`: no server answered, so it may be the network itself. `gone`: the server says that
    the feed will not come back. `host` is whom `retry_after` is for where it is not only this feed.
    """

    text: str
    retry_after: timedelta | None = None
    unreachable: bool = False
    gone: bool = False
    host: str | None = None


# --- asking ---------------------------------------------------------------------------------------


def make_request(feed: Feed, now: datetime) -> FetchRequest:
    """Ask only for what changed since the validators we hold; once a day for everything."""
    state, url = feed.state, choose_address(feed)
    known = state.address in {None, url} and not _wants_whole(state, now)
    return FetchRequest(
        url,
        state.etag if known else None,
        state.last_modified if known else None,
        feed=feed.spec.url,
    )


def choose_address(feed: Feed) -> str:
    """Where to ask: of a feed that has moved, and fails there, every other try is at the old place.

    So it is found whether it moved back, or both places fail and only the new one returns.
    """
    moved, failures = feed.state.address, feed.state.failures
    back = failures >= BACK_AFTER and (failures - BACK_AFTER) % 2 == 0
    return feed.spec.url if moved is None or back else moved


def host_of(url: str) -> str:
    """Whom an address asks: "example.org:443", as `allow` in the configuration writes it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _wants_whole(state: FeedState, now: datetime) -> bool:
    # A time in the future was read off a wrong clock.
    return state.whole_at is None or not timedelta() <= now - state.whole_at < WHOLE_AFTER


# --- answers --------------------------------------------------------------------------------------


def settle_unchanged(feed: Feed, answer: FetchResult, timing: Timing) -> FeedState:
    """The state after "not modified", or after the same body as before."""
    state = feed.state
    # Entries that could not be read are still in the document that has not changed.
    if state.last_error and (state.failures or state.due_reason == NO_NETWORK):
        state = replace(state, last_error=None)
    if not answer.not_modified:
        state = _take_validators(state, answer, timing.now)
    return _settle_answered(feed, state, answer, timing)


def settle_parsed(
    feed: Feed,
    answer: FetchResult,
    parsed: ParsedFeed,
    body_hash: str,
    problem: str | None,
    timing: Timing,
) -> FeedState:
    """The state after a body whose entries are stored in the same transaction.

    `problem` tells of entries that could not be read; the good ones are kept all the same.
    """
    now = timing.now
    appeared = [entry.published_at or now for entry in parsed.entries]
    rhythm = learn(Rhythm(feed.state.rhythm, feed.state.news_at), appeared, now)
    state = replace(
        _take_validators(feed.state, answer, now),
        body_hash=body_hash,
        marks=parsed.marks,
        last_error=problem,
        baseline_at=feed.state.baseline_at or now,
        hints=parsed.hints,
        rhythm=rhythm.gap,
        news_at=rhythm.news_at,
    )
    return _settle_answered(feed, state, answer, timing)


def _take_validators(state: FeedState, answer: FetchResult, now: datetime) -> FeedState:
    return replace(state, etag=answer.etag, last_modified=answer.last_modified, whole_at=now)


def _settle_answered(
    feed: Feed, state: FeedState, answer: FetchResult, timing: Timing
) -> FeedState:
    own, now = feed.spec.interval, timing.now
    if own is None:
        rhythm = Rhythm(state.rhythm, state.news_at)
        wait, reason = decide_wait(rhythm, state.hints, answer.fresh_for, timing.pace, now)
    else:
        wait, reason = own, f"its own interval {show_span(own)}"
    return replace(
        _follow_move(feed, state, answer.hops),
        next_poll_at=now + spread(wait, timing.jitter),
        due_reason=reason,
        last_polled_at=now,
        last_ok_at=now,
        failures=0,
        failing_since_at=None,
        read_since_at=_read_since(state, own or timing.pace.longest, now),
    )


def _read_since(state: FeedState, wait: timedelta, now: datetime) -> datetime:
    """Since when nothing can have been missed; a clock that was set back begins anew."""
    since, last = state.read_since_at, state.last_ok_at
    if since is None or last is None:
        return now
    return since if timedelta() <= now - last <= max(BREAK, BREAK_TIMES * wait) else now


def _follow_move(feed: Feed, state: FeedState, hops: tuple[Hop, ...]) -> FeedState:
    """Count what answers say of a new address, and take it over when they insist."""
    if not hops and not state.moves and state.address is None:
        return state
    asked = choose_address(feed)
    target = _find_target(asked, hops)
    if target is None:
        # What was asked answered by itself: at the old place this ends a move.
        address = None if asked == feed.spec.url else state.address
        return replace(state, address=address, moved_to=None, moves=0)
    moves = state.moves + 1 if target == state.moved_to else 1
    if moves < MOVED_AFTER:
        return replace(state, moved_to=target, moves=moves)
    address = None if target == feed.spec.url else target
    return replace(state, address=address, moved_to=None, moves=0)


def _find_target(asked: str, hops: tuple[Hop, ...]) -> str | None:
    """How far permanent redirects alone lead; who loses encryption on the way has not moved."""
    target = asked
    for hop in hops:
        if hop.status not in PERMANENT or (
            target.startswith("https:") > hop.url.startswith("https:")
        ):
            break
        target = hop.url
    return target if target != asked else None


# --- failures -------------------------------------------------------------------------------------


def settle_failed(feed: Feed, failure: PollFailure, timing: Timing) -> FeedState:
    """The state after a failure: wait longer each time, and never less than the server asked."""
    failures = feed.state.failures + 1
    wait, reason = _back_off(feed.spec.interval or timing.pace.interval, failures), ""
    if failure.gone and wait < GONE_PAUSE:
        wait, reason = GONE_PAUSE, "the server says it is gone (410); asked weekly"
    if failure.retry_after is not None and failure.retry_after > wait:
        wait, reason = failure.retry_after, "Retry-After"
    pause = min(spread(wait, timing.jitter), max(wait, MAX_BACKOFF))
    return replace(
        feed.state,
        next_poll_at=timing.now + pause,
        due_reason=reason or f"back-off after {failures} failures",
        last_polled_at=timing.now,
        failures=failures,
        failing_since_at=feed.state.failing_since_at or timing.now,
        last_error=failure.text,
        moved_to=None,
        moves=0,
    )


def settle_no_network(feed: Feed, failure: PollFailure, timing: Timing) -> FeedState:
    """The state while nothing can be reached: the feed is not to blame, so it does not back off."""
    return replace(
        feed.state,
        next_poll_at=timing.now + NO_NETWORK_RETRY * (1 + timing.jitter),
        due_reason=NO_NETWORK,
        last_polled_at=timing.now,
        last_error=failure.text,
    )


def settle_resting(feed: Feed, until: datetime, timing: Timing) -> FeedState:
    """The state of a feed that was not asked, since its host wants to be left alone until then."""
    pause = spread(until - timing.now, timing.jitter)
    return replace(feed.state, next_poll_at=timing.now + pause, due_reason=HOST_RESTS)


def hasten(state: FeedState, now: datetime) -> FeedState:
    """The state of a feed that a person wants polled now; a host that rests is not asked sooner."""
    return replace(state, next_poll_at=min(state.next_poll_at, now), due_reason=BY_HAND)


def is_resting(until: datetime, now: datetime) -> bool:
    """Whether a host still wants to be left alone; more than a day was read off a wrong clock."""
    return timedelta() < until - now <= MAX_BACKOFF


def is_network_down(unreachable: Collection[str]) -> bool:
    """Whether the network is lost: of the hosts asked since one answered, several could not be."""
    return len(set(unreachable)) >= NETWORK_SAMPLE


def is_failing(state: FeedState, now: datetime) -> bool:
    """Whether a person should know: ten failures in a row, or failing for a day."""
    if state.failing_since_at is None:
        return False
    return state.failures >= FAILING_COUNT or now - state.failing_since_at >= FAILING_AFTER


def spread(wait: timedelta, jitter: float) -> timedelta:
    """Lengthen `wait` by up to a tenth; `jitter` is in [0, 1). Never shorter: servers asked."""
    return wait * (1 + JITTER * jitter)


def _back_off(usual: timedelta, failures: int) -> timedelta:
    if usual >= MAX_BACKOFF:
        return usual
    return min(usual * (1 << min(failures - 1, 16)), MAX_BACKOFF)
