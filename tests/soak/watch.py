"""Looks at a running program from outside: what it holds, and whether that grows."""

import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.processes import GONE, find_session

PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 2**20

SETTLED = 0.2
"""The share of the run after which nothing may grow."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the program held when this share of the polls was done; sizes in MiB."""

    done: float
    memory: float
    parent: float
    files: int
    threads: int
    children: int
    log: float


def look(parent: int, database: Path, done: float) -> Sample:
    """Look at a process that leads its session, at the others in it, and at the database's log.

    Raise `ProcessLookupError` or `FileNotFoundError` when it has ended.
    """
    sizes = {process: measure_memory(process) for process in find_session(parent)}
    home, log = Path(f"/proc/{parent}"), database.with_name(f"{database.name}-wal")
    return Sample(
        done,
        memory=sum(sizes.values()),
        parent=sizes[parent],
        files=len(list((home / "fd").iterdir())),
        threads=len(list((home / "task").iterdir())),
        children=len(sizes) - 1,
        log=log.stat().st_size / MIB if log.exists() else 0.0,
    )


def measure_memory(process: int) -> float:
    """Resident memory in MiB, shared pages included; 0 for a process that has just ended."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except GONE:
        return 0.0
    return int(pages) * PAGE / MIB


def measure_rise(samples: Sequence[Sample], size: Callable[[Sample], float]) -> float:
    """How far the line of best fit rises from `SETTLED` to the end.

    A worker that is replaced now and then makes a saw of every size; its teeth cancel out here.
    """
    settled = [sample for sample in samples if sample.done >= SETTLED]
    line = statistics.linear_regression([s.done for s in settled], [size(s) for s in settled])
    return line.slope * (1 - SETTLED)


def compare_usual(
    samples: Sequence[Sample], size: Callable[[Sample], float]
) -> tuple[float, float]:
    """The median of the second fifth of the run, and of the last."""
    early = [size(s) for s in samples if SETTLED <= s.done < 2 * SETTLED]
    late = [size(s) for s in samples if s.done >= 1 - SETTLED]
    return statistics.median(early), statistics.median(late)
