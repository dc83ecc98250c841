from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.format import MessageFormatter
from monitor.adapters.notify import AppriseChannel
from monitor.adapters.worker import FreshWorker
from monitor.core.model import Envelope, Link, Message, Paragraph, Quote

OpenChannel = Callable[..., AppriseChannel]

MESSAGE = Message(
    "Leere Hallen: Serverpark ohne Mieter",
    (
        Link("Beim Kreisboten lesen", "https://kreisbote.example/1"),
        Quote("Seit März steht die Halle leer."),
        Paragraph("Ende."),
    ),
    "de",
)


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(MESSAGE, key="story-7-first-mail", reference="story-7")


@pytest.fixture
async def worker() -> AsyncIterator[FreshWorker]:
    worker = FreshWorker("notify")
    yield worker
    await worker.close()


@pytest.fixture
def open_channel(worker: FreshWorker, tmp_path: Path) -> OpenChannel:
    def open_(url: str, deadline: timedelta = timedelta(seconds=30)) -> AppriseChannel:
        return AppriseChannel("test", url, worker, MessageFormatter(), tmp_path, deadline=deadline)

    return open_
