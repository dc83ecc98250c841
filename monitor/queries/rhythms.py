"""How often each feed brought something new: what a page draws as a sparkline."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model import Feed
from monitor.ports import Transaction

DAYS = 14
HOUR = 3600


@dataclass(frozen=True, slots=True)
class RhythmLine:
    """The new articles of a feed on each of the last days, and in each hour of the local week.

    `days` pairs a local date with its count, the oldest first, the last until now. `week` counts
    the same articles by hour: 7 times 24 numbers, from Monday at midnight on.
    """

    url: str
    days: tuple[tuple[date, int], ...]
    week: tuple[int, ...]


def draw_rhythms(
    tx: Transaction, zone: str, now: datetime, feed_ids: Collection[int] | None = None
) -> tuple[RhythmLine, ...]:
    """These polled feeds (None: all, by name). The hour of the first fetch does not count."""
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    dates = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    begin = datetime(dates[0].year, dates[0].month, dates[0].day, tzinfo=local)
    counts = tx.rhythms.of_feeds(begin.astimezone(UTC), feed_ids)
    named = _name_hours({hour for of_it in counts.values() for hour in of_it}, local)
    feeds = tx.feeds.list() if feed_ids is None else tx.feeds.load(list(feed_ids))
    return tuple(_draw(feed, counts.get(feed.id, {}), dates, named) for feed in feeds)


def _draw(
    feed: Feed,
    counts: Mapping[int, int],
    dates: Iterable[date],
    named: Mapping[int, tuple[date, int]],
) -> RhythmLine:
    by_day, by_slot = Counter[date](), Counter[int]()
    begun = feed.state.baseline_at
    for hour, count in counts.items():
        if begun and hour * HOUR > begun.timestamp():
            day, slot = named[hour]
            by_day[day] += count
            by_slot[slot] += count
    week = tuple(by_slot[slot] for slot in range(7 * 24))
    return RhythmLine(feed.spec.url, tuple((day, by_day[day]) for day in dates), week)


def _name_hours(hours: Iterable[int], zone: ZoneInfo) -> Mapping[int, tuple[date, int]]:
    """The local date and hour of the week of each, reckoned once for all feeds."""
    local = {hour: datetime.fromtimestamp(hour * HOUR, zone) for hour in hours}
    return {hour: (at.date(), at.weekday() * 24 + at.hour) for hour, at in local.items()}
