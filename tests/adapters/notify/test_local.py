import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from monitor.adapters.notify.local import RULE, paint
from monitor.core.model import Envelope, Outcome, Receipt

from .conftest import OpenChannel

BLOCK = (
    "Leere Hallen: Serverpark ohne Mieter\n\n"
    "Beim Kreisboten lesen\nhttps://kreisbote.example/1\n\n"
    "> Seit März steht die Halle leer.\n\nEnde.\n\n" + RULE + "\n\n"
)


@pytest.mark.parametrize("path", ["alerts.txt", "Sub/Mit Leerzeichen & %41.txt", "ü#1.txt"])
async def test_a_relative_file_lies_in_the_root(
    open_channel: OpenChannel, envelope: Envelope, tmp_path: Path, path: str
) -> None:
    channel = open_channel(f"file://{path}")
    assert await channel.send(envelope) == Receipt(Outcome.DELIVERED, "accepted")
    assert (tmp_path / path).read_text(encoding="utf-8") == BLOCK


async def test_an_absolute_file_lies_where_it_says_and_grows(
    open_channel: OpenChannel, envelope: Envelope, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere" / "a.txt"
    channel = open_channel(f"file://{path}")
    await channel.send(envelope)
    await channel.send(envelope)
    assert path.read_text(encoding="utf-8") == BLOCK * 2


async def test_a_file_that_cannot_be_written_is_temporary(
    open_channel: OpenChannel, envelope: Envelope, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    receipt = await open_channel("file://folder").send(envelope)
    assert receipt.outcome is Outcome.TEMPORARY
    assert receipt.detail == "the file cannot be written: Is a directory"


CONSOLE_SCRIPT = """
import asyncio, pathlib
from monitor.adapters.format import MessageFormatter
from monitor.adapters.notify import AppriseChannel
from monitor.adapters.worker import FreshWorker
from monitor.core.model import Envelope, Message, Paragraph

async def main():
    worker = FreshWorker("notify")
    channel = AppriseChannel("c", "console://", worker, MessageFormatter(), pathlib.Path("."))
    message = Message("[red]Märkte[/red]", (Paragraph("long " * 40 + "\\x1b[31mend"),))
    print(await channel.send(Envelope(message, "k", "r")))
    await worker.close()

asyncio.run(main())
"""


def test_the_console_is_standard_output_and_plain_when_no_terminal() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CONSOLE_SCRIPT], capture_output=True, check=True, timeout=60
    )
    printed = ran.stdout.decode().splitlines()
    assert printed[:2] == ["[red]Märkte[/red]", "long " * 40 + "[31mend"]
    assert "delivered" in printed[-1]
    assert ran.stderr == b""


def test_a_terminal_gets_colour_and_literal_text() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system="standard", soft_wrap=True)
    console.print(paint("[red]T[/red]", "> quoted\nhttps://x.example/1\n87 %"))
    assert "\x1b[1;33m[red]T[/red]" in shown.getvalue()
    assert "\x1b[4;36mhttps://x.example/1" in shown.getvalue()
    assert "\x1b[3m> quoted" in shown.getvalue()
