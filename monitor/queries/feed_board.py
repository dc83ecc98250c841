"""The feeds as the page shows them: each with its days, one with what it brought last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.model import Article, Feed
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.feeds import FeedLine, outline_feed, time_feeds
from monitor.queries.rhythms import draw_rhythms

NEWEST = 12


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


def draw_feeds(
    tx: Transaction, lines: Sequence[FeedLine], now: datetime, zone: str
) -> tuple[FeedCard, ...]:
    """These feeds in the same order; days are those of the IANA `zone`."""
    rhythms = draw_rhythms(tx, zone, now, [line.id for line in lines])
    days = {rhythm.url: rhythm.days for rhythm in rhythms}
    return tuple(FeedCard(line, days[line.url]) for line in time_feeds(tx, now, lines))


def show_feed(tx: Transaction, feed_id: int, now: datetime, zone: str) -> FeedPage:
    """One polled feed. Raise `NotFound`."""
    feed = get_feed(tx, feed_id)
    (card,) = draw_feeds(tx, [outline_feed(feed, now)], now, zone)
    return FeedPage(card, feed, tx.articles.newest(NEWEST, feed_id))


def get_feed(tx: Transaction, feed_id: int) -> Feed:
    """The polled feed of this id. Raise `NotFound`."""
    for feed in tx.feeds.load([feed_id]):
        return feed
    raise NotFound(f"no feed {feed_id}; `monitor feeds list` shows all")
