"""First stage: when a feed is polled, and what an answer means for it.

A poll turns (old state, answer, now) into the new state; every due time carries its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import Feed, FeedState, FetchRequest, FetchResult

MAX_BACKOFF = timedelta(hours=24)
"""No feed is given up, and none is left alone for longer than this (FAULTS C6)."""

NO_NETWORK = "no network"
"""The reason of a due time while nothing at all can be reached."""

NO_NETWORK_RETRY = timedelta(minutes=1)
"""How soon feeds are tried again while nothing at all can be reached."""

JITTER = 0.1
"""Due times are spread by this share of the wait, so that feeds do not march in step."""

FAILING_AFTER = timedelta(hours=24)
FAILING_COUNT = 10
"""A feed is called failing after so long, or after so many failures in a row (FAULTS C6)."""

NETWORK_SAMPLE = 2
"""So many feeds must be unreachable, and none answer, before it is the network, not the feed."""


@dataclass(frozen=True, slots=True)
class PollFailure:
    """Why a poll failed. `unreachable`: no server answered, so it may be the network itself."""

    text: str
    retry_after: timedelta | None = None
    unreachable: bool = False


def make_request(feed: Feed) -> FetchRequest:
    """Ask only for what changed since the validators we hold."""
    return FetchRequest(feed.spec.url, feed.state.etag, feed.state.last_modified)


def settle_unchanged(feed: Feed, now: datetime, interval: timedelta, jitter: float) -> FeedState:
    """The state after "not modified", or after the same body as before."""
    return replace(
        feed.state,
        next_poll_at=now + spread(feed.spec.interval or interval, jitter),
        due_reason="interval",
        last_polled_at=now,
        last_ok_at=now,
        failures=0,
        failing_since_at=None,
        # Entries that could not be read are still in the document that has not changed.
        last_error=feed.state.last_error if feed.state.failures == 0 else None,
    )


def settle_parsed(
    feed: Feed,
    answer: FetchResult,
    body_hash: str,
    problem: str | None,
    now: datetime,
    interval: timedelta,
    jitter: float,
) -> FeedState:
    """The state after a body whose entries are stored in the same transaction.

    `problem` tells of entries that could not be read; the good ones are kept all the same.
    """
    return replace(
        settle_unchanged(feed, now, interval, jitter),
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=body_hash,
        last_error=problem,
        baseline_at=feed.state.baseline_at or now,
    )


def settle_failed(
    feed: Feed, failure: PollFailure, now: datetime, interval: timedelta, jitter: float
) -> FeedState:
    """The state after a failure: wait longer each time, and never less than the server asked."""
    failures = feed.state.failures + 1
    usual = feed.spec.interval or interval
    wait = min(usual * (1 << min(failures - 1, 16)), max(MAX_BACKOFF, usual))
    reason = f"back-off after {failures} failures"
    if failure.retry_after is not None and failure.retry_after > wait:
        wait, reason = failure.retry_after, "Retry-After"
    return replace(
        feed.state,
        next_poll_at=now + spread(wait, jitter),
        due_reason=reason,
        last_polled_at=now,
        failures=failures,
        failing_since_at=feed.state.failing_since_at or now,
        last_error=failure.text,
    )


def settle_no_network(feed: Feed, failure: PollFailure, now: datetime, jitter: float) -> FeedState:
    """The state while nothing can be reached: the feed is not to blame, so it does not back off."""
    return replace(
        feed.state,
        next_poll_at=now + spread(NO_NETWORK_RETRY, jitter),
        due_reason=NO_NETWORK,
        last_polled_at=now,
        last_error=failure.text,
    )


def is_network_down(reached: Iterable[bool]) -> bool:
    """Whether the network is lost: of each feed's last poll, several failed and none answered."""
    outcomes = list(reached)
    return len(outcomes) >= NETWORK_SAMPLE and not any(outcomes)


def is_failing(state: FeedState, now: datetime) -> bool:
    """Whether a person should know: ten failures in a row, or failing for a day."""
    if state.failing_since_at is None:
        return False
    return state.failures >= FAILING_COUNT or now - state.failing_since_at >= FAILING_AFTER


def spread(wait: timedelta, jitter: float) -> timedelta:
    """Lengthen `wait` by up to a tenth; `jitter` is in [0, 1). Never shorter: servers asked."""
    return wait * (1 + JITTER * jitter)
