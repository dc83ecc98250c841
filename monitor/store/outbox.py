"""Everything that is to be said, and the log of what was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from monitor.core.model import Alert, Delivery, OutboxRow, Subject
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.codec import dump_message, load_message


@dataclass(frozen=True, slots=True)
class Outbox:
    """Fulfils `ports.Outbox`. A row's id is its place in the order of its channel."""

    session: Session

    def queue(self, alerts: Iterable[Alert], due_at: datetime, now: datetime) -> int:
        """Insert as pending; what the UNIQUE key already knows is left alone. Count the new."""
        return sum(self._insert(alert_row(alert, due_at, now)) for alert in alerts)

    def due(self, now: datetime) -> tuple[OutboxRow, ...]:
        """Pending and retry rows that are due, per channel oldest first.

        A row waits while an older row of its channel is in flight or waits for its next attempt,
        so that the order per channel is kept. An older row that is only scheduled for later
        (quiet hours, group wait) or dead holds nobody up.
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
        return self._read(
            select(schema.Outbox)
            .where(
                col(schema.Outbox.state).in_([Delivery.PENDING, Delivery.RETRY]),
                col(schema.Outbox.due_at) <= now,
                ~blocked,
            )
            .order_by(col(schema.Outbox.id))
        )

    def in_flight(self) -> tuple[OutboxRow, ...]:
        """Claimed rows without a receipt: being sent, or cut off by a kill."""
        claimed = select(schema.Outbox).where(schema.Outbox.state == Delivery.IN_FLIGHT)
        return self._read(claimed.order_by(col(schema.Outbox.id)))

    def get(self, row_id: int) -> OutboxRow | None:
        """One row."""
        row = self.session.get(schema.Outbox, row_id)
        return outbox_row_of(row) if row else None

    def save(self, row: OutboxRow) -> None:
        """Replace state, attempts, times, message, error and receipt. Raise `NotFound`."""
        status = {
            "state": row.state,
            "attempts": row.attempts,
            "due_at": row.due_at,
            "claimed_at": row.claimed_at,
            "settled_at": row.settled_at,
            "ambiguous": row.ambiguous,
            "error": row.error,
            "receipt": row.receipt,
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
    ) -> tuple[OutboxRow, ...]:
        """Newest first; no states means all, likewise no subject."""
        newest = select(schema.Outbox).order_by(col(schema.Outbox.id).desc()).limit(limit)
        wanted = tuple(states)
        if wanted:
            newest = newest.where(col(schema.Outbox.state).in_(wanted))
        if subject is not None:
            newest = newest.where(schema.Outbox.subject == subject)
        return self._read(newest)

    def told(self, subject_id: str) -> tuple[OutboxRow, ...]:
        """All rows about the story of this id, oldest first: the notification log."""
        about = select(schema.Outbox).where(
            schema.Outbox.subject == Subject.STORY, schema.Outbox.subject_id == subject_id
        )
        return self._read(about.order_by(col(schema.Outbox.id)))

    def count(self) -> Mapping[Delivery, int]:
        """How many rows are in each state."""
        counted = select(schema.Outbox.state, func.count()).group_by(col(schema.Outbox.state))
        return {Delivery(state): count for state, count in self.session.exec(counted)}

    def _insert(self, row: Mapping[str, object]) -> int:
        done = self.session.exec(insert(schema.Outbox).values(**row).on_conflict_do_nothing())
        return done.rowcount

    def _read(self, statement: SelectOfScalar[schema.Outbox]) -> tuple[OutboxRow, ...]:
        return tuple(outbox_row_of(row) for row in self.session.exec(statement))


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
    }


def outbox_row_of(row: schema.Outbox) -> OutboxRow:
    """Turn a row into the value that leaves the store."""
    alert = Alert(
        subject=Subject(row.subject),
        subject_id=row.subject_id,
        occasion=row.occasion,
        channel=row.channel,
        reason=row.reason,
        message=load_message(row.message),
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
    )
