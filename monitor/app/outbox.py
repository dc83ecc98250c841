"""What a person does with messages on their way: all of it in one transaction, or nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime

from monitor.core.model import OutboxRow
from monitor.core.outbox import IllegalTransition, drop, revive
from monitor.errors import MonitorError, NotFound
from monitor.ports import Transaction

BY_HAND = "by hand"


def retry_rows(tx: Transaction, ids: Iterable[int], now: datetime) -> int:
    """Let dead rows be sent again with their old key and text; count them.

    Raise `NotFound`, or `MonitorError` for a row that is not dead.
    """
    return _move(tx, ids, lambda row: revive(row, now))


def drop_rows(tx: Transaction, ids: Iterable[int], now: datetime) -> int:
    """Give up rows that wait; count them. Raise `NotFound`, or `MonitorError` for any other."""
    return _move(tx, ids, lambda row: drop(row, now, BY_HAND))


def _move(tx: Transaction, ids: Iterable[int], step: Callable[[OutboxRow], OutboxRow]) -> int:
    moved = [_step(tx, row_id, step) for row_id in dict.fromkeys(ids)]
    for row in moved:
        tx.outbox.save(row)
    return len(moved)


def _step(tx: Transaction, row_id: int, step: Callable[[OutboxRow], OutboxRow]) -> OutboxRow:
    row = tx.outbox.get(row_id)
    if row is None:
        raise NotFound(f"no outbox row {row_id}; `monitor outbox list` shows them")
    try:
        return step(row)
    except IllegalTransition as error:
        raise MonitorError(f"{error}; nothing was changed") from error
