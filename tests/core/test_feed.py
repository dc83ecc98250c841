"""When a feed is polled next, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import feed as stage
from monitor.core.feed import PollFailure
from monitor.core.model import Feed, FeedSpec, FeedState, FetchRequest, FetchResult

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
FEED = Feed(1, FeedSpec("https://a.example/feed", "A"), FeedState(next_poll_at=NOW))
HOURLY = replace(FEED, spec=replace(FEED.spec, interval=timedelta(hours=1)))
BODY = FetchResult(FEED.spec.url, not_modified=False, body=b"x", etag='"1"', last_modified="then")


def failed(times: int, feed: Feed = FEED) -> Feed:
    for _ in range(times):
        state = stage.settle_failed(feed, PollFailure("HTTP 500"), NOW, QUARTER, 0.0)
        feed = replace(feed, state=state)
    return feed


def test_a_request_carries_the_validators_we_hold() -> None:
    known = replace(FEED, state=replace(FEED.state, etag='"1"', last_modified="then"))
    assert stage.make_request(known) == FetchRequest(FEED.spec.url, '"1"', "then")


def test_a_stored_body_brings_its_validators_and_the_baseline() -> None:
    state = stage.settle_parsed(FEED, BODY, "hash", None, NOW, QUARTER, 0.0)
    assert (state.etag, state.last_modified, state.body_hash) == ('"1"', "then", "hash")
    assert state.baseline_at == state.last_ok_at == NOW
    assert state.next_poll_at == NOW + QUARTER


def test_the_baseline_is_taken_once() -> None:
    first = stage.settle_parsed(FEED, BODY, "a", None, NOW, QUARTER, 0.0)
    later = replace(FEED, state=first)
    second = stage.settle_parsed(later, BODY, "b", None, NOW + QUARTER, QUARTER, 0.0)
    assert second.baseline_at == NOW


def test_unreadable_entries_are_told_of_without_counting_as_a_failure() -> None:
    state = stage.settle_parsed(FEED, BODY, "hash", "entry 3 is broken", NOW, QUARTER, 0.0)
    assert (state.last_error, state.failures, state.last_ok_at) == ("entry 3 is broken", 0, NOW)


def test_not_modified_ends_a_row_of_failures_and_keeps_the_validators() -> None:
    feed = failed(3)
    feed = replace(feed, state=replace(feed.state, etag='"1"'))
    state = stage.settle_unchanged(feed, NOW, QUARTER, 0.0)
    assert (state.failures, state.failing_since_at, state.last_error) == (0, None, None)
    assert state.etag == '"1"'


@pytest.mark.fault("C6")
@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (1, timedelta(minutes=15)),
        (2, timedelta(minutes=30)),
        (3, timedelta(hours=1)),
        (7, timedelta(hours=16)),
        (8, timedelta(hours=24)),
        (500, timedelta(hours=24)),
    ],
)
def test_back_off_doubles_up_to_a_day_and_never_ends(failures: int, wait: timedelta) -> None:
    state = failed(failures).state
    assert state.next_poll_at - NOW == wait
    assert state.due_reason == f"back-off after {failures} failures"


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("wish", "wait", "reason"),
    [
        (timedelta(hours=3), timedelta(hours=3), "Retry-After"),
        (timedelta(minutes=1), QUARTER, "back-off after 1 failures"),
    ],
)
def test_retry_after_can_only_lengthen_the_wait(
    wish: timedelta, wait: timedelta, reason: str
) -> None:
    failure = PollFailure("HTTP 429", retry_after=wish)
    state = stage.settle_failed(FEED, failure, NOW, QUARTER, 0.0)
    assert (state.next_poll_at - NOW, state.due_reason) == (wait, reason)


def test_a_feed_has_an_interval_of_its_own() -> None:
    assert stage.settle_unchanged(HOURLY, NOW, QUARTER, 0.0).next_poll_at == NOW + timedelta(
        hours=1
    )


@pytest.mark.fault("C11")
def test_without_a_network_no_feed_backs_off() -> None:
    state = stage.settle_no_network(failed(5), PollFailure("DNS", unreachable=True), NOW, 0.0)
    assert (state.failures, state.due_reason) == (5, "no network")
    assert state.next_poll_at - NOW == stage.NO_NETWORK_RETRY


@pytest.mark.parametrize(
    ("reached", "down"),
    [
        ([], False),
        ([False], False),
        ([False, False], True),
        ([False] * 40, True),
        ([False] * 40 + [True], False),
    ],
)
def test_a_lost_network_is_when_several_fail_and_none_answers(
    reached: list[bool], down: bool
) -> None:
    assert stage.is_network_down(reached) is down


def test_a_slow_feed_that_fails_is_not_asked_more_often_than_a_healthy_one() -> None:
    weekly = replace(FEED, spec=replace(FEED.spec, interval=timedelta(days=7)))
    assert failed(1, weekly).state.next_poll_at - NOW == timedelta(days=7)


def test_an_unchanged_document_keeps_what_could_not_be_read_in_it() -> None:
    feed = replace(FEED, state=replace(FEED.state, last_error="entry 3 is broken"))
    assert stage.settle_unchanged(feed, NOW, QUARTER, 0.0).last_error == "entry 3 is broken"


@pytest.mark.fault("C6")
@pytest.mark.parametrize(
    ("failures", "since", "failing"),
    [
        (0, None, False),
        (9, timedelta(hours=23), False),
        (10, timedelta(hours=1), True),
        (2, timedelta(hours=24), True),
    ],
)
def test_a_feed_is_failing_after_ten_failures_or_a_day(
    failures: int, since: timedelta | None, failing: bool
) -> None:
    since_at = NOW - since if since else None
    state = FeedState(NOW, failures=failures, failing_since_at=since_at)
    assert stage.is_failing(state, NOW) is failing


@given(st.timedeltas(timedelta(), timedelta(days=1)), st.floats(0, 1, exclude_max=True))
def test_jitter_never_shortens_and_adds_at_most_a_tenth(wait: timedelta, jitter: float) -> None:
    assert wait <= stage.spread(wait, jitter) <= wait * (1 + stage.JITTER)
