"""Our own channels, made with Apprise's decorator: they work before anything is set up."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprise import NotifyFormat
from apprise.decorators import notify

from monitor.adapters.notify.receipts import Unsent, note

if TYPE_CHECKING:  # it takes as long as aiohttp, and only a terminal shows colours
    from rich.text import Text

CONSOLE = "console"
FILE = "file"
RULE = "─" * 72


def register() -> None:
    """Make `console://` and `file://` known to Apprise."""
    notify(on=CONSOLE, name="Console", body_format=NotifyFormat.TEXT)(_print)  # type: ignore[no-untyped-call]
    notify(on=FILE, name="File", body_format=NotifyFormat.TEXT)(_append)  # type: ignore[no-untyped-call]


def _print(body: str, title: str, *_: object, **__: object) -> None:
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - see above

        Console(soft_wrap=True, highlight=False).print(paint(title, body))
    else:
        sys.stdout.write(f"{title}\n{body}\n\n")
        sys.stdout.flush()


def paint(title: str, body: str) -> "Text":
    """Colour a written message; its text is never read as markup."""
    from rich.text import Text  # noqa: PLC0415 - see above

    text = Text(f"{body}\n")
    text.highlight_regex(r"(?m)^(> .*|=+)$", "italic")
    text.highlight_regex(r"https?://\S+", "underline cyan")
    text.highlight_regex(r"\d+\s?%", "bold green")
    return Text.assemble((f"{title}\n", "bold yellow"), text)


def _append(body: str, title: str, *_: object, meta: dict[str, Any], **__: object) -> bool:
    """Add one block and wait until it is on the disk."""
    path = Path(meta["qsd"]["path"])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{title}\n\n{body}\n\n{RULE}\n\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        note(Unsent(f"the file cannot be written: {error.strerror}"))
        return False
    return True
