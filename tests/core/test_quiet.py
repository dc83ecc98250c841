"""Quiet hours over midnight, zones and both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.quiet import QuietHours, find_end
from tests.builders import MINUTE

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
LORD_HOWE, KOLKATA = "Australia/Lord_Howe", "Asia/Kolkata"


def hours(zone: str, *spans: str) -> QuietHours:
    pairs = (span.split("-") for span in spans)
    return QuietHours(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs), zone)


@pytest.mark.parametrize(
    ("zone", "span", "now", "end"),
    [
        # An ordinary night, and its edges.
        (BERLIN, "22:00-07:00", "2026-11-24T20:59:59", None),
        (BERLIN, "22:00-07:00", "2026-11-24T21:00:00", "2026-11-25T06:00:00"),
        (BERLIN, "22:00-07:00", "2026-11-25T05:59:59", "2026-11-25T06:00:00"),
        (BERLIN, "22:00-07:00", "2026-11-25T06:00:00", None),
        # Within one day; half-hour zone; equal ends are off.
        (BERLIN, "12:00-13:30", "2026-11-24T11:00:00", "2026-11-24T12:30:00"),
        (KOLKATA, "22:00-07:00", "2026-11-24T16:30:00", "2026-11-25T01:30:00"),
        (KOLKATA, "22:00-07:00", "2026-11-24T16:29:59", None),
        (BERLIN, "07:00-07:00", "2026-11-24T06:00:00", None),
        # Midnight as an end.
        (NEW_YORK, "22:00-00:00", "2026-11-24T03:30:00", "2026-11-24T05:00:00"),
        (NEW_YORK, "00:00-06:00", "2026-11-24T05:00:00", "2026-11-24T11:00:00"),
        # The night of the spring change is an hour shorter, that of the autumn change longer.
        (BERLIN, "22:00-07:00", "2026-03-28T21:00:00", "2026-03-29T05:00:00"),
        (BERLIN, "22:00-07:00", "2026-10-24T20:00:00", "2026-10-25T06:00:00"),
        (NEW_YORK, "22:00-07:00", "2026-03-08T03:00:00", "2026-03-08T11:00:00"),
        (NEW_YORK, "22:00-07:00", "2026-11-01T02:00:00", "2026-11-01T12:00:00"),
        # Lord Howe's clocks move by half an hour.
        (LORD_HOWE, "22:00-07:00", "2026-04-04T11:00:00", "2026-04-04T20:30:00"),
        (LORD_HOWE, "22:00-07:00", "2026-10-03T11:30:00", "2026-10-03T20:00:00"),
        # An end that the clock shows twice (02:30 at 00:30 and 01:30 UTC): the second one.
        (BERLIN, "22:00-02:30", "2026-10-25T00:40:00", "2026-10-25T01:30:00"),
        (LORD_HOWE, "22:00-01:45", "2026-04-04T14:50:00", "2026-04-04T15:15:00"),
        # A start that the clock shows twice: the first one.
        (BERLIN, "02:30-05:00", "2026-10-25T00:30:00", "2026-10-25T04:00:00"),
        # Ends that the clock skips (02:30 would have been 01:30 UTC).
        (BERLIN, "22:00-02:30", "2026-03-29T01:20:00", "2026-03-29T01:30:00"),
        (BERLIN, "02:30-05:00", "2026-03-29T01:29:59", None),
        (BERLIN, "02:30-05:00", "2026-03-29T01:30:00", "2026-03-29T03:00:00"),
    ],
)
def test_the_end_of_quiet_hours(zone: str, span: str, now: str, end: str | None) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(end).replace(tzinfo=UTC) if end else None
    assert find_end(hours(zone, span), at) == expected


def test_spans_that_touch_are_one() -> None:
    quiet = hours(BERLIN, "22:00-06:00", "12:00-13:00", "06:00-07:30")
    at = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert find_end(quiet, at) == datetime(2026, 11, 25, 6, 30, tzinfo=UTC)


def test_without_a_span_it_is_never_quiet() -> None:
    assert find_end(QuietHours((), BERLIN), datetime(2026, 11, 24, tzinfo=UTC)) is None


def test_spans_without_a_gap_are_quiet_at_any_time() -> None:
    quiet = hours(BERLIN, "00:00-12:00", "12:00-00:00")
    now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert find_end(quiet, now) == now + timedelta(hours=25)


ZONES = st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, KOLKATA, "Pacific/Apia", "UTC"])
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
CHANGES = (
    # (the day before, in UTC) a clock change in one of the zones
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC),
    datetime(2026, 10, 31, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 10, 3, tzinfo=UTC),
    datetime(2011, 12, 29, tzinfo=UTC),  # Samoa left out the 30th
    datetime(2026, 7, 1, tzinfo=UTC),
)
MOMENTS = st.builds(
    lambda day, minutes: day + minutes * MINUTE,
    st.sampled_from(CHANGES),
    st.integers(0, 3 * 24 * 60),
)


@given(ZONES, TIMES, TIMES, MOMENTS, st.floats(0, 0.999))
def test_quiet_lasts_from_any_moment_of_it_to_its_one_end(
    zone: str, start: time, end: time, now: datetime, share: float
) -> None:
    quiet = QuietHours(((start, end),), zone)
    until = find_end(quiet, now)
    if until is None:
        return
    assert now < until
    assert find_end(quiet, now + (until - now) * share) == until
    assert find_end(quiet, until) is None


@given(ZONES, TIMES, TIMES, MOMENTS)
def test_away_from_clock_changes_the_clock_on_the_wall_decides(
    zone: str, start: time, end: time, now: datetime
) -> None:
    local = now.astimezone(ZoneInfo(zone))
    offsets = {
        (now + timedelta(hours=h)).astimezone(ZoneInfo(zone)).utcoffset() for h in range(-26, 27)
    }
    if len(offsets) > 1:
        return
    wall = local.time()
    across = start > end
    inside = (wall >= start or wall < end) if across else start <= wall < end
    until = find_end(QuietHours(((start, end),), zone), now)
    assert (until is not None) == inside
    if until is not None:
        assert until.astimezone(ZoneInfo(zone)).time() == end
