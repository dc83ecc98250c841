"""Outbox rows for the page's tests, in any state."""

from dataclasses import replace

from monitor.core.model import Alert, Message, OutboxRow, Paragraph, Subject
from monitor.core.outbox import claim
from monitor.ports import Transaction
from tests.builders import NOW, alert
from tests.web.conftest import Site

HELD = Message("Zwei Verträge gekündigt", (Paragraph("Eine Quelle berichtet."),), "de")
DIGEST = Message("Übersicht morgens", (Paragraph("Zwei Geschichten, drei Artikel."),), "de")


async def add_row(
    site: Site, told: Alert, message: Message | None = None, **status: object
) -> OutboxRow:
    """Queue an alert; with a message it was tried once, and then came into this state."""

    def job(tx: Transaction) -> OutboxRow:
        tx.outbox.queue([told], NOW, NOW)
        row = tx.outbox.find(told)
        assert row is not None
        claimed = claim(row, message, NOW) if message else row
        tx.outbox.save(replace(claimed, **status))  # type: ignore[arg-type]
        return replace(claimed, **status)  # type: ignore[arg-type]

    return await site.app.parts.store.write(job)


async def add_digest(
    site: Site, day: str = "2026-11-24", message: Message | None = DIGEST, **status: object
) -> OutboxRow:
    """A digest's row of this local date."""
    return await add_row(site, alert("morgens", day, subject=Subject.DIGEST), message, **status)
