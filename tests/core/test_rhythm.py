"""How long a feed is left alone: its past, its document and its server may wish, within bounds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import FeedHints
from monitor.core.rhythm import BURST, Pace, Rhythm, decide_wait, learn, make_pace, show_span

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
PACE = Pace(15 * MINUTE, HOUR)
UNKNOWN = Rhythm()


def appeared(*ago: timedelta) -> list[datetime]:
    return [MONDAY - span for span in ago]


# --- the pace ---


@pytest.mark.parametrize(
    ("interval", "longest"),
    [
        (timedelta(seconds=1), timedelta(seconds=1)),
        (2 * MINUTE, 2 * MINUTE),
        (5 * MINUTE, 20 * MINUTE),
        (15 * MINUTE, HOUR),
        (30 * MINUTE, HOUR),
        (3 * HOUR, 3 * HOUR),
    ],
    ids=str,
)
def test_by_default_nothing_waits_longer_than_an_hour_or_four_intervals(
    interval: timedelta, longest: timedelta
) -> None:
    assert make_pace(interval) == Pace(interval, longest)


def test_the_longest_wait_can_be_asked_for() -> None:
    assert make_pace(MINUTE, DAY) == Pace(MINUTE, DAY)


# --- learning ---


def test_the_first_document_teaches_the_usual_gap_and_not_the_night() -> None:
    hours = [HOUR * n for n in (1, 2, 3, 4, 14, 15, 16)]
    assert learn(UNKNOWN, appeared(*hours), MONDAY) == Rhythm(HOUR, MONDAY - HOUR)


def test_a_burst_is_one_piece_of_news() -> None:
    bursts = [HOUR * h + timedelta(seconds=s) for h in (2, 4, 6) for s in range(0, 200, 20)]
    gap = learn(UNKNOWN, appeared(*bursts), MONDAY).gap
    assert gap == 2 * HOUR


def test_what_is_known_already_teaches_nothing() -> None:
    known = learn(UNKNOWN, appeared(HOUR, 2 * HOUR, 3 * HOUR), MONDAY)
    assert learn(known, appeared(HOUR, 2 * HOUR, 9 * HOUR), MONDAY) == known


def test_one_night_moves_the_rhythm_little_and_ten_days_without_news_each_hour_much() -> None:
    known = Rhythm(20 * MINUTE, MONDAY - 9 * HOUR)
    night = learn(known, [MONDAY], MONDAY)
    assert night.gap is not None
    assert 20 * MINUTE < night.gap < 30 * MINUTE
    slow = known
    for _ in range(10):
        now = (slow.news_at or MONDAY) + DAY
        slow = learn(slow, [now], now)
    assert slow.gap is not None
    assert slow.gap > 6 * HOUR


def test_articles_without_a_date_appear_when_they_are_seen() -> None:
    first = learn(UNKNOWN, [MONDAY] * 20, MONDAY)
    assert first == Rhythm(None, MONDAY)
    assert learn(first, [MONDAY + 3 * HOUR], MONDAY + 3 * HOUR).gap == 3 * HOUR


@pytest.mark.parametrize("known", [UNKNOWN, Rhythm(HOUR, MONDAY + DAY)], ids=["new", "clock"])
def test_dates_in_the_future_count_as_now(known: Rhythm) -> None:
    assert learn(known, [MONDAY + DAY, MONDAY + 2 * DAY], MONDAY).news_at == MONDAY


# --- deciding ---


@pytest.mark.parametrize(
    ("rhythm", "hints", "fresh_for", "wait", "reason"),
    [
        (UNKNOWN, None, None, 15 * MINUTE, "interval 15m"),
        (Rhythm(10 * MINUTE, MONDAY), None, None, 15 * MINUTE, "interval 15m"),
        (Rhythm(80 * MINUTE, MONDAY), None, None, 40 * MINUTE, "rhythm: news every 80m or so"),
        (Rhythm(DAY, MONDAY), None, None, HOUR, "rhythm: news every 1d or so; at most 1h"),
        (Rhythm(None, MONDAY - 12 * HOUR), None, None, 30 * MINUTE, "rhythm: no news for 12h"),
        (UNKNOWN, FeedHints(45 * MINUTE), None, 45 * MINUTE, "the feed says every 45m"),
        (UNKNOWN, None, 20 * MINUTE, 20 * MINUTE, "the server says fresh for 20m"),
        (UNKNOWN, None, 5 * MINUTE, 15 * MINUTE, "interval 15m"),
        (UNKNOWN, None, 365 * DAY, HOUR, "the server says fresh for 365d; at most 1h"),
        (UNKNOWN, FeedHints(DAY), 40 * MINUTE, HOUR, "the feed says every 1d; at most 1h"),
        (UNKNOWN, FeedHints(None, (12,)), None, 40 * MINUTE, "skipHours or skipDays"),
        (UNKNOWN, FeedHints(None, (13,)), None, 15 * MINUTE, "interval 15m"),
        (UNKNOWN, FeedHints(None, (), (0,)), None, HOUR, "skipHours or skipDays; at most 1h"),
        (UNKNOWN, FeedHints(None, tuple(range(24))), None, 15 * MINUTE, "interval 15m"),
    ],
)
def test_the_longest_wish_counts_and_says_so(
    rhythm: Rhythm,
    hints: FeedHints | None,
    fresh_for: timedelta | None,
    wait: timedelta,
    reason: str,
) -> None:
    assert decide_wait(rhythm, hints, fresh_for, PACE, MONDAY) == (wait, reason)


def test_where_there_is_no_choice_nobody_is_asked() -> None:
    second = timedelta(seconds=1)
    wish = decide_wait(Rhythm(DAY, MONDAY), FeedHints(DAY), DAY, Pace(second, second), MONDAY)
    assert wish == (second, "interval 1s")


spans = st.timedeltas(timedelta(0), 4000 * DAY)
moments = st.timedeltas(-20_000 * DAY, 20_000 * DAY).map(lambda span: MONDAY + span)
hours, days = st.lists(st.integers(0, 23)), st.lists(st.integers(0, 6))
hints = st.builds(FeedHints, st.none() | spans, hours.map(tuple), days.map(tuple))


@given(
    st.lists(st.lists(moments, max_size=30), max_size=5),
    st.none() | hints,
    st.none() | spans,
    st.timedeltas(timedelta(seconds=1), 2 * DAY),
    st.none() | st.timedeltas(timedelta(seconds=1), 30 * DAY),
    moments,
)
def test_no_past_and_no_wish_leads_out_of_the_bounds(
    documents: list[list[datetime]],
    said: FeedHints | None,
    fresh_for: timedelta | None,
    interval: timedelta,
    longest: timedelta | None,
    now: datetime,
) -> None:
    rhythm, pace = UNKNOWN, make_pace(interval, longest)
    for times in documents:
        rhythm = learn(rhythm, times, now)
        assert rhythm.gap is None or rhythm.gap >= BURST
        assert rhythm.news_at is None or rhythm.news_at <= now
    wait, reason = decide_wait(rhythm, said, fresh_for, pace, now)
    assert pace.interval <= wait <= pace.longest
    assert reason


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=1), "1s"),
        (timedelta(seconds=90), "90s"),
        (15 * MINUTE, "15m"),
        (HOUR, "1h"),
        (90 * MINUTE, "90m"),
        (DAY, "1d"),
        (3.2 * DAY, "3d"),
    ],
)
def test_spans_are_written_as_the_configuration_does(span: timedelta, text: str) -> None:
    assert show_span(span) == text
