"""An alert on its way to a channel, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model.alert import Alert


class Delivery(StrEnum):
    """The states of an outbox row; `core.outbox.TRANSITIONS` says which may follow which."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    RETRY = "retry"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"
    DROPPED = "dropped"


WAITING = (Delivery.PENDING, Delivery.RETRY)
"""States of a row that is still to be sent, and may be folded or dropped instead."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An alert on its way; its message is kept from the first attempt on, so repeats say the same.

    `ambiguous`: an attempt's fate is unknown, so the next one is marked "possibly repeated".
    `held_until`: quiet hours or a cap held it back, until then. `note` says why it was held, folded
    (into the row `folded_into`) or dropped.
    """

    id: int
    alert: Alert
    state: Delivery
    attempts: int
    due_at: datetime
    created_at: datetime
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    ambiguous: bool = False
    error: str | None = None
    receipt: str | None = None
    held_until: datetime | None = None
    folded_into: int | None = None
    note: str | None = None


class Outcome(StrEnum):
    """How a send ended. AMBIGUOUS: the receiver may have taken it (timeout, killed sender)."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel said. `retry_after` is the receiver's own wish."""

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None
