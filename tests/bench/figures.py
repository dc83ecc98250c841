"""What was measured, beside what was wished, as a table for people or JSON for machines."""

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Lower is better; `goal` is the most that is wanted.

    `figure` stands for the `samples` (a median, a percentile, the worst). With `relative` the goal
    is a multiple of `reader`, what lemon24/reader needs for the same; None: it was not measured.
    `amounts` says what was done in each sample.
    """

    case: str
    unit: str
    figure: float
    samples: tuple[float, ...]
    goal: float
    relative: bool = False
    reader: float | None = None
    amounts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times what reader needs."""
        return self.figure / self.reader if self.reader else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where that cannot be said."""
        reached = self.ratio if self.relative else self.figure
        return None if reached is None else reached <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "unit": self.unit,
            "figure": self.figure,
            "low": min(self.samples),
            "high": max(self.samples),
            "samples": len(self.samples),
            "reader": self.reader,
            "ratio": self.ratio,
            "goal": self.goal,
            "goal_is": "times reader" if self.relative else self.unit,
            "met": self.met,
            "amounts": dict(self.amounts),
        }


def middle(
    case: str, unit: str, samples: Sequence[float], goal: float, reader: Sequence[float] = ()
) -> Figure:
    """A figure that is the median of its samples, on its own."""
    beside = statistics.median(reader) if reader else None
    return Figure(case, unit, statistics.median(samples), tuple(samples), goal, reader=beside)


def against(
    case: str,
    samples: Sequence[float],
    reader: Sequence[float],
    goal: float,
    amounts: Mapping[str, int],
) -> Figure:
    """CPU seconds against those of reader, medians both; `reader` empty: it is not installed."""
    own = middle(case, "CPU s", samples, goal, reader)
    return replace(own, relative=True, amounts=amounts)


def percentile(samples: Sequence[float], percent: int) -> float:
    """The smallest sample that so many per cent of them do not exceed."""
    place = -(-len(samples) * percent // 100)
    return sorted(samples)[max(place, 1) - 1]


def describe_machine() -> str:
    """Processor, cores, Python, and how busy it is: 1 is one core."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    model = models[0] if models else platform.processor()
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}"


def draw_table(figures: Iterable[Figure]) -> Table:
    """One row for each figure."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("case", "figure", "reader", "ratio", "goal", ""):
        table.add_column(name, justify="left" if name == "case" else "right", no_wrap=True)
    for figure in figures:
        table.add_row(*_cells(figure), style=None if figure.met else "yellow")
    return table


def _cells(figure: Figure) -> Iterable[str]:
    low, high = min(figure.samples), max(figure.samples)
    spread = f" ({_show(low)}–{_show(high)})" if len(figure.samples) > 1 else ""
    yield figure.case
    yield f"{_show(figure.figure)}{spread} {figure.unit}"
    yield "–" if figure.reader is None else _show(figure.reader)
    yield "–" if figure.ratio is None else f"{figure.ratio:.2f}"
    yield f"≤ {figure.goal:g} {'× reader' if figure.relative else figure.unit}"
    yield {True: "met", False: "missed", None: "not said"}[figure.met]


def _show(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
