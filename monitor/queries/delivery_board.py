"""The outbox as the page shows it: each message with its title, and what may be done with it."""

from dataclasses import dataclass

from monitor.core.model import WAITING, Delivery, Message, OutboxRow, Subject
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.outbox import OutboxLine, outline_row


@dataclass(frozen=True, slots=True)
class DeliveryCard:
    """A message on its way, or what became of it.

    `title` is its own or that of its story, "" where neither is left. `story` is whom it tells of.
    """

    line: OutboxLine
    title: str
    story: int | None

    @property
    def is_waiting(self) -> bool:
        """Whether it may still be dropped."""
        return self.line.state in WAITING

    @property
    def is_dead(self) -> bool:
        """Whether only a person can have it sent again."""
        return self.line.state == Delivery.DEAD


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One message whole. It has no text before its first attempt, and none after retention."""

    card: DeliveryCard
    message: Message | None


def list_deliveries(
    tx: Transaction,
    states: tuple[Delivery, ...],
    limit: int,
    *,
    subject: Subject | None = None,
    channel: str | None = None,
    skip: int = 0,
) -> tuple[DeliveryCard, ...]:
    """Messages, newest first; no states, subject or channel means all."""
    rows = tx.outbox.list(states, limit, subject, channel, skip)
    return tuple(_make_card(tx, row) for row in rows)


def show_delivery(tx: Transaction, row_id: int) -> DeliveryPage:
    """One message. Raise `NotFound`."""
    row = tx.outbox.get(row_id)
    if row is None:
        raise NotFound(f"no outbox row {row_id}; `monitor outbox list` shows them")
    return DeliveryPage(_make_card(tx, row), row.alert.message)


def _make_card(tx: Transaction, row: OutboxRow) -> DeliveryCard:
    line = outline_row(row)
    story = int(row.alert.subject_id) if row.alert.subject is Subject.STORY else None
    return DeliveryCard(line, line.title or _read_title(tx, story), story)


def _read_title(tx: Transaction, story_id: int | None) -> str:
    story = tx.stories.get(story_id) if story_id else None
    return story.title if story else ""
