"""What all processes of a session cost together, read from /proc (proc(5))."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.processes import GONE, find_session, read_stat

TICKS = os.sysconf("SC_CLK_TCK")
GLANCE = 0.2
"""Seconds between two looks at the memory."""


def count_cpu(session: int) -> float:
    """CPU seconds that the session has used, those of its processes that ended included.

    A process's time passes to its parent when that one has taken note of its end; the forkserver
    does so for our workers. So nothing is counted twice, and nothing is lost.
    """
    spent = 0
    for process in find_session(session):
        # Fields 14 to 17: user and system time, its own and of children that were waited for.
        spent += sum(int(ticks) for ticks in read_stat(process)[11:15])
    return spent / TICKS


def weigh(session: int) -> float:
    """MB that the session holds: of memory that processes share each counts its part (PSS)."""
    return sum(map(_proportional_kb, find_session(session))) / 1024


@contextmanager
def watch_memory(session: int) -> Iterator[list[float]]:
    """Weigh the session again and again until exit."""
    weights: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(GLANCE):
            weights.append(weigh(session))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield weights
    finally:
        over.set()
        thread.join()


def _proportional_kb(process: int) -> int:
    with suppress(*GONE):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
