"""What the operator is told of the program itself: facts are gathered, core decides, it is queued.

All in one transaction, so that a notice and the memory of having told it are one.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from monitor.core.alert import default_channels, notify_operator
from monitor.core.events import AlertQueued, Event
from monitor.core.feed import is_failing
from monitor.core.model import REPLACED, Lull, Trouble, TroubleKind
from monitor.core.notice import (
    Facts,
    Notice,
    Watched,
    choose_channels,
    decide_notices,
    find_troubles,
    follow,
)
from monitor.core.render import render_troubles
from monitor.pipeline.lulls import find_lulls, note_break
from monitor.pipeline.parts import Live, Parts, Space
from monitor.ports import Transaction

log = logging.getLogger(__name__)

TROUBLES = "troubles"
WATCHED_UNTIL = "watched until"
WATCHED_SINCE = "watched since"
"""Notes: what is watched; until and since when we run."""

_OF_FEEDS = frozenset({TroubleKind.FEED, TroubleKind.FEED_QUIET})

BREAK = timedelta(hours=1)
"""After a stop of so long, silences are counted anew: nobody was listening."""

DEAD_RECENTLY = timedelta(minutes=15)
"""So long a dead message is seen, although its channel has taken others since."""

ARTICLES_BACK = timedelta(days=14)
FLAGGED_BACK = timedelta(days=90)
"""How far back the usual silences are learned from."""


def tell_troubles(parts: Parts, tx: Transaction) -> list[Event]:
    """Queue the notices of this minute, and remember what is watched."""
    now = parts.clock()
    known = _drop_removed(parts, tx, _load(tx))
    facts = _gather(parts, tx, known, now)
    notices, watched = decide_notices(follow(known, find_troubles(facts, known, now), now), now)
    if watched != known:
        tx.notes.set(TROUBLES, _dump(watched))
    queued = sum(_queue(parts, tx, notice, now) for notice in notices)
    return [AlertQueued(queued)] if queued else []


def read_quiet(tx: Transaction) -> tuple[str, ...]:
    """The names of the feeds that are silent for longer than chance explains."""
    silent = (w for w in _load(tx) if w.trouble.kind is TroubleKind.FEED_QUIET)
    return tuple(sorted(w.trouble.name for w in silent if w.ended_at is None))


def _drop_removed(parts: Parts, tx: Transaction, known: tuple[Watched, ...]) -> tuple[Watched, ...]:
    """Forget the troubles of feeds and topics that are no longer watched: they are not over."""
    feeds = {int(w.trouble.subject) for w in known if w.trouble.kind in _OF_FEEDS}
    gone = feeds - {feed.id for feed in tx.feeds.load(tuple(feeds))} if feeds else set()
    topics = {topic.name for topic in parts.topics}
    return tuple(
        w
        for w in known
        if not (w.trouble.kind in _OF_FEEDS and int(w.trouble.subject) in gone)
        and not (w.trouble.kind is TroubleKind.TOPIC_QUIET and w.trouble.subject not in topics)
    )


def _gather(parts: Parts, tx: Transaction, known: tuple[Watched, ...], now: datetime) -> Facts:
    articles_at, since = tx.articles.hours(now - ARTICLES_BACK), _note_watching(parts, tx, now)
    came_at = articles_at[-1] if articles_at else since
    return Facts(
        failing=tuple(feed for feed in tx.feeds.failing() if is_failing(feed.state, now)),
        channels=tx.outbox.failing(now - DEAD_RECENTLY),
        network=_has_network(parts.live),
        disk_full=parts.live.space is not Space.FREE,
        articles_at=articles_at,
        flagged_at=tx.articles.hours(now - FLAGGED_BACK, flagged=True),
        watching_since=since,
        replaced=tx.notes.get(REPLACED) or "",
        lulls=find_lulls(parts, tx, known, (since, came_at)),
    )


def _has_network(live: Live) -> bool | None:
    """None while no feed has been asked since the start, or all that were could not be reached."""
    if live.network_lost:
        return False
    return None if live.answered_at is None or live.unreachable else True


def _note_watching(parts: Parts, tx: Transaction, now: datetime) -> datetime:
    """Since when feeds are read without a break: a stop, a lost network or a full disk is one."""
    until = datetime.fromisoformat(tx.notes.get(WATCHED_UNTIL) or now.isoformat())
    since = datetime.fromisoformat(tx.notes.get(WATCHED_SINCE) or now.isoformat())
    blind = parts.live.network_lost or parts.live.space is not Space.FREE
    if blind or abs(now - until) > BREAK:
        note_break(tx, min(until, now), now)
        since = now
    tx.notes.set(WATCHED_UNTIL, now.isoformat())
    tx.notes.set(WATCHED_SINCE, since.isoformat())
    return since


def _queue(parts: Parts, tx: Transaction, notice: Notice, now: datetime) -> int:
    rules = parts.rules
    troubles = [(w.trouble, w.began_at) for w in notice.watched]
    message = render_troubles(
        notice.kind, troubles, rules.language, rules.timezone, over=notice.over
    )
    everywhere = [channel for route in rules.routes for channel in route.channels]
    channels = choose_channels(notice, default_channels(rules.routes), everywhere)
    log.warning("notice: %s%s", notice.reason, ", over" if notice.over else "")
    alerts = notify_operator(notice.kind, notice.occasion, channels, notice.reason, message)
    return tx.outbox.queue(alerts, now, now)


# --- the note -------------------------------------------------------------------------------------

_TIMES_END = 8


def _load(tx: Transaction) -> tuple[Watched, ...]:
    return tuple(_read(row) for row in json.loads(tx.notes.get(TROUBLES) or "[]"))


def _dump(watched: Iterable[Watched]) -> str:
    return json.dumps([_write(one) for one in watched], ensure_ascii=False)


def _write(watched: Watched) -> list[Any]:
    trouble = watched.trouble
    times = (trouble.since, watched.began_at, watched.ended_at)
    told = [at.isoformat() if at else None for at in times]
    named = [trouble.kind, trouble.subject, trouble.name, trouble.detail]
    return [*named, watched.told, *told, _write_lull(trouble.lull)]


def _read(row: list[Any]) -> Watched:
    # Before there were lulls a row ended with the times.
    kind, subject, name, detail, told, *times, lull = row if len(row) > _TIMES_END else [*row, None]
    since, began_at, ended_at = (datetime.fromisoformat(at) if at else None for at in times)
    trouble = Trouble(TroubleKind(kind), subject, name, detail, since, lull=_read_lull(lull))
    assert began_at is not None  # noqa: S101 - `_write` wrote it
    return Watched(trouble, began_at, bool(told), ended_at)


def _write_lull(lull: Lull | None) -> list[float] | None:
    return [lull.span.total_seconds(), lull.usual, lull.odds] if lull else None


def _read_lull(row: list[float] | None) -> Lull | None:
    return Lull(timedelta(seconds=row[0]), row[1], row[2]) if row else None
