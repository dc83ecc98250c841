"""The feeds as the page shows them: each with its days, one with what it brought last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model import Article, Feed
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.feeds import FeedLine, time_feeds

DAYS = 14
NEWEST = 12
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed with the count of its new articles on each of the last local days, oldest first."""

    line: FeedLine
    days: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One feed whole; `newest` are its articles seen last."""

    card: FeedCard
    feed: Feed
    newest: tuple[Article, ...]


def list_feed_cards(tx: Transaction, now: datetime, zone: str) -> tuple[FeedCard, ...]:
    """All polled feeds by name; days are those of the IANA `zone`."""
    days = _list_days(now, ZoneInfo(zone))
    counts = _count_days(tx, days, ZoneInfo(zone))
    return tuple(
        FeedCard(line, tuple((day, counts.get((line.id, day), 0)) for day in days))
        for line in time_feeds(tx, now)
    )


def show_feed(tx: Transaction, feed_id: int, now: datetime, zone: str) -> FeedPage:
    """One polled feed. Raise `NotFound`."""
    feed = get_feed(tx, feed_id)
    cards = list_feed_cards(tx, now, zone)
    card = next(card for card in cards if card.line.id == feed_id)
    return FeedPage(card, feed, tx.articles.newest(NEWEST, feed_id))


def get_feed(tx: Transaction, feed_id: int) -> Feed:
    """The polled feed of this id. Raise `NotFound`."""
    for feed in tx.feeds.load([feed_id]):
        return feed
    raise NotFound(f"no feed {feed_id}; `monitor feeds list` shows all")


def _list_days(now: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    today = now.astimezone(zone).date()
    return tuple(today - n * DAY for n in reversed(range(DAYS)))


def _count_days(
    tx: Transaction, days: Sequence[date], zone: ZoneInfo
) -> Mapping[tuple[int, date], int]:
    since = datetime.combine(days[0], time(), zone)
    dates: dict[int, date] = {}
    counts = Counter[tuple[int, date]]()
    for feed_id, hours in tx.rhythms.of_feeds(since).items():
        for hour, count in hours.items():
            day = dates.get(hour) or (EPOCH + hour * HOUR).astimezone(zone).date()
            dates[hour] = day
            counts[feed_id, day] += count
    return counts
