"""AlertQueued: claim a row, send it, write down what became of it. Order per channel is kept.

A row is in_flight, with its rendered message, before anything leaves the program; so a kill at
any point leaves either a row to send or a row marked as possibly sent (FAULTS A1, A2).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from monitor.core import alert as rules_of
from monitor.core.events import AlertQueued, AlertSent, ChannelFailed, Event
from monitor.core.model import (
    Delivery,
    Envelope,
    Message,
    OutboxRow,
    Outcome,
    Receipt,
    Subject,
)
from monitor.core.render import render_alert
from monitor.errors import NotFound
from monitor.pipeline.notices import queue_notice
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)


async def deliver(parts: Parts, event: AlertQueued) -> list[Event]:  # noqa: ARG001  # a signal
    """Send what is due, channels side by side, so that a slow one delays no other."""
    rows = await parts.store.read(lambda tx: tx.outbox.due(parts.clock()))
    queues: dict[str, list[OutboxRow]] = defaultdict(list)
    for row in rows:
        queues[row.alert.channel].append(row)
    free = [name for name in queues if name not in parts.live.sending]
    results = await asyncio.gather(*(_drain_channel(parts, n, queues[n]) for n in free))
    return [event for events in results for event in events]


async def recover_in_flight(parts: Parts) -> int:
    """At start: rows a kill has cut off are due again, marked as possibly repeated."""

    def recover(tx: Transaction) -> int:
        rows = tx.outbox.in_flight()
        for row in rows:
            tx.outbox.save(rules_of.recover(row, parts.clock()))
        return len(rows)

    return await parts.store.write(recover)


async def _drain_channel(parts: Parts, name: str, rows: Sequence[OutboxRow]) -> list[Event]:
    parts.live.sending.add(name)
    events: list[Event] = []
    try:
        for row in rows:
            done = await _deliver_one(parts, row.id)
            events += done
            if not any(isinstance(event, AlertSent) for event in done):
                break
        return events
    finally:
        parts.live.sending.discard(name)


async def _deliver_one(parts: Parts, row_id: int) -> list[Event]:
    if parts.live.stopping:
        return []
    claimed = await parts.store.write(partial(_claim, parts, row_id))
    if claimed is None:
        return []
    receipt = await _send(parts, claimed)
    settled, events = await parts.store.write(partial(_settle, parts, row_id, receipt))
    _log_settled(settled)
    return events


def _claim(parts: Parts, row_id: int, tx: Transaction) -> OutboxRow | None:
    row = tx.outbox.get(row_id)
    if row is None or row.state not in (Delivery.PENDING, Delivery.RETRY):
        return None
    message = row.alert.message or _render(parts, row, tx)
    claimed = rules_of.claim(row, message, parts.clock())
    tx.outbox.save(claimed)
    return claimed


def _render(parts: Parts, row: OutboxRow, tx: Transaction) -> Message:
    story = tx.stories.get(int(row.alert.subject_id))
    if story is None:
        raise NotFound(f"outbox row {row.id} tells of story {row.alert.subject_id}, which is gone")
    rules = parts.rules
    return render_alert(
        story,
        story.members[0],
        parts.labels(),
        row.alert.reason,
        language=rules.language,
        zone=rules.timezone,
        allow=rules.allow,
    )


async def _send(parts: Parts, row: OutboxRow) -> Receipt:
    channel = parts.channels.get(row.alert.channel)
    if channel is None:
        text = f"channel {row.alert.channel} is no longer configured"
        return Receipt(Outcome.PERMANENT, text)
    if row.alert.message is None:
        raise NotFound(f"outbox row {row.id} was claimed without a message")
    return await channel.send(
        Envelope(row.alert.message, row.alert.key, _refer(row), possibly_repeated=row.ambiguous)
    )


def _refer(row: OutboxRow) -> str:
    return f"{row.alert.subject}-{row.alert.subject_id}"


def _settle(
    parts: Parts, row_id: int, receipt: Receipt, tx: Transaction
) -> tuple[OutboxRow, list[Event]]:
    row = tx.outbox.get(row_id)
    if row is None:
        raise NotFound(f"outbox row {row_id} vanished while it was sent")
    now = parts.clock()
    settled = rules_of.settle(row, receipt, now, parts.jitter())
    tx.outbox.save(settled)
    tx.counters.bump(f"delivery {settled.state}", 1, now)
    if settled.state is Delivery.SENT:
        return settled, [AlertSent(row_id, row.alert.channel)]
    final = settled.state is Delivery.DEAD
    failed = ChannelFailed(row_id, row.alert.channel, receipt.detail, final)
    notices = _tell_of_dead(parts, settled, tx) if final else []
    return settled, [failed, *notices]


def _tell_of_dead(parts: Parts, row: OutboxRow, tx: Transaction) -> list[Event]:
    """A dead row is told of over the other default channels; a dead notice is not told of again."""
    if row.alert.subject is Subject.NOTICE:
        return []
    return queue_notice(
        parts,
        tx,
        "channel-dead",
        subject_id=f"channel-{row.alert.channel}",
        # At most one such notice a day: a channel that stays dead has many dead rows.
        since=parts.clock().replace(hour=0, minute=0, second=0, microsecond=0),
        without=row.alert.channel,
        channel=row.alert.channel,
        error=row.error or "",
        outbox_id=row.id,
    )


def _log_settled(row: OutboxRow) -> None:
    where = f"{row.alert.key} over {row.alert.channel}"
    if row.state is Delivery.SENT:
        log.info("sent %s", where)
    elif row.state is Delivery.DEAD:
        log.error("gave up on %s: %s", where, row.error)
    else:
        log.warning("not sent, trying again at %s: %s: %s", row.due_at, where, row.error)
