"""How often a silence is called strange that is none, and how soon a real stop is found.

    python -m tests.core.measure_lulls [FEEDS] [DAYS]

Feeds of all kinds are drawn; each week their habits are learned anew, as the program does each day.
Then the same of feeds that bring less than an article a week, whose habits take a year to learn: of
those a quarter as many are drawn, and FEEDS are watched in all.
"""

import random
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

from monitor.core.habit import (
    BACK,
    FOREVER,
    LEAST_SILENT,
    LONG_BACK,
    Habit,
    Heard,
    find_bound,
    find_deadline,
    hour_of,
    learn_habit,
    list_heard,
)
from tests.core.rhythms import FIRST, SLOW, draw_feeds

WEEK = 168
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Found:
    """`alarms` names who was blamed wrongly; `delays` are the hours from a stop to its notice."""

    alarms: list[str] = field(default_factory=list)
    delays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unlearned: int = 0


def measure(
    feeds: Iterable[tuple[str, Mapping[int, int]]], count: int, days: int, back: timedelta = BACK
) -> Found:
    """Watch `count` feeds for the days after the time that they are learned from."""
    found, dice, learned = Found(), random.Random(1), back // HOUR  # noqa: S311
    for name, counts in feeds:
        active = sorted(counts)
        last = FIRST + learned + days * 24
        for begin in range(FIRST + learned, last, WEEK):
            habit = learn_habit(counts, hear(begin - learned, begin), 0)
            if habit is None:
                found.unlearned += 1
                continue
            bound = find_bound(habit, count)
            found.alarms += [name] * count_alarms(active, begin, habit, bound)
            stop = dice.randrange(begin, begin + WEEK)
            before = active[bisect_left(active, stop) - 1]
            found.delays[name].append(deadline(habit, before, bound) - stop)
    return found


def hear(begin: int, end: int) -> Heard:
    """Every hour was listened to."""
    return list_heard(moment(begin), moment(end), (), UTC)


def count_alarms(active: Sequence[int], begin: int, habit: Habit, bound: float) -> int:
    """How many pauses that begin in this week are called strange before they end."""
    first, last = bisect_left(active, begin), bisect_left(active, begin + WEEK)
    pauses = zip(active[first:last], active[first + 1 : last + 1], strict=False)
    return sum(
        deadline(habit, before, bound) < after
        for before, after in pauses
        if (after - before) * 3600 > LEAST_SILENT.total_seconds()
    )


def deadline(habit: Habit, hour: int, bound: float) -> int:
    return hour_of(find_deadline(habit, moment(hour), bound, UTC))


def moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC)


def main() -> None:
    """Print the figures."""
    count, days = (int(n) for n in (*sys.argv[1:], "200", "182")[:2])
    tell(measure(draw_feeds(count, days + BACK // DAY + 60), count, days), count, days)
    until = days + (LONG_BACK + FOREVER) // DAY
    slow = draw_feeds(count // 4, until, rhythms=SLOW)
    tell(measure(slow, count, days, LONG_BACK), count // 4, days)


def tell(found: Found, count: int, days: int) -> None:
    lines = [f"{count} feeds, {days} days: {len(found.alarms)} false notices {found.alarms}"]
    lines.append(f"{found.unlearned} weeks of feeds whose archive says too little")
    for name, delays in found.delays.items():
        ordered = sorted(delays)
        p90 = ordered[len(ordered) * 9 // 10]
        lines.append(f"{name:15} found after {median(ordered):5.0f} h (p90 {p90:5.0f} h)")
    sys.stdout.write("\n".join((*lines, "")))


if __name__ == "__main__":
    main()
