"""When a silence is strange, and for whom: drawn feeds of all kinds, and small tables."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.habit import (
    FALSE_EVERY,
    LEAST_HEARD,
    LIKELIEST,
    Habit,
    expect,
    find_bound,
    find_lull,
    learn_habit,
    list_heard,
    odds_of,
    slot_of,
)
from tests.core.measure_lulls import hear, measure, moment
from tests.core.rhythms import FIRST, RHYTHMS, draw_feeds, draw_hours

WEEKS = 12
NOW = FIRST + WEEKS * 168
"""A Monday at midnight, UTC."""

MONDAY, FRIDAY, SUNDAY = 0, 4 * 24, 6 * 24
BOUND = 1e-5


@cache
def habit_of(name: str) -> Habit:
    """What twelve weeks say of a feed of this kind."""
    habit = learn_habit(draw_hours(RHYTHMS[name], WEEKS * 7, seed=7), hear(FIRST, NOW), 0)
    assert habit is not None
    return habit


def silent(name: str, begin: int, hours: float) -> bool:
    """Whether one of 200 such feeds would be blamed for a silence from that hour of the week on."""
    since, habit = moment(NOW + begin), habit_of(name)
    until = since + timedelta(hours=hours)
    return find_lull(habit, since, until, find_bound(habit, 200), UTC) is not None


# --- the kinds ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begin", "usual", "strange"),
    [
        ("agency", MONDAY + 12, 3, 8),
        ("agency", MONDAY + 0, 5, 10),
        ("newspaper", MONDAY + 21, 9, 24),
        ("ministry", FRIDAY + 17, 2.6 * 24, 13 * 24),
        ("morning issue", FRIDAY + 6, 3 * 24, 10 * 24),
        ("weekly", FRIDAY + 10, 7 * 24, 60 * 24),
        ("night desk", MONDAY + 8, 9, 36),
        ("bursts", MONDAY + 9, 3 * 24, 30 * 24),
    ],
    ids=str,
)
def test_what_is_usual_of_a_feed_and_what_is_not(
    name: str, begin: int, usual: float, strange: float
) -> None:
    assert not silent(name, begin, usual)
    assert silent(name, begin, strange)


def test_hours_in_which_nothing_ever_comes_say_nothing() -> None:
    ministry = habit_of("ministry")
    assert ministry.hazards[SUNDAY + 12] < ministry.hazards[MONDAY + 11] / 20
    assert ministry.articles[SUNDAY + 12] == 0


def test_the_usual_articles_are_those_of_the_same_hours() -> None:
    lull = find_lull(habit_of("agency"), moment(NOW + 8), moment(NOW + 17), BOUND, UTC)
    assert lull is not None
    assert lull.span == timedelta(hours=9)
    assert lull.usual == pytest.approx(8 * 6, rel=0.2)
    assert 0 < lull.odds < BOUND


# --- what counts ----------------------------------------------------------------------------------


def test_a_short_history_blames_nobody() -> None:
    counts = draw_hours(RHYTHMS["agency"], WEEKS * 7, seed=1)
    begin = max(counts) - LEAST_HEARD
    assert learn_habit(counts, hear(FIRST, NOW), begin + 2) is None
    assert learn_habit(counts, hear(FIRST, NOW), begin - 2) is not None


def test_a_few_articles_are_no_habit() -> None:
    monthly = {FIRST + n * 200: 1 for n in range(10)}
    assert learn_habit(monthly, hear(FIRST, NOW), 0) is None


def test_what_was_not_heard_is_neither_silence_nor_a_pause() -> None:
    counts = draw_hours(RHYTHMS["even"], WEEKS * 7, seed=3)
    deaf = range(FIRST + 500, FIRST + 800)
    lost = {hour: n for hour, n in counts.items() if hour not in deaf}
    breaks = [(moment(deaf[0]), moment(deaf[-1]))]
    unaware = learn_habit(lost, hear(FIRST, NOW), 0)
    aware = learn_habit(lost, list_heard(moment(FIRST), moment(NOW), breaks, UTC), 0)
    whole = learn_habit(counts, hear(FIRST, NOW), 0)
    assert unaware
    assert aware
    assert whole
    assert sum(aware.hazards) == pytest.approx(sum(whole.hazards), rel=0.05)
    assert sum(unaware.hazards) < sum(aware.hazards)


def test_the_silence_that_goes_on_is_no_part_of_the_habit() -> None:
    counts = draw_hours(RHYTHMS["newspaper"], WEEKS * 7, seed=3)
    stopped = {hour: n for hour, n in counts.items() if hour < NOW - 400}
    then, now = (learn_habit(stopped, hear(FIRST, end), 0) for end in (NOW - 400, NOW))
    assert then == now


def test_the_longest_pause_may_have_been_a_failure() -> None:
    counts = draw_hours(RHYTHMS["even"], WEEKS * 7, seed=3)
    one = {hour: n for hour, n in counts.items() if not FIRST + 500 < hour < FIRST + 700}
    two = {hour: n for hour, n in one.items() if not FIRST + 1000 < hour < FIRST + 1200}
    once, twice = (learn_habit(told, hear(FIRST, NOW), 0) for told in (one, two))
    assert once
    assert twice
    assert odds_of(once, 40.0) < BOUND < odds_of(twice, 40.0)


def test_hours_are_those_of_the_zone() -> None:
    winter, summer = (
        int(datetime(2026, month, 2, 8, tzinfo=UTC).timestamp()) // 3600 for month in (2, 6)
    )
    berlin = ZoneInfo("Europe/Berlin")
    assert slot_of(winter, berlin) == MONDAY + 9
    assert slot_of(summer, berlin) == 24 + 10


# --- odds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("watched", [1, 200, 1000])
def test_all_that_is_watched_shares_one_false_notice(watched: int) -> None:
    habit = habit_of("newspaper")
    in_time = FALSE_EVERY / timedelta(days=1) * habit.pauses / habit.days
    expected = find_bound(habit, watched) * in_time * watched
    assert expected == pytest.approx(1.0)
    assert find_bound(habit_of("morning issue"), 1) <= LIKELIEST


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(RHYTHMS)),
    begin=st.integers(0, 167),
    spans=st.tuples(st.floats(4, 2000), st.floats(4, 2000)).map(sorted),
)
def test_a_longer_silence_is_never_more_probable(name: str, begin: int, spans: list[float]) -> None:
    since = moment(NOW + begin)
    short, long = (
        find_lull(habit_of(name), since, since + timedelta(hours=hours), 2.0, UTC)
        for hours in spans
    )
    assert short
    assert long
    assert 0 <= long.odds <= short.odds <= 1
    assert long.usual >= short.usual


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(RHYTHMS)), begin=st.integers(0, 167))
def test_what_is_due_is_found_when_it_is_and_not_an_hour_before(name: str, begin: int) -> None:
    habit, since = habit_of(name), moment(NOW + begin)
    due_at = expect(habit, since, BOUND, UTC).due_at
    assert find_lull(habit, since, due_at + timedelta(hours=1), BOUND, UTC)
    before = max(due_at - timedelta(hours=1), since)
    assert not find_lull(habit, since, before, BOUND, UTC)


def test_feeds_of_all_kinds_are_hardly_ever_blamed_and_a_stop_is_found() -> None:
    """A small run of `measure_lulls`: its figures of 200 feeds are the ones to quote."""
    found = measure(draw_feeds(20, 154, seed=100), 200, 28)
    assert len(found.alarms) <= 1
    agency: Mapping[str, list[float]] = found.delays
    assert max(agency["agency"]) <= 12
    assert max(agency["newspaper"]) <= 36
