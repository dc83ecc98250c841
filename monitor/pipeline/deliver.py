"""AlertQueued: claim a row, send it, write down what became of it. Order per channel is kept.

A row is in_flight, with its rendered message, before anything leaves the program; so a kill at
any point leaves either a row to send or a row marked as possibly sent (FAULTS A1, A2).
"""

import asyncio
import logging
from datetime import datetime
from functools import partial

from monitor.core import outbox as rules_of
from monitor.core.events import AlertQueued, AlertSent, ChannelFailed, Event
from monitor.core.model import Delivery, Envelope, OutboxRow, Outcome, Receipt
from monitor.errors import MonitorError, NotFound, StoreFull
from monitor.pipeline.claim import Claimed, claim_next
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)


async def deliver(parts: Parts, event: AlertQueued) -> list[Event]:  # noqa: ARG001  # a signal
    """Send what is due, channels side by side, so that a slow one delays no other."""
    await recover_in_flight(parts)
    rows = await parts.store.read(lambda tx: tx.outbox.due(parts.clock()))
    names = dict.fromkeys(row.alert.channel for row in rows)
    free = [name for name in names if name not in parts.live.sending]
    # Taken before the first await, or an overlapping call would send the same rows.
    parts.live.sending.update(free)
    results = await asyncio.gather(*(_drain_channel(parts, name) for name in free))
    return [event for events in results for event in events]


async def recover_in_flight(parts: Parts) -> int:
    """Rows that a kill, or a receipt we could not store, has cut off are due again.

    They are marked as possibly repeated, or dead where the channel must not repeat. Channels that
    are sending now are left alone.
    """

    def recover(tx: Transaction) -> int:
        rows = [r for r in tx.outbox.in_flight() if r.alert.channel not in parts.live.sending]
        for row in rows:
            _recover(parts, row, tx)
        return len(rows)

    if not await parts.store.read(lambda tx: tx.outbox.in_flight()):
        return 0
    return await parts.store.write(recover)


def _recover(parts: Parts, row: OutboxRow, tx: Transaction) -> None:
    repeats = parts.rules.rules_of(row.alert.channel).repeats
    tx.outbox.save(rules_of.recover(row, parts.clock(), repeats=repeats))


async def _drain_channel(parts: Parts, name: str) -> list[Event]:
    events: list[Event] = []
    try:
        while not parts.live.stopping:
            parts.live.claims += 1
            claimed = await parts.store.write(partial(claim_next, parts, name))
            if claimed is None:
                break
            if isinstance(claimed, datetime):
                await parts.pause(claimed - parts.clock())
                continue
            done = await _deliver_one(parts, claimed)
            events += done
            if not any(isinstance(event, AlertSent) for event in done):
                break
    except StoreFull as error:
        log.warning("delivery over %s: %s", name, error)
        parts.live.run_out()
    except MonitorError as error:  # the other channels go on; the row is taken up at a later tick
        log.warning("delivery over %s: %s", name, error)
    finally:
        parts.live.sending.discard(name)
    return events


async def _deliver_one(parts: Parts, claimed: Claimed) -> list[Event]:
    row = claimed.row
    receipt = await _try_to_send(parts, row, claimed.thread, claimed.installation)
    settled, events = await parts.store.write(partial(settle, parts, row.id, receipt))
    _log_settled(settled)
    return events


async def _try_to_send(parts: Parts, row: OutboxRow, thread: str, installation: str) -> Receipt:
    """A channel raises nothing; should it all the same, nobody knows the message's fate."""
    try:
        return await _send(parts, row, thread, installation)
    except Exception as error:  # a bug in one channel; the row is tried again, marked as repeated
        log.exception("channel %s failed", row.alert.channel)
        return Receipt(Outcome.AMBIGUOUS, f"the channel failed ({type(error).__name__})")


async def _send(parts: Parts, row: OutboxRow, thread: str, installation: str) -> Receipt:
    channel = parts.channels.get(row.alert.channel)
    if channel is None:
        text = f"channel {row.alert.channel} is no longer configured"
        return Receipt(Outcome.PERMANENT, text)
    if row.alert.message is None:
        raise NotFound(f"outbox row {row.id} was claimed without a message")
    alert = row.alert
    # Ids begin at 1 in every database; a receiver that drops repeats must not mix two of them.
    key = f"{installation}-{alert.key}"
    reference = f"{installation}-{alert.subject}-{thread}"
    return await channel.send(
        Envelope(row.alert.message, key, reference, possibly_repeated=row.ambiguous)
    )


def settle(
    parts: Parts, row_id: int, receipt: Receipt, tx: Transaction
) -> tuple[OutboxRow, list[Event]]:
    """Write down what became of a claimed row. Raise `NotFound`."""
    row = tx.outbox.get(row_id)
    if row is None:
        raise NotFound(f"outbox row {row_id} vanished while it was sent")
    now = parts.clock()
    repeats = parts.rules.rules_of(row.alert.channel).repeats
    settled = rules_of.settle(row, receipt, now, parts.jitter(), repeats=repeats)
    tx.outbox.save(settled)
    tx.counters.bump(f"delivery {settled.state}", 1, now)
    if settled.state is Delivery.SENT:
        return settled, [AlertSent(row_id, row.alert.channel)]
    final = settled.state is Delivery.DEAD
    return settled, [ChannelFailed(row_id, row.alert.channel, receipt.detail, final)]


def _log_settled(row: OutboxRow) -> None:
    where = f"{row.alert.key} over {row.alert.channel}"
    if row.state is Delivery.SENT:
        log.info("sent %s", where)
    elif row.state is Delivery.DEAD:
        log.error("gave up on %s: %s", where, row.error)
    else:
        log.warning("not sent, trying again at %s: %s: %s", row.due_at, where, row.error)
