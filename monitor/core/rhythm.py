"""Beside the stages: how often a feed has something new, and how long to wait for the next of it.

A wait lies between the interval that was asked for and the longest one, whatever a feed's past, its
document or its server say: those can only make us ask less often, and never much less.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.model import FeedHints

KEPT_BELOW = timedelta(minutes=5)
"""Who asks for a shorter interval wants it exactly."""

LONGEST = timedelta(hours=1)
TIMES_INTERVAL = 4
"""Unless the configuration says otherwise, no wait is longer than either of them."""

BURST = timedelta(minutes=5)
"""Articles that appear together count as one."""

SLOWEST = timedelta(days=7)
"""No rhythm is slower: after a year's pause a feed is soon as well known as before."""

STRIDE = 4.0
"""A single gap counts as at most so many times longer or shorter than the rhythm: nights do not."""

WEIGHT = 0.25

QUIET_SHARE = 24
"""A feed that has been quiet for a day can wait for an hour."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often feeds without an interval of their own are asked: between these two waits."""

    interval: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`gap` is the usual time between two articles, `news_at` when the newest appeared."""

    gap: timedelta | None = None
    news_at: datetime | None = None


def make_pace(interval: timedelta, longest: timedelta | None = None) -> Pace:
    """The pace for a configured interval; `longest` None means the default for it."""
    if longest is None:
        exact = interval < KEPT_BELOW
        longest = interval if exact else min(TIMES_INTERVAL * interval, LONGEST)
    return Pace(interval, max(interval, longest))


def learn(rhythm: Rhythm, times: Iterable[datetime], now: datetime) -> Rhythm:
    """Learn from when articles appeared; what lies before the newest known one is known already.

    The first gaps count by their median. Later ones move the rhythm a little each, none of them
    far, so that it follows what is usual and not a burst, a night or a holiday.
    """
    # A time in the future is a wrong clock, here or there.
    begun = rhythm.news_at if rhythm.news_at and rhythm.news_at <= now else None
    marks = list(_mark(begun, sorted(min(at, now) for at in times)))
    if not marks:
        return Rhythm(rhythm.gap, begun)
    gaps = [min(later - earlier, SLOWEST) for earlier, later in pairwise(marks)]
    gap = rhythm.gap
    if gap is None and gaps:
        return Rhythm(sorted(gaps)[len(gaps) // 2], marks[-1])
    for one in gaps:
        gap = _move(gap or one, one)
    return Rhythm(gap, marks[-1])


def decide_wait(
    rhythm: Rhythm,
    hints: FeedHints | None,
    fresh_for: timedelta | None,
    pace: Pace,
    now: datetime,
) -> tuple[timedelta, str]:
    """How long to wait after an answer, and why: the interval, or the longest wish beyond it."""
    wait, reason = pace.interval, f"interval {show_span(pace.interval)}"
    if pace.longest <= pace.interval:
        return wait, reason
    for wish, why in _list_wishes(rhythm, hints, fresh_for, now):
        if wish > wait:
            wait, reason = _bound(wish, why, pace.longest)
    skipped = _skip(now + wait, hints) - now if hints else wait
    if skipped > wait:
        return _bound(skipped, "skipHours or skipDays", pace.longest)
    return wait, reason


def show_span(span: timedelta) -> str:
    """Write a duration as the configuration does, in its largest fitting unit: "90m", "3h"."""
    seconds = round(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{round(seconds / size)}{unit}"
    return f"{seconds}s"


def _bound(wait: timedelta, reason: str, longest: timedelta) -> tuple[timedelta, str]:
    if wait <= longest:
        return wait, reason
    return longest, f"{reason}; at most {show_span(longest)}"


def _mark(begun: datetime | None, times: Iterable[datetime]) -> Iterator[datetime]:
    """The times that count, from the newest known one on; those of a burst count once."""
    last = begun
    if last is not None:
        yield last
    for at in times:
        if last is None or at - last >= BURST:
            yield at
            last = at


def _move(rhythm: timedelta, gap: timedelta) -> timedelta:
    times: float = min(max(gap / rhythm, 1 / STRIDE), STRIDE)
    return rhythm * math.pow(times, WEIGHT)


def _list_wishes(
    rhythm: Rhythm, hints: FeedHints | None, fresh_for: timedelta | None, now: datetime
) -> Iterator[tuple[timedelta, str]]:
    if rhythm.gap:
        yield rhythm.gap / 2, f"rhythm: news every {show_span(rhythm.gap)} or so"
    if rhythm.news_at:
        quiet = now - rhythm.news_at
        yield quiet / QUIET_SHARE, f"rhythm: no news for {show_span(quiet)}"
    if hints and hints.pause:
        yield hints.pause, f"the feed says every {show_span(hints.pause)}"
    if fresh_for:
        yield fresh_for, f"the server says fresh for {show_span(fresh_for)}"


def _skip(at: datetime, hints: FeedHints) -> datetime:
    """The first moment from `at` on that is not to be skipped; where all is, the hint is wrong."""
    end = at
    while end - at <= SLOWEST:
        if end.weekday() not in hints.skip_days and end.hour not in hints.skip_hours:
            return end
        end = end.replace(minute=0, second=0, microsecond=0) + HOUR
    return at
