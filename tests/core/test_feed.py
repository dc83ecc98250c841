"""When and where a feed is asked next, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import feed as stage
from monitor.core.feed import PollFailure, Timing
from monitor.core.model import (
    Entry,
    Feed,
    FeedHints,
    FeedSpec,
    FeedState,
    FetchRequest,
    FetchResult,
    Hop,
    ParsedFeed,
)
from monitor.core.rhythm import make_pace

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE
OLD, NEW, OTHER = "https://a.example/feed", "https://b.example/feed", "https://c.example/feed"
FEED = Feed(1, FeedSpec(OLD, "A"), FeedState(next_poll_at=NOW, whole_at=NOW))
HOURLY = replace(FEED, spec=replace(FEED.spec, interval=HOUR))
BODY = FetchResult(OLD, not_modified=False, body=b"x", etag='"1"', last_modified="then")
SAME = FetchResult(OLD, not_modified=True)
EMPTY = ParsedFeed("A", None, (), marks=b"marks")


def at(now: datetime = NOW, jitter: float = 0.0) -> Timing:
    return Timing(now, make_pace(QUARTER), jitter)


def changed(feed: Feed = FEED, **state: object) -> Feed:
    return replace(feed, state=replace(feed.state, **state))  # type: ignore[arg-type]


def parsed(feed: Feed = FEED, body_hash: str = "hash", problem: str | None = None) -> FeedState:
    return stage.settle_parsed(feed, BODY, EMPTY, body_hash, problem, at())


BROKEN = PollFailure("HTTP 500")


def failed(times: int, feed: Feed = FEED, failure: PollFailure = BROKEN) -> Feed:
    for _ in range(times):
        feed = replace(feed, state=stage.settle_failed(feed, failure, at()))
    return feed


# --- asking ---------------------------------------------------------------------------------------


def test_a_request_carries_the_validators_we_hold_and_whose_it_is() -> None:
    known = changed(etag='"1"', last_modified="then")
    assert stage.make_request(known, NOW) == FetchRequest(OLD, '"1"', "then", feed=OLD)


@pytest.mark.fault("C8")
@pytest.mark.parametrize(
    ("whole_at", "conditional"),
    [
        (NOW, True),
        (NOW - stage.WHOLE_AFTER + MINUTE, True),
        (NOW - stage.WHOLE_AFTER, False),
        (NOW + DAY, False),
        (None, False),
    ],
    ids=["now", "today", "yesterday", "wrong clock", "never"],
)
def test_once_a_day_the_whole_document_is_asked_for(
    whole_at: datetime | None, conditional: bool
) -> None:
    request = stage.make_request(changed(etag='"1"', whole_at=whole_at), NOW)
    assert (request.etag is not None) is conditional


@pytest.mark.fault("C8")
def test_with_the_longest_wait_a_day_does_not_pass_without_a_whole_document() -> None:
    longest = stage.spread(make_pace(QUARTER).longest, 1.0)
    assert longest + stage.WHOLE_AFTER <= DAY


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Blatt.example/feed?x=1", "blatt.example:443"),
        ("http://blatt.example", "blatt.example:80"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://[::1]:8000/a", "[::1]:8000"),
    ],
)
def test_a_host_is_named_as_the_configuration_does(url: str, host: str) -> None:
    assert stage.host_of(url) == host


# --- answers --------------------------------------------------------------------------------------


def test_a_stored_body_brings_its_validators_and_the_baseline() -> None:
    state = parsed(changed(whole_at=None))
    assert (state.etag, state.last_modified, state.body_hash) == ('"1"', "then", "hash")
    assert state.marks == b"marks"
    assert state.baseline_at == state.last_ok_at == state.whole_at == NOW
    assert (state.next_poll_at, state.due_reason) == (NOW + QUARTER, "interval 15m")


def test_the_baseline_is_taken_once() -> None:
    later = replace(FEED, state=parsed())
    second = stage.settle_parsed(later, BODY, EMPTY, "b", None, at(NOW + QUARTER))
    assert second.baseline_at == NOW


def test_unreadable_entries_are_told_of_without_counting_as_a_failure() -> None:
    state = parsed(problem="entry 3 is broken")
    assert (state.last_error, state.failures, state.last_ok_at) == ("entry 3 is broken", 0, NOW)


def test_a_body_teaches_the_rhythm_and_keeps_what_it_says() -> None:
    hints = FeedHints(50 * MINUTE)
    entries = tuple(
        Entry(None, None, None, "Titel", "", NOW - hours * HOUR) for hours in (1, 9, 17)
    )
    document = ParsedFeed("A", None, entries, hints=hints)
    state = stage.settle_parsed(FEED, BODY, document, "hash", None, at())
    assert (state.rhythm, state.news_at, state.hints) == (8 * HOUR, NOW - HOUR, hints)
    assert (state.next_poll_at, state.due_reason) == (
        NOW + HOUR,
        "rhythm: news every 8h or so; at most 1h",
    )


def test_not_modified_ends_a_row_of_failures_and_keeps_the_validators() -> None:
    state = stage.settle_unchanged(changed(failed(3), etag='"1"'), SAME, at())
    assert (state.failures, state.failing_since_at, state.last_error) == (0, None, None)
    assert (state.etag, state.whole_at) == ('"1"', NOW)


def test_the_body_we_know_brings_its_newer_validators() -> None:
    state = stage.settle_unchanged(changed(etag='"0"', whole_at=None), BODY, at())
    assert (state.etag, state.last_modified, state.whole_at) == ('"1"', "then", NOW)


def test_the_server_can_ask_for_a_longer_wait_also_when_nothing_changed() -> None:
    answer = replace(SAME, fresh_for=30 * MINUTE)
    assert stage.settle_unchanged(FEED, answer, at()).next_poll_at == NOW + 30 * MINUTE


def test_a_feed_with_an_interval_of_its_own_keeps_it_whatever_anybody_wishes() -> None:
    feed = changed(HOURLY, rhythm=DAY, news_at=NOW - 9 * DAY, hints=FeedHints(DAY))
    state = stage.settle_unchanged(feed, replace(SAME, fresh_for=DAY), at())
    assert (state.next_poll_at, state.due_reason) == (NOW + HOUR, "its own interval 1h")


def test_an_unchanged_document_keeps_what_could_not_be_read_in_it() -> None:
    feed = changed(last_error="entry 3 is broken")
    assert stage.settle_unchanged(feed, SAME, at()).last_error == "entry 3 is broken"


def test_a_network_that_is_back_leaves_no_error_behind() -> None:
    lost = stage.settle_no_network(FEED, PollFailure("DNS", unreachable=True), at())
    state = stage.settle_unchanged(replace(FEED, state=lost), SAME, at())
    assert state.last_error is None


# --- a feed that has moved ------------------------------------------------------------------------


def answered(feed: Feed, *hops: Hop) -> Feed:
    return replace(feed, state=stage.settle_unchanged(feed, replace(SAME, hops=hops), at()))


@pytest.mark.fault("C5")
@pytest.mark.parametrize(
    ("rounds", "address"),
    [
        ([[Hop(301, NEW)]] * 2, OLD),
        ([[Hop(301, NEW)]] * 3, NEW),
        ([[Hop(308, NEW)]] * 3, NEW),
        ([[Hop(302, NEW)]] * 9, OLD),
        ([[Hop(307, NEW)]] * 9, OLD),
        ([[Hop(301, NEW)], [Hop(301, NEW)], [], [Hop(301, NEW)]], OLD),
        ([[Hop(301, NEW)], [Hop(301, OTHER)], [Hop(301, NEW)]], OLD),
        ([[Hop(301, NEW), Hop(308, OTHER)]] * 3, OTHER),
        ([[Hop(301, NEW), Hop(302, OTHER)]] * 3, NEW),
        ([[Hop(302, NEW), Hop(301, OTHER)]] * 3, OLD),
        ([[Hop(301, "http://b.example/feed")]] * 3, OLD),
        ([[Hop(301, NEW)]] * 3 + [[]] * 5, NEW),
        ([[Hop(301, NEW)]] * 3 + [[Hop(301, OTHER)]] * 2, NEW),
        ([[Hop(301, NEW)]] * 3 + [[Hop(301, OTHER)]] * 3, OTHER),
        ([[Hop(301, NEW)]] * 3 + [[Hop(301, OLD)]] * 3, OLD),
    ],
)
def test_three_equal_permanent_answers_in_a_row_make_a_new_address(
    rounds: list[list[Hop]], address: str
) -> None:
    feed = FEED
    for hops in rounds:
        feed = answered(feed, *hops)
    assert stage.choose_address(feed) == address
    assert feed.spec.url == OLD


@pytest.mark.fault("C5")
def test_a_failure_in_between_begins_the_row_anew() -> None:
    feed = answered(answered(FEED, Hop(301, NEW)), Hop(301, NEW))
    assert stage.choose_address(answered(failed(1, feed), Hop(301, NEW))) == OLD


@pytest.mark.fault("C5")
def test_a_new_address_that_fails_takes_turns_with_the_old_one() -> None:
    feed = changed(address=NEW, etag='"1"')
    asked = []
    for _ in range(7):
        request = stage.make_request(feed, NOW)
        asked.append((request.url, request.etag))
        feed = failed(1, feed)
    new, old = (NEW, '"1"'), (OLD, None)
    assert asked == [new, new, new, old, new, old, new]


@pytest.mark.fault("C5")
@pytest.mark.parametrize(
    ("failures", "hops", "address"),
    [(3, (), None), (3, (Hop(301, NEW),), NEW), (4, (), NEW)],
    ids=["the old one is back", "the old one still sends on", "the new one is back"],
)
def test_whoever_answers_by_itself_is_where_the_feed_lives(
    failures: int, hops: tuple[Hop, ...], address: str | None
) -> None:
    feed = answered(failed(failures, changed(address=NEW)), *hops)
    assert feed.state.address == address


# --- failures -------------------------------------------------------------------------------------


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


@pytest.mark.fault("C6")
def test_a_feed_that_is_gone_is_asked_weekly() -> None:
    state = failed(3, failure=PollFailure("HTTP 410", gone=True)).state
    assert (state.next_poll_at, state.failures) == (NOW + 7 * DAY, 3)
    assert state.due_reason == "the server says it is gone (410); asked weekly"


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("wish", "wait", "reason"),
    [
        (3 * HOUR, 3 * HOUR, "Retry-After"),
        (MINUTE, QUARTER, "back-off after 1 failures"),
    ],
)
def test_retry_after_can_only_lengthen_the_wait(
    wish: timedelta, wait: timedelta, reason: str
) -> None:
    failure = PollFailure("HTTP 429", retry_after=wish)
    state = stage.settle_failed(FEED, failure, at())
    assert (state.next_poll_at - NOW, state.due_reason) == (wait, reason)


@pytest.mark.fault("C7")
def test_a_feed_whose_host_rests_waits_with_it_and_is_not_to_blame() -> None:
    known = changed(etag='"1"', last_polled_at=NOW - HOUR)
    state = stage.settle_resting(known, NOW + HOUR, at())
    assert (state.next_poll_at, state.due_reason) == (NOW + HOUR, "Retry-After of its host")
    assert replace(state, next_poll_at=NOW, due_reason="new") == known.state


@pytest.mark.fault("A6", "C7")
@pytest.mark.parametrize(
    ("left", "resting"),
    [(MINUTE, True), (DAY, True), (timedelta(), False), (-HOUR, False), (365 * DAY, False)],
    ids=str,
)
def test_a_host_rests_until_its_time_but_not_for_years(left: timedelta, resting: bool) -> None:
    assert stage.is_resting(NOW + left, NOW) is resting


@pytest.mark.fault("C11")
def test_without_a_network_no_feed_backs_off() -> None:
    state = stage.settle_no_network(failed(5), PollFailure("DNS", unreachable=True), at())
    assert (state.failures, state.due_reason) == (5, "no network")
    assert state.next_poll_at - NOW == stage.NO_NETWORK_RETRY


@pytest.mark.fault("C11")
def test_when_the_network_is_back_feeds_return_over_a_minute_at_least() -> None:
    failure = PollFailure("DNS", unreachable=True)
    times = [
        stage.settle_no_network(FEED, failure, at(jitter=j)).next_poll_at for j in (0.0, 0.5, 1.0)
    ]
    assert times == [NOW + MINUTE, NOW + 1.5 * MINUTE, NOW + 2 * MINUTE]


@pytest.mark.fault("C11")
@pytest.mark.parametrize(
    ("unreachable", "down"),
    [([], False), (["a:443"], False), (["a:443"] * 9, False), (["a:443", "b:443"], True)],
)
def test_a_lost_network_is_when_several_hosts_fail_and_none_answers(
    unreachable: list[str], down: bool
) -> None:
    assert stage.is_network_down(unreachable) is down


def test_a_slow_feed_that_fails_is_not_asked_more_often_than_a_healthy_one() -> None:
    weekly = replace(FEED, spec=replace(FEED.spec, interval=7 * DAY))
    assert failed(1, weekly).state.next_poll_at - NOW == 7 * DAY


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


# --- bounds ---------------------------------------------------------------------------------------

jitters = st.floats(0, 1, exclude_max=True)


@given(st.timedeltas(timedelta(), DAY), jitters)
def test_jitter_never_shortens_and_adds_at_most_a_tenth(wait: timedelta, jitter: float) -> None:
    assert wait <= stage.spread(wait, jitter) <= wait * (1 + stage.JITTER)


@pytest.mark.fault("C6", "C7")
@given(
    st.integers(0, 10_000),
    st.timedeltas(timedelta(seconds=1), 6 * HOUR),
    st.none() | st.timedeltas(MINUTE, DAY),
    jitters,
)
def test_no_failure_keeps_a_feed_waiting_for_longer_than_a_day_or_shorter_than_usual(
    failures: int, interval: timedelta, wish: timedelta | None, jitter: float
) -> None:
    timing = Timing(NOW, make_pace(interval), jitter)
    failure = PollFailure("HTTP 503", retry_after=wish)
    state = stage.settle_failed(changed(failures=failures), failure, timing)
    assert max(interval, wish or MINUTE * 0) <= state.next_poll_at - NOW <= DAY


# --- since when nothing was missed ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_ok", "own", "unbroken"),
    [
        (15 * MINUTE, None, True),
        (stage.BREAK, None, True),
        (stage.BREAK + MINUTE, None, False),
        (12 * HOUR, 6 * HOUR, True),
        (19 * HOUR, 6 * HOUR, False),
        (-HOUR, None, False),
        (None, None, False),
    ],
    ids=["read", "short failure", "long failure", "slow", "slow, failed", "clock back", "first"],
)
def test_a_feed_is_read_without_a_break_while_whole_answers_come_in_time(
    last_ok: timedelta | None, own: timedelta | None, unbroken: bool
) -> None:
    begun, last_ok_at = NOW - 9 * DAY, None if last_ok is None else NOW - last_ok
    feed = changed(read_since_at=begun, last_ok_at=last_ok_at)
    feed = replace(feed, spec=replace(feed.spec, interval=own))
    state = stage.settle_unchanged(feed, SAME, at())
    assert state.read_since_at == (begun if unbroken else NOW)


def test_a_failure_alone_breaks_nothing() -> None:
    feed = changed(read_since_at=NOW - DAY, last_ok_at=NOW - QUARTER)
    assert failed(1, feed).state.read_since_at == NOW - DAY
