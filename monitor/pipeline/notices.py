"""What the operator is told of the program itself: facts are gathered, core decides, it is queued.

All in one transaction, so that a notice and the memory of having told it are one.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.alert import default_channels, notify_operator
from monitor.core.events import AlertQueued, Event
from monitor.core.feed import is_failing
from monitor.core.model import REPLACED, Trouble, TroubleKind
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
from monitor.pipeline.parts import Live, Parts, Space
from monitor.ports import Transaction

log = logging.getLogger(__name__)

TROUBLES = "troubles"
WATCHED_UNTIL = "watched until"
WATCHED_SINCE = "watched since"
"""Notes: what is watched; until and since when we run."""

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
    known = _load(tx)
    facts = _gather(parts, tx, now)
    notices, watched = decide_notices(follow(known, find_troubles(facts, known, now), now), now)
    if watched != known:
        tx.notes.set(TROUBLES, _dump(watched))
    queued = sum(_queue(parts, tx, notice, now) for notice in notices)
    return [AlertQueued(queued)] if queued else []


def _gather(parts: Parts, tx: Transaction, now: datetime) -> Facts:
    return Facts(
        failing=tuple(feed for feed in tx.feeds.failing() if is_failing(feed.state, now)),
        channels=tx.outbox.failing(now - DEAD_RECENTLY),
        network=_has_network(parts.live),
        disk_full=parts.live.space is not Space.FREE,
        articles_at=tx.articles.hours(now - ARTICLES_BACK),
        flagged_at=tx.articles.hours(now - FLAGGED_BACK, flagged=True),
        watching_since=_note_watching(parts, tx, now),
        replaced=tx.notes.get(REPLACED) or "",
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


def _load(tx: Transaction) -> tuple[Watched, ...]:
    return tuple(_read(row) for row in json.loads(tx.notes.get(TROUBLES) or "[]"))


def _dump(watched: Iterable[Watched]) -> str:
    return json.dumps([_write(one) for one in watched], ensure_ascii=False)


def _write(watched: Watched) -> list[str | bool | None]:
    trouble = watched.trouble
    times = (trouble.since, watched.began_at, watched.ended_at)
    told = [at.isoformat() if at else None for at in times]
    return [trouble.kind, trouble.subject, trouble.name, trouble.detail, watched.told, *told]


def _read(row: list[str]) -> Watched:
    kind, subject, name, detail, told, *times = row
    since, began_at, ended_at = (datetime.fromisoformat(at) if at else None for at in times)
    trouble = Trouble(TroubleKind(kind), subject, name, detail, since)
    assert began_at is not None  # noqa: S101 - `_write` wrote it
    return Watched(trouble, began_at, bool(told), ended_at)
