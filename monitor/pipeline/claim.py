"""What a channel sends next, in one transaction: `core.delivery` decides, after silences.

What a decision only writes (rows held, delayed, folded) is written until one is left that sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core import outbox as rules_of
from monitor.core.delivery import HOUR, Act, ChannelRules, Turn, find_cool_down, take_turn
from monitor.core.model import Alert, Delivery, Message, OutboxRow, Story, Subject
from monitor.core.render import render_alert, render_summary
from monitor.errors import NotFound
from monitor.pipeline.labels import make_ballot
from monitor.pipeline.parts import Parts
from monitor.pipeline.silences import drop_silenced
from monitor.ports import Transaction

INSTALLATION = "installation"
"""The note that names this database, at random, for keys and references of messages."""

GONE = "its story is gone"

_HEARD = {Delivery.IN_FLIGHT, Delivery.SENT}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is in flight now, with its message, and the name of this installation.

    `thread` is the subject's id under which the channel heard first of it.
    """

    row: OutboxRow
    thread: str
    installation: str


def claim_next(parts: Parts, channel: str, tx: Transaction) -> Claimed | datetime | None:
    """Take the channel's next row, or say until when to wait for it; None: nothing is due."""
    now = parts.clock()
    if tx.silences.in_force(now):
        drop_silenced(tx, tx.outbox.due(now, channel), now)
    while turn := _decide(parts, channel, tx, now):
        match turn.act:
            case Act.WAIT:
                return turn.until
            case Act.HOLD:
                _hold(turn, tx, now)
            case Act.DELAY:
                _delay(turn, tx, now)
            case Act.FOLD:
                _fold(parts, channel, turn, tx, now)
            case Act.SEND:
                claimed = _claim(parts, turn.rows[0], tx, now)
                if claimed is not None:
                    return claimed
    return None


def _decide(parts: Parts, channel: str, tx: Transaction, now: datetime) -> Turn | None:
    rules = parts.rules.rules_of(channel)
    due = tx.outbox.due(now, channel)
    return take_turn(
        due,
        rules,
        tx.outbox.taken(channel, now - HOUR, now),
        now,
        _read_scores(due, rules, tx),
        _read_cooling(due, parts.rules.cool_down, tx, now),
    )


def _read_scores(
    due: Sequence[OutboxRow], rules: ChannelRules, tx: Transaction
) -> dict[int, float]:
    if rules.quiet is None or rules.break_through is None:
        return {}
    first = ((row.id, _find_story(row, tx)) for row in due if row.alert.is_first)
    return {row_id: story.score if story else 0.0 for row_id, story in first}


def _read_cooling(
    due: Sequence[OutboxRow], cool_down: timedelta, tx: Transaction, now: datetime
) -> dict[int, datetime]:
    updates = [row for row in due if row.alert.is_update]
    found = (
        (row.id, find_cool_down(row, tx.outbox.told(row.alert.subject_id), cool_down, now))
        for row in updates
    )
    return {row_id: until for row_id, until in found if until is not None}


def _delay(turn: Turn, tx: Transaction, now: datetime) -> None:
    for row in turn.rows:
        tx.outbox.save(rules_of.delay(row, turn.until or now, turn.reason))


def _hold(turn: Turn, tx: Transaction, now: datetime) -> None:
    for row in turn.rows:
        tx.outbox.save(rules_of.hold(row, turn.until or now, turn.reason))
    tx.counters.bump("alerts held", len(turn.rows), now)


def _fold(parts: Parts, channel: str, turn: Turn, tx: Transaction, now: datetime) -> None:
    """Queue the summary and fold the rows into it, together.

    Where a story is gone its row is dropped instead, and the rest decided on anew.
    """
    found = [(row, _find_story(row, tx)) for row in turn.rows]
    stories = {story.id: story for _, story in found if story is not None}
    gone = [row for row, story in found if story is None]
    for row in gone:
        tx.outbox.save(rules_of.drop(row, now, GONE))
    if gone:
        return
    summary = _queue_summary(parts, channel, turn, list(stories.values()), tx, now)
    for row in turn.rows:
        tx.outbox.save(rules_of.fold(row, summary.id, now, turn.reason))
    tx.counters.bump("alerts folded", len(turn.rows), now)


def _queue_summary(
    parts: Parts,
    channel: str,
    turn: Turn,
    stories: Sequence[Story],
    tx: Transaction,
    now: datetime,
) -> OutboxRow:
    rules = parts.rules
    ballot = make_ballot(tx, rules.public_url, now)
    message = render_summary(stories, parts.labels(), rules.language, rules.allow, ballot)
    first = str(turn.rows[0].id)
    alert = Alert(Subject.SUMMARY, first, "folded", channel, turn.reason, message)
    tx.outbox.queue([alert], now, now)
    row = tx.outbox.find(alert)
    if row is None:
        raise NotFound(f"the summary {alert.key} vanished while it was queued")
    return row


def _claim(parts: Parts, row: OutboxRow, tx: Transaction, now: datetime) -> Claimed | None:
    """Put the row in flight with its message; one whose story is gone is dropped."""
    message = row.alert.message or _render(parts, row, tx)
    if message is None:
        tx.outbox.save(rules_of.drop(row, now, GONE))
        return None
    claimed = rules_of.claim(row, message, now)
    tx.outbox.save(claimed)
    return Claimed(claimed, _find_thread(row.alert, tx), tx.notes.get(INSTALLATION) or "monitor")


def _find_thread(alert: Alert, tx: Transaction) -> str:
    """Name what the channel heard first of a story: before a correction it had another id."""
    if alert.subject is not Subject.STORY:
        return alert.subject_id
    heard = (row.alert for row in tx.outbox.told(alert.subject_id) if row.state in _HEARD)
    ids = (first.subject_id for first in heard if first.channel == alert.channel)
    return next(ids, alert.subject_id)


def _render(parts: Parts, row: OutboxRow, tx: Transaction) -> Message | None:
    story = _find_story(row, tx)
    if story is None:
        return None
    rules = parts.rules
    return render_alert(
        story,
        story.members[0],
        parts.labels(),
        row.alert.reason,
        language=rules.language,
        zone=rules.timezone,
        allow=rules.allow,
        ballot=make_ballot(tx, rules.public_url, parts.clock()),
    )


def _find_story(row: OutboxRow, tx: Transaction) -> Story | None:
    return tx.stories.get(int(row.alert.subject_id))
