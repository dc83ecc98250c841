"""Beside the stages: how long a feed or a topic may bring nothing before that is strange.

Time is cut into whole hours; an hour in which something new came is an active one. Three steps:

1. The archive says how likely each hour of the local week is active. The hazard of an hour is
   -log(1 - p), so a night or a Sunday costs nothing and a Tuesday at ten much.
2. A pause is what lies between two active hours, measured in summed hazard instead of hours. Were
   hours independent, pauses were exponential with mean 1 (time rescaling: Brown et al., Neural
   Computation 14, 2002). Bursts, holidays and moods make them longer: the longest fortieth of the
   archive's own says by how much (peaks over a threshold, with an exponential tail). The very
   longest is taken as "at least the second": it may have been a failure (type II censoring: Epstein
   and Sobel, JASA 48, 1953).
3. The rate of that tail is known from k - 1 pauses only, so it is gamma distributed, and a longer
   pause has the odds of the gamma-Poisson predictive (1 + x / (k - 1)s)^-(k - 1). A short history
   has a heavy tail and is never sure.

Each pause is one trial, however often it is looked at. The bound is such that all that is watched
together raises one false notice in `FALSE_EVERY`.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.core.model import Lull

BACK = timedelta(weeks=12)
"""The habit is learned from so much of the archive."""

LONG_BACK = timedelta(weeks=52)
"""Where that says too little, from so much: retention keeps when articles came. Of 200 watched, who
brings an article in two weeks is found silent after twenty, who brings one a month after forty
(median, `tests.core.measure_lulls`): so little cannot be surer sooner."""

LEAST_HEARD = 28 * 24
LEAST_PAUSES = 10
"""Whose archive is shorter is never blamed: four whole weeks, and so many pauses."""

LEAST_SILENT = timedelta(hours=4)
"""No silence is shorter: an hour is not over before it ends, and polls come late."""

FALSE_EVERY = timedelta(days=365)
"""One false notice in such a time, of all that is watched, if all went on as the archive says.

Drawn feeds of ten kinds, 200 of them, gave two in half a year (`tests.core.measure_lulls`).
"""

LIKELIEST = 1 / 1000
"""What happens more often is not worth a word, however little is watched."""

FOREVER = timedelta(days=365)

_WEEK = 168
_SATURDAY = 5 * 24
_PRIOR = 2.0
"""An hour of the week is thought to be like those of its kind of day, with the weight of so many
weeks."""

_TAIL_SHARE, _TAIL_LEAST = 40, 20


@dataclass(frozen=True, slots=True)
class Heard:
    """The whole hours in which we listened, ascending: count since 1970, and hour of the week."""

    hours: Sequence[int]
    slots: Sequence[int]


@dataclass(frozen=True, slots=True)
class Habit:
    """What is usual: by hour of the local week, and for pauses.

    `articles` is how many usually come. Of the `pauses` in `days`, `tail` have more hazard than
    `usual`, by `excess` on the average.
    """

    hazards: Sequence[float]
    articles: Sequence[float]
    usual: float
    excess: float
    tail: int
    pauses: int
    days: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one whose newest article came at `last_at`: another before `due_at`.

    A silence is told when its odds fall below `bound`.
    """

    habit: Habit
    bound: float
    last_at: datetime
    due_at: datetime


def hour_of(at: datetime) -> int:
    """Which hour since 1970 it lies in."""
    return int(at.timestamp()) // 3600


def list_heard(
    since: datetime, until: datetime, breaks: Iterable[tuple[datetime, datetime]], zone: tzinfo
) -> Heard:
    """The whole hours in [since, until) that touch none of the `breaks`."""
    deaf = {
        hour
        for begin, end in breaks
        for hour in range(hour_of(max(begin, since)), hour_of(min(end, until)) + 1)
    }
    span = range(hour_of(since) + 1, hour_of(until))
    hours = [hour for hour in span if hour not in deaf]
    return Heard(hours, [slot_of(hour, zone) for hour in hours])


def slot_of(hour: int, zone: tzinfo) -> int:
    """The hour of the local week that it begins in: 0 is Monday at midnight."""
    local = datetime.fromtimestamp(hour * 3600, zone)
    return local.weekday() * 24 + local.hour


def learn_habit(counts: Mapping[int, int], heard: Heard, begin: int) -> Habit | None:
    """What is usual for who brought so many articles in these hours, and is watched from `begin`.

    None where the archive says too little.
    """
    # The silence that goes on is what is asked about, so it is no part of the habit.
    known = slice(bisect_left(heard.hours, begin), bisect_right(heard.hours, max(counts)))
    hours, slots = heard.hours[known], heard.slots[known]
    if len(hours) < LEAST_HEARD:
        return None
    times = Counter(slots)
    active = Counter(slot for hour, slot in zip(hours, slots, strict=True) if hour in counts)
    hazards = _learn_hazards(active, times)
    pauses = sorted(_measure_pauses(counts, hours, slots, hazards), reverse=True)
    if len(pauses) < LEAST_PAUSES:
        return None
    came = Counter[int]()
    for hour, slot in zip(hours, slots, strict=True):
        came[slot] += counts.get(hour, 0)
    articles = array("f", (came[slot] / max(times[slot], 1) for slot in range(_WEEK)))
    usual, excess, tail = _fit_tail(pauses)
    return Habit(hazards, articles, usual, excess, tail, len(pauses), len(hours) / 24)


def odds_of(habit: Habit, hazard: float) -> float:
    """How probable it is that a pause has more hazard; 1 for all that is usual."""
    if hazard <= habit.usual:
        return 1.0
    known = habit.tail - 1
    share: float = (1 + (hazard - habit.usual) / (known * habit.excess)) ** -known
    return share * habit.tail / habit.pauses


def find_bound(habit: Habit, watched: int) -> float:
    """Odds below this are told, where so many feeds and topics are watched."""
    trials = FALSE_EVERY / timedelta(days=1) * watched * habit.pauses / habit.days
    return min(LIKELIEST, 1 / trials)


def find_lull(
    habit: Habit, since: datetime, until: datetime, bound: float, zone: tzinfo
) -> Lull | None:
    """The silence between two moments, where its odds are below the bound."""
    if until - since < LEAST_SILENT:
        return None
    slots = [slot_of(hour, zone) for hour in range(hour_of(since) + 1, hour_of(until))]
    odds = odds_of(habit, math.fsum(habit.hazards[slot] for slot in slots))
    if odds >= bound:
        return None
    shares = (1 - _share_of_hour(since), _share_of_hour(until))
    partly = (
        share * habit.articles[slot_of(hour_of(at), zone)]
        for share, at in zip(shares, (since, until), strict=True)
    )
    usual = math.fsum((*(habit.articles[slot] for slot in slots), *partly))
    return Lull(until - since, usual, odds)


def expect(habit: Habit, last_at: datetime, bound: float, zone: tzinfo) -> Expectation:
    """What is due after an article that came then."""
    return Expectation(habit, bound, last_at, find_deadline(habit, last_at, bound, zone))


def find_deadline(habit: Habit, since: datetime, bound: float, zone: tzinfo) -> datetime:
    """Until when nothing more may come before `find_lull` finds something."""
    limit, total = _invert_odds(habit, bound), 0.0
    hour = hour_of(since)
    last = hour_of(since + FOREVER)
    while total <= limit and hour < last:
        hour += 1
        total += habit.hazards[slot_of(hour, zone)]
    return max(datetime.fromtimestamp((hour + 1) * 3600, UTC), since + LEAST_SILENT)


def _invert_odds(habit: Habit, bound: float) -> float:
    known = habit.tail - 1
    times: float = (habit.tail / habit.pauses / bound) ** (1 / known)
    return habit.usual + max(times - 1, 0) * known * habit.excess


def _share_of_hour(at: datetime) -> float:
    return at.timestamp() % 3600 / 3600


def _learn_hazards(active: Mapping[int, int], times: Mapping[int, int]) -> Sequence[float]:
    """The hazard of each hour of the week, drawn towards that of its kind of day."""
    likely = [0.0] * _WEEK
    for kind in (range(_SATURDAY), range(_SATURDAY, _WEEK)):
        rate = _share(sum(active.get(s, 0) for s in kind), sum(times.get(s, 0) for s in kind))
        for hour in range(24):
            alike = kind[hour::24]
            came, seen = (sum(n.get(s, 0) for s in alike) for n in (active, times))
            mean = (came + _PRIOR * rate) / (seen + _PRIOR)
            for slot in alike:
                n = times.get(slot, 0)
                p = (active.get(slot, 0) + _PRIOR * mean) / (n + _PRIOR)
                likely[slot] = min(p, 1 - 0.5 / (n + 1))
    return array("f", (-math.log1p(-p) for p in likely))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _measure_pauses(
    counts: Mapping[int, int],
    hours: Sequence[int],
    slots: Sequence[int],
    hazards: Sequence[float],
) -> Iterable[float]:
    """The hazard of each pause that was heard from its begin to its end."""
    silent: float | None = None
    expected = None
    for hour, slot in zip(hours, slots, strict=True):
        if hour != expected:
            silent = None
        expected = hour + 1
        if hour in counts:
            if silent is not None:
                yield silent
            silent = 0.0
        elif silent is not None:
            silent += hazards[slot]


def _fit_tail(pauses: Sequence[float]) -> tuple[float, float, int]:
    """Where the longest tenth begins, by how much it goes on, and how many they are."""
    tail = min(len(pauses) - 1, max(_TAIL_LEAST, len(pauses) // _TAIL_SHARE))
    usual, second = pauses[tail], pauses[1]
    beyond = math.fsum((second, *pauses[1:tail])) - tail * usual
    # Nothing is more regular than the hours themselves.
    return usual, max(1.0, beyond / (tail - 1)), tail
