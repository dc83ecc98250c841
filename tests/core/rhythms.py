"""Feeds as they are: invented rhythms to draw archives from, hour by hour."""

import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) // 3600
"""A Monday at midnight, UTC: the zone of all drawn rhythms."""


@dataclass(frozen=True)
class Rhythm:
    """`rate` gives the articles an hour usually brings, by weekday and hour.

    `mood` is how much a whole day differs from its like (standard deviation of its factor), `batch`
    how many come together on the average, `away` the chance of a day to begin a week off.
    """

    rate: Callable[[int, int], float]
    mood: float = 0.3
    batch: float = 1.0
    away: float = 0.0


def by_day(work: float, weekend: float, begin: int, end: int, night: float = 0.0) -> Rhythm:
    """So many articles an hour between two hours of the day, and at night."""

    def rate(weekday: int, hour: int) -> float:
        busy = work if weekday < 5 else weekend
        return busy if begin <= hour < end else night

    return Rhythm(rate)


def at_hours(*moments: tuple[int, int]) -> Rhythm:
    """One issue at these weekdays and hours, with many articles, now and then left out."""
    return Rhythm(lambda weekday, hour: 32.0 if (weekday, hour) in moments else 0.0, 0.2, 8.0)


RHYTHMS: Mapping[str, Rhythm] = {
    "agency": by_day(6, 4, 6, 23, 1.0),
    "newspaper": by_day(2.5, 1.0, 6, 22, 0.1),
    "magazine": Rhythm(by_day(1.2, 0.25, 8, 19).rate, 0.4),
    "ministry": Rhythm(by_day(0.35, 0.0, 9, 17).rate, 0.6),
    "bursts": Rhythm(by_day(0.3, 0.1, 7, 22, 0.02).rate, 0.8, 5.0),
    "blog": Rhythm(by_day(0.04, 0.03, 7, 23).rate, 0.8, 1.0, away=0.02),
    "night desk": by_day(0.2, 0.2, 5, 17, 1.5),
    "morning issue": at_hours(*((day, 6) for day in range(5))),
    "weekly": at_hours((4, 10)),
    "even": Rhythm(lambda _weekday, _hour: 0.5, 0.2),
}


SLOW: Mapping[str, Rhythm] = {
    "ten days": by_day(0.0175, 0.0, 9, 17),
    "two weeks": by_day(0.0125, 0.0, 9, 17),
    "a month": by_day(0.00575, 0.0, 9, 17),
}
"""An article in such a time, on the average, and never regularly."""


def draw_hours(rhythm: Rhythm, days: int, seed: int) -> dict[int, int]:
    """The articles of each hour that has any, over so many days from `FIRST` on."""
    dice = random.Random(seed)  # noqa: S311 - the same feeds in every run
    counts, away = dict[int, int](), 0
    for day in range(days):
        away = 7 if dice.random() < rhythm.away else max(away - 1, 0)
        factor = 0.0 if away else _draw_mood(dice, rhythm.mood)
        for hour in range(24):
            events = _draw_poisson(dice, factor * rhythm.rate(day % 7, hour) / rhythm.batch)
            articles = sum(1 + _draw_poisson(dice, rhythm.batch - 1) for _ in range(events))
            if articles:
                counts[FIRST + 24 * day + hour] = articles
    return counts


def draw_feeds(
    count: int, days: int, seed: int = 0, rhythms: Mapping[str, Rhythm] = RHYTHMS
) -> Iterable[tuple[str, dict[int, int]]]:
    """So many feeds, of all rhythms in turn, some busier than others."""
    for n in range(count):
        name = list(rhythms)[n % len(rhythms)]
        yield name, draw_hours(rhythms[name], days, seed + n)


def _draw_mood(dice: random.Random, deviation: float) -> float:
    shape = 1 / deviation**2
    return dice.gammavariate(shape, 1 / shape)


def _draw_poisson(dice: random.Random, mean: float) -> int:
    if mean <= 0:
        return 0
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count
