"""What becomes of a message on its way: an outbox row moves between states.

It moves only as `TRANSITIONS` allows.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Delivery, Message, OutboxRow, Outcome, Receipt

TRANSITIONS: dict[Delivery, frozenset[Delivery]] = {
    Delivery.PENDING: frozenset({Delivery.IN_FLIGHT, Delivery.FOLDED, Delivery.DROPPED}),
    Delivery.IN_FLIGHT: frozenset({Delivery.SENT, Delivery.RETRY, Delivery.DEAD}),
    Delivery.RETRY: frozenset({Delivery.IN_FLIGHT, Delivery.FOLDED, Delivery.DROPPED}),
    Delivery.DEAD: frozenset({Delivery.PENDING}),
    Delivery.SENT: frozenset(),
    Delivery.FOLDED: frozenset(),
    Delivery.DROPPED: frozenset(),
}
"""Which state may follow which (DESIGN 4); `monitor outbox retry` is the way back from dead."""

RETRY_FIRST = timedelta(seconds=30)
RETRY_LONGEST = timedelta(hours=1)
MOST_TRIES = 54
"""As many as fit into 48 hours. Counted, not timed: days switched off are no tries."""

PERMANENT_TRIES = 3
"""A receiver that says "never" may be mistaken (a token just renewed): so many tries, then dead.

As many for one that never says anything: each try may be one more copy of the message.
"""


class IllegalTransition(ValueError):
    """A row was to move where `TRANSITIONS` does not allow."""


def move(row: OutboxRow, state: Delivery) -> OutboxRow:
    """Change the state, or raise `IllegalTransition`."""
    if state not in TRANSITIONS[row.state]:
        raise IllegalTransition(f"outbox row {row.id}: {row.state} cannot become {state}")
    return replace(row, state=state)


def claim(row: OutboxRow, message: Message, now: datetime) -> OutboxRow:
    """Take a row before sending; its message is fixed now, so that a repeat says the same."""
    alert = replace(row.alert, message=row.alert.message or message)
    claimed = move(row, Delivery.IN_FLIGHT)
    return replace(claimed, alert=alert, claimed_at=now, attempts=row.attempts + 1)


def settle(
    row: OutboxRow, receipt: Receipt, now: datetime, jitter: float, *, repeats: bool = True
) -> OutboxRow:
    """What a receipt makes of a claimed row: sent, tried again, or dead.

    With `repeats` False a row whose fate is unknown is not tried again.
    """
    if receipt.outcome is Outcome.DELIVERED:
        sent = move(row, Delivery.SENT)
        return replace(sent, settled_at=now, receipt=receipt.detail, error=None)
    doubtful = receipt.outcome is Outcome.AMBIGUOUS
    if doubtful and not repeats:
        return _end_in_doubt(row, receipt.detail, now)
    ambiguous = row.ambiguous or doubtful
    if _is_hopeless(row, receipt):
        dead = move(row, Delivery.DEAD)
        return replace(dead, settled_at=now, error=receipt.detail, ambiguous=ambiguous)
    return replace(
        move(row, Delivery.RETRY),
        due_at=now + retry_wait(row.attempts, receipt.retry_after, jitter),
        error=receipt.detail,
        ambiguous=ambiguous,
    )


def recover(row: OutboxRow, now: datetime, *, repeats: bool = True) -> OutboxRow:
    """A row that was in flight when the program was killed: nobody knows, so it is said again.

    The next attempt carries the same key and is marked "possibly repeated" (FAULTS A2); with
    `repeats` False there is none, and the row is dead.
    """
    error = "the program was stopped during the attempt"
    if not repeats:
        return _end_in_doubt(row, error, now)
    return replace(move(row, Delivery.RETRY), due_at=now, ambiguous=True, error=error)


def _end_in_doubt(row: OutboxRow, error: str, now: datetime) -> OutboxRow:
    text = f"{error}; it may have arrived, and this channel is told nothing twice"
    return replace(move(row, Delivery.DEAD), settled_at=now, ambiguous=True, error=text)


def hold(row: OutboxRow, until: datetime, reason: str) -> OutboxRow:
    """Keep a waiting row back; its state and its place stay."""
    return replace(row, held_until=until, note=reason)


def delay(row: OutboxRow, until: datetime, reason: str) -> OutboxRow:
    """Let a waiting row be due later."""
    return replace(row, due_at=until, note=reason)


def fold(row: OutboxRow, summary_id: int, now: datetime, reason: str) -> OutboxRow:
    """Let a summary tell of a waiting row."""
    folded = move(row, Delivery.FOLDED)
    return replace(folded, settled_at=now, folded_into=summary_id, note=reason)


def drop(row: OutboxRow, now: datetime, reason: str) -> OutboxRow:
    """Give up a waiting row."""
    return replace(move(row, Delivery.DROPPED), settled_at=now, note=reason)


def revive(row: OutboxRow, now: datetime) -> OutboxRow:
    """Give a dead row a fresh start, by hand."""
    fresh = move(row, Delivery.PENDING)
    return replace(
        fresh,
        attempts=0,
        due_at=now,
        created_at=now,
        settled_at=None,
        error=None,
        held_until=None,
        note=None,
    )


def retry_wait(attempts: int, wish: timedelta | None, jitter: float) -> timedelta:
    """30 s, doubling up to 1 h, spread by up to a fifth; never sooner than the receiver wishes."""
    wait = min(RETRY_FIRST * (1 << min(attempts - 1, 16)), RETRY_LONGEST)
    return max(wait, wish or timedelta()) * (1 + 0.2 * jitter)


def _is_hopeless(row: OutboxRow, receipt: Receipt) -> bool:
    patient = receipt.outcome is Outcome.TEMPORARY
    return row.attempts >= (MOST_TRIES if patient else PERMANENT_TRIES)
