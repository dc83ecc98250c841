"""Everything that is to be said, and the log of what was said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, cast, exists, func
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, and_, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from monitor.core.model import FIRST, WAITING, Alert, ChannelTrouble, Delivery, OutboxRow, Subject
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.codec import dump_message, load_message

LONGEST_HOLD = timedelta(hours=26)
"""Longer than any quiet hours, also in a night with a clock change."""

SETTLED = (Delivery.SENT, Delivery.FOLDED, Delivery.DROPPED)
"""States that no row leaves, so that its text is needed no more; a dead one may be retried."""

NAMED_ROWS = 5
"""How many failed rows of a channel a notice names."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Fulfils `ports.Outbox`. A row's id is its place in the order of its channel."""

    session: Session

    def queue(self, alerts: Iterable[Alert], due_at: datetime, now: datetime) -> int:
        """Insert as pending; what the UNIQUE key already knows is left alone. Count the new."""
        return sum(self._insert(alert_row(alert, due_at, now)) for alert in alerts)

    def due(self, now: datetime, channel: str | None = None) -> tuple[OutboxRow, ...]:
        """Pending and retry rows that are due and not held, per channel oldest first.

        A row waits while an older row of its channel is in flight or waits for its next attempt,
        so that the order per channel is kept. An older row that is held (quiet hours, a cap), only
        scheduled for later (group wait) or dead holds nobody up.
        """
        older = aliased(schema.Outbox)
        blocked = exists().where(
            col(older.channel) == col(schema.Outbox.channel),
            col(older.id) < col(schema.Outbox.id),
            or_(
                older.state == Delivery.IN_FLIGHT,
                and_(older.state == Delivery.RETRY, older.due_at > now),
            ),
        )
        ready = (
            select(schema.Outbox)
            .where(
                col(schema.Outbox.state).in_(WAITING),
                col(schema.Outbox.due_at) <= now,
                ~_is_held(now),
                ~blocked,
            )
            .order_by(col(schema.Outbox.id))
        )
        if channel is not None:
            ready = ready.where(schema.Outbox.channel == channel)
        return self._read(ready)

    def taken(self, channel: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """When the channel took messages of stories, in (since, until], oldest first."""
        sent = select(schema.Outbox.settled_at).where(
            schema.Outbox.channel == channel,
            schema.Outbox.state == Delivery.SENT,
            col(schema.Outbox.subject).in_([Subject.STORY, Subject.SUMMARY]),
            col(schema.Outbox.settled_at) > since,
            col(schema.Outbox.settled_at) <= until,
        )
        times = self.session.exec(sent.order_by(col(schema.Outbox.settled_at)))
        return tuple(at for at in times if at is not None)

    def release(self, now: datetime, subject_id: str | None = None) -> None:
        """Let what is held be decided on anew: all rows, or those of one story."""
        held = update(schema.Outbox).where(
            col(schema.Outbox.state).in_(WAITING), col(schema.Outbox.held_until) > now
        )
        if subject_id is not None:
            held = held.where(
                col(schema.Outbox.subject) == Subject.STORY,
                col(schema.Outbox.subject_id) == subject_id,
            )
        self.session.exec(held.values(held_until=now))

    def waiting(self) -> tuple[OutboxRow, ...]:
        """Every row that is pending or to be tried again, due or not, oldest first."""
        rows = select(schema.Outbox).where(col(schema.Outbox.state).in_(WAITING))
        return self._read(rows.order_by(col(schema.Outbox.id)))

    def in_flight(self) -> tuple[OutboxRow, ...]:
        """Claimed rows without a receipt: being sent, or cut off by a kill."""
        claimed = select(schema.Outbox).where(schema.Outbox.state == Delivery.IN_FLIGHT)
        return self._read(claimed.order_by(col(schema.Outbox.id)))

    def get(self, row_id: int) -> OutboxRow | None:
        """One row."""
        row = self.session.get(schema.Outbox, row_id)
        return outbox_row_of(row) if row else None

    def find(self, alert: Alert) -> OutboxRow | None:
        """The row of this key."""
        this = select(schema.Outbox).where(
            schema.Outbox.subject == alert.subject,
            schema.Outbox.subject_id == alert.subject_id,
            schema.Outbox.occasion == alert.occasion,
            schema.Outbox.channel == alert.channel,
        )
        return next(iter(self._read(this)), None)

    def save(self, row: OutboxRow) -> None:
        """Replace everything but what it tells of. Raise `NotFound`."""
        status = {
            "state": row.state,
            "attempts": row.attempts,
            "due_at": row.due_at,
            "claimed_at": row.claimed_at,
            "settled_at": row.settled_at,
            "ambiguous": row.ambiguous,
            "error": row.error,
            "receipt": row.receipt,
            "held_until": row.held_until,
            "folded_into": row.folded_into,
            "note": row.note,
            "message": dump_message(row.alert.message),
        }
        this = col(schema.Outbox.id) == row.id
        changed = self.session.exec(update(schema.Outbox).where(this).values(**status))
        if not changed.rowcount:
            raise NotFound(f"no outbox row {row.id}; `monitor outbox list` shows them")

    def list(
        self,
        states: Iterable[Delivery] = (),
        limit: int = 100,
        subject: Subject | None = None,
        channel: str | None = None,
        skip: int = 0,
    ) -> tuple[OutboxRow, ...]:
        """Newest first, after as many as to skip; no states, subject or channel means all."""
        newest = select(schema.Outbox).order_by(col(schema.Outbox.id).desc())
        newest = newest.limit(limit).offset(skip)
        if wanted := tuple(states):
            newest = newest.where(col(schema.Outbox.state).in_(wanted))
        if subject is not None:
            newest = newest.where(schema.Outbox.subject == subject)
        if channel is not None:
            newest = newest.where(schema.Outbox.channel == channel)
        return self._read(newest)

    def told(self, subject_id: str) -> tuple[OutboxRow, ...]:
        """All rows about the story of this id, oldest first: the notification log.

        What was merged into it, and what it was split from, was told of it too.
        """
        asked = {"story": int(subject_id), "subject_id": subject_id}
        return tuple(map(outbox_row_of, self.session.connection().execute(TOLD, asked)))

    def first_told(self, story_ids: Iterable[int]) -> Mapping[int, datetime]:
        """When the first channel took the first alert of each of at most 500 stories."""
        counts = {id_: {id_} for id_ in story_ids}
        logs = select(schema.StoryLog).where(col(schema.StoryLog.story_id).in_(counts))
        for log in self.session.exec(logs):
            counts[log.story_id].add(log.log_of)
        asked = {str(of) for all_of in counts.values() for of in all_of}
        first = (
            select(schema.Outbox.subject_id, func.min(schema.Outbox.settled_at))
            .where(
                schema.Outbox.subject == Subject.STORY,
                col(schema.Outbox.subject_id).in_(asked),
                schema.Outbox.occasion == FIRST,
                schema.Outbox.state == Delivery.SENT,
            )
            .group_by(col(schema.Outbox.subject_id))
        )
        told = {int(id_): at for id_, at in self.session.exec(first) if at}
        found = {id_: [told[of] for of in all_of if of in told] for id_, all_of in counts.items()}
        return {id_: min(times) for id_, times in found.items() if times}

    def newest_of(self, subject: Subject, since: datetime) -> tuple[OutboxRow, ...]:
        """Of each thing and channel the newest row that was made since then, newest first."""
        newest = (
            select(func.max(schema.Outbox.id))
            .where(schema.Outbox.subject == subject, schema.Outbox.created_at >= since)
            .group_by(col(schema.Outbox.subject_id), col(schema.Outbox.channel))
        )
        these = select(schema.Outbox).where(col(schema.Outbox.id).in_(newest))
        return self._read(these.order_by(col(schema.Outbox.id).desc()))

    def count(self) -> Mapping[Delivery, int]:
        """How many rows are in each state."""
        counted = select(schema.Outbox.state, func.count()).group_by(col(schema.Outbox.state))
        return {Delivery(state): count for state, count in self.session.exec(counted)}

    def forget(self, before: datetime) -> int:
        """Delete the texts of what was settled before; who was told of what stays. Count them."""
        old = (
            update(schema.Outbox)
            .where(
                col(schema.Outbox.state).in_(SETTLED),
                col(schema.Outbox.settled_at) < before,
                col(schema.Outbox.message).is_not(None),
            )
            .values(message=None)
        )
        return self.session.exec(old).rowcount

    def failing(self, recent: datetime) -> tuple[ChannelTrouble, ...]:
        """Channels with a failed message that waits, or that have taken none since one was dead.

        What died since `recent` counts in any case: the channel may take every other message.
        """
        tried = or_(
            schema.Outbox.state == Delivery.RETRY,
            and_(schema.Outbox.state == Delivery.IN_FLIGHT, col(schema.Outbox.error).is_not(None)),
        )
        waiting = self._read(select(schema.Outbox).where(tried).order_by(col(schema.Outbox.id)))
        dead = self._read(self._dead(recent))
        by_channel: dict[str, list[OutboxRow]] = {}
        for row in (*waiting, *dead):
            by_channel.setdefault(row.alert.channel, []).append(row)
        return tuple(channel_trouble(name, rows) for name, rows in sorted(by_channel.items()))

    def _dead(self, recent: datetime) -> SelectOfScalar[schema.Outbox]:
        """Select dead rows of channels that have taken nothing after them, and recent ones."""
        later = aliased(schema.Outbox)
        taken = exists().where(
            col(later.channel) == col(schema.Outbox.channel),
            col(later.state) == Delivery.SENT,
            col(later.settled_at) > col(schema.Outbox.settled_at),
        )
        counts = or_(~taken, col(schema.Outbox.settled_at) > recent)
        dead = select(schema.Outbox).where(schema.Outbox.state == Delivery.DEAD, counts)
        return dead.order_by(col(schema.Outbox.id))

    def _insert(self, row: Mapping[str, object]) -> int:
        done = self.session.exec(insert(schema.Outbox).values(**row).on_conflict_do_nothing())
        return done.rowcount

    def _read(self, statement: SelectOfScalar[schema.Outbox]) -> tuple[OutboxRow, ...]:
        return tuple(outbox_row_of(row) for row in self.session.exec(statement))


TABLE = SQLModel.metadata.tables["outbox"]
TOLD = (
    select_columns(TABLE)
    .where(
        TABLE.c.subject == Subject.STORY,
        or_(
            TABLE.c.subject_id == bindparam("subject_id"),
            TABLE.c.subject_id.in_(
                select(cast(schema.StoryLog.log_of, Text)).where(
                    schema.StoryLog.story_id == bindparam("story")
                )
            ),
        ),
    )
    .order_by(TABLE.c.id)
)
"""Prepared: each flagged article asks for it twice."""


def _is_held(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that a row is held; a hold that is too long is of a clock that was wrong."""
    return and_(
        col(schema.Outbox.held_until).is_not(None),
        col(schema.Outbox.held_until) > now,
        col(schema.Outbox.held_until) <= now + LONGEST_HOLD,
    )


def alert_row(alert: Alert, due_at: datetime, now: datetime) -> dict[str, object]:
    """Write a new alert."""
    return {
        "subject": alert.subject,
        "subject_id": alert.subject_id,
        "occasion": alert.occasion,
        "channel": alert.channel,
        "reason": alert.reason,
        "state": Delivery.PENDING,
        "attempts": 0,
        "ambiguous": False,
        "due_at": due_at,
        "created_at": now,
        "message": dump_message(alert.message),
        "article_id": alert.article_id,
    }


def channel_trouble(channel: str, rows: Sequence[OutboxRow]) -> ChannelTrouble:
    """Sum up the failed rows of a channel; the first few are named."""
    dead = [row for row in rows if row.state is Delivery.DEAD]
    ids = sorted(row.id for row in rows)
    return ChannelTrouble(channel, rows[0].error or "", bool(dead), tuple(ids[:NAMED_ROWS]))


def outbox_row_of(row: Any) -> OutboxRow:
    """Turn a row, of the table or of its columns, into the value that leaves the store."""
    alert = Alert(
        subject=Subject(row.subject),
        subject_id=row.subject_id,
        occasion=row.occasion,
        channel=row.channel,
        reason=row.reason,
        message=load_message(row.message),
        article_id=row.article_id,
    )
    return OutboxRow(
        id=row.id or 0,
        alert=alert,
        state=Delivery(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        created_at=row.created_at,
        claimed_at=row.claimed_at,
        settled_at=row.settled_at,
        ambiguous=row.ambiguous,
        error=row.error,
        receipt=row.receipt,
        held_until=row.held_until,
        folded_into=row.folded_into,
        note=row.note,
    )
