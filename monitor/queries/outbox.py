"""What is on its way, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Delivery, OutboxRow, Story
from monitor.ports import Transaction


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A message on its way, or what became of it. `key` is the same for every attempt."""

    id: int
    key: str
    subject: str
    subject_id: str
    occasion: str
    channel: str
    state: str
    attempts: int
    title: str | None
    reason: str
    due_at: datetime
    created_at: datetime
    settled_at: datetime | None
    possibly_repeated: bool
    error: str | None
    receipt: str | None
    held_until: datetime | None
    folded_into: int | None
    note: str | None


def list_outbox(
    tx: Transaction, states: tuple[Delivery, ...], limit: int
) -> tuple[OutboxLine, ...]:
    """Rows in these states (none: all), newest first."""
    return tuple(outline_row(row) for row in tx.outbox.list(states, limit))


def list_told(tx: Transaction, story: Story) -> tuple[OutboxLine, ...]:
    """What was or will be told of a story, oldest first."""
    return tuple(outline_row(row) for row in tx.outbox.told(str(story.id)))


def outline_row(row: OutboxRow) -> OutboxLine:
    """A message as one line."""
    return OutboxLine(
        id=row.id,
        key=row.alert.key,
        subject=row.alert.subject.value,
        subject_id=row.alert.subject_id,
        occasion=row.alert.occasion,
        channel=row.alert.channel,
        state=row.state.value,
        attempts=row.attempts,
        title=row.alert.message.title if row.alert.message else None,
        reason=row.alert.reason,
        due_at=row.due_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
        possibly_repeated=row.ambiguous,
        error=row.error,
        receipt=row.receipt,
        held_until=row.held_until,
        folded_into=row.folded_into,
        note=row.note,
    )
