"""What the operator is told of the program itself, inside the transaction that noticed it."""

from datetime import datetime

from monitor.core.alert import default_channels, notify_operator
from monitor.core.events import AlertQueued, Event
from monitor.core.feed import is_failing
from monitor.core.model import Feed, FeedState
from monitor.core.render import render_notice
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction


def tell_failing(parts: Parts, tx: Transaction, feed: Feed, state: FeedState) -> list[Event]:
    """Say that a feed fails: once for each row of failures, whose start is the occasion."""
    if not is_failing(state, parts.clock()) or state.failing_since_at is None:
        return []
    tx.notes.set(_note(feed), state.failing_since_at.isoformat())
    return queue_notice(
        parts,
        tx,
        "feed-failing",
        subject_id=f"feed-{feed.id}",
        since=state.failing_since_at,
        feed=feed.spec.name,
        error=state.last_error or "",
    )


def tell_recovered(parts: Parts, tx: Transaction, feed: Feed) -> list[Event]:
    """Say that a feed is back, where it was said that it fails."""
    told = tx.notes.get(_note(feed))
    if told is None:
        return []
    tx.notes.set(_note(feed), None)
    return queue_notice(
        parts,
        tx,
        "feed-recovered",
        subject_id=f"feed-{feed.id}",
        since=datetime.fromisoformat(told),
        feed=feed.spec.name,
    )


def _note(feed: Feed) -> str:
    return f"told that feed {feed.id} fails since"


def queue_notice(
    parts: Parts,
    tx: Transaction,
    kind: str,
    *,
    subject_id: str,
    since: datetime,
    without: str | None = None,
    **values: str | int,
) -> list[Event]:
    """Queue a notice to the default channels, except the one it is about."""
    now = parts.clock()
    channels = [c for c in default_channels(parts.rules.routes) if c != without]
    message = render_notice(kind, parts.rules.language, **values)
    occasion = f"{kind} {since.isoformat()}"
    alerts = notify_operator(subject_id, occasion, channels, kind, message)
    queued = tx.outbox.queue(alerts, now, now)
    return [AlertQueued(queued)] if queued else []
