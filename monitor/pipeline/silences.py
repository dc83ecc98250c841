"""Silences: what is silenced is dropped, with the reason, inside the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime

from monitor.core.model import WAITING, OutboxRow, Subject
from monitor.core.outbox import drop
from monitor.core.silence import Matcher, Silence, describe_silence, find_silence
from monitor.ports import Transaction


def add_silence(
    tx: Transaction, matcher: Matcher, until: datetime, reason: str, now: datetime
) -> tuple[Silence, int]:
    """Remember a silence and drop the alerts that wait and that it means; count those."""
    silence = tx.silences.add(matcher, until, reason, now)
    return silence, drop_silenced(tx, tx.outbox.waiting(), now)


def drop_silenced(tx: Transaction, rows: Iterable[OutboxRow], now: datetime) -> int:
    """Drop the waiting alerts among the rows whose story is silenced now; count them."""
    silences = tx.silences.in_force(now)
    if not silences:
        return 0
    dropped = 0
    for row in rows:
        reason = _find_reason(tx, row, silences, now)
        if reason is not None:
            tx.outbox.save(drop(row, now, reason))
            dropped += 1
    tx.counters.bump("alerts silenced", dropped, now)
    return dropped


def _find_reason(
    tx: Transaction, row: OutboxRow, silences: Iterable[Silence], now: datetime
) -> str | None:
    if row.alert.subject is not Subject.STORY or row.state not in WAITING:
        return None
    story = tx.stories.get(int(row.alert.subject_id))
    silence = find_silence(story, silences, now) if story else None
    return describe_silence(silence) if silence else None
