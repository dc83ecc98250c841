"""`monitor backup FILE`, killed at a point: `python -m` this POINT FILE."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.store import backup


def main() -> None:
    """Make a backup of monitor.sqlite in this folder, and die on the way."""
    point, target = sys.argv[1:]
    when, _, step = point.partition(" ")
    do = getattr(backup, step)
    setattr(backup, step, _die_before(do) if when == "before" else _die_after(do))
    backup.back_up(Path("monitor.sqlite"), Path(target))


def _die_before(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *_: os.kill(os.getpid(), signal.SIGKILL)


def _die_after(do: Callable[..., Any]) -> Callable[..., Any]:
    def do_and_die(*args: Any) -> None:
        do(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    return do_and_die


if __name__ == "__main__":
    main()
