"""Which feeds there are: lists from elsewhere are taken over, single ones removed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.config import Settings, check_feed_url
from monitor.core.model import Feed, FeedSpec, Origin
from monitor.errors import MonitorError
from monitor.ports import Transaction


@dataclass(frozen=True, slots=True)
class Unusable:
    """A feed that was not taken, and why; without its address, which may hold a password."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list's feeds. Known ones keep what is said of them and gain tags."""

    new: tuple[FeedSpec, ...]
    known: tuple[FeedSpec, ...]
    unusable: tuple[Unusable, ...]


def import_feeds(tx: Transaction, specs: Iterable[FeedSpec], now: datetime) -> Imported:
    """Add all feeds that can be polled."""
    new, known, unusable = list[FeedSpec](), list[FeedSpec](), list[Unusable]()
    for spec in specs:
        try:
            check_feed_url(spec.url)
        except ValueError as error:
            unusable.append(Unusable(spec.name, str(error)))
            continue
        feed = tx.feeds.find(spec.url)
        if feed is None:
            tx.feeds.add(spec, now)
            new.append(spec)
        else:
            known.append(_add_tags(tx, feed, spec.tags, now))
    return Imported(tuple(new), tuple(known), tuple(unusable))


def remove_feed(tx: Transaction, url: str, settings: Settings) -> Feed:
    """Stop polling a feed that was added by command or page; its articles stay.

    Raise `NotFound`, or `MonitorError` where the configuration names it.
    """
    if any(spec.url == url for spec in settings.feeds):
        raise MonitorError(f"{url} is named in {settings.source.path}; remove it there")
    return tx.feeds.remove(url)


def _add_tags(tx: Transaction, feed: Feed, tags: tuple[str, ...], now: datetime) -> FeedSpec:
    spec = replace(feed.spec, tags=tuple(dict.fromkeys((*feed.spec.tags, *tags))))
    if spec.origin is Origin.CONFIG or spec == feed.spec:  # what the file says, holds
        return feed.spec
    return tx.feeds.add(spec, now).spec
