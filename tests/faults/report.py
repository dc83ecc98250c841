"""Tests become one line per fault: what was tried, what was lost, what was repeated."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.faults.ids import FAULTS
from tests.faults.proof import PROPERTY


@dataclass
class Tally:
    """What the tests of one fault came to."""

    tests: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    amounts: Counter[str] = field(default_factory=Counter)
    lost: int | None = None
    repeated: int | None = None

    def add(self, report: pytest.TestReport) -> None:
        """Count a test's call, or the set-up that kept it from being called."""
        self.tests += 1
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.skipped:
            self.skipped.append(_reason(report))
        for name, told in report.user_properties:
            if name == PROPERTY and isinstance(told, dict):
                self._count(told)

    @property
    def result(self) -> str:
        if not self.tests:
            return "not covered yet (a later step)"
        if self.failed:
            return f"FAILED {self.failed[0]}"
        if len(self.skipped) == self.tests:
            return f"skipped: {self.skipped[0]}"
        return f"ok, {len(self.skipped)} skipped" if self.skipped else "ok"

    @property
    def tried(self) -> str:
        """The amounts; tests that counted nothing are cases."""
        return ", ".join(f"{n} {what}" for what, n in (self.amounts + self._cases).items())

    def as_json(self) -> dict[str, Any]:
        amounts = dict(self.amounts + self._cases)
        counts = {"amounts": amounts, "lost": self.lost, "repeated": self.repeated}
        return counts | {"result": self.result, "failed": self.failed, "skipped": self.skipped}

    @property
    def _cases(self) -> Counter[str]:
        return Counter(tests=self.tests)

    def _count(self, told: dict[str, Any]) -> None:
        self.amounts.update(told["amounts"])
        self.lost = (self.lost or 0) + told["lost"]
        self.repeated = (self.repeated or 0) + told["repeated"]


class Collector:
    """A pytest plugin: keeps the tests of these faults, and tallies their reports."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.tallies = {name: Tally() for name in FAULTS if name in set(wanted)}
        self._ids: dict[str, tuple[str, ...]] = {}

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        self._ids = {item.nodeid: tuple(_ids(item)) for item in items}
        kept = [i for i in items if not self.tallies.keys().isdisjoint(self._ids[i.nodeid])]
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        for name in self.tallies.keys() & set(self._ids[report.nodeid]):
            self.tallies[name].add(report)


def write_lines(tallies: dict[str, Tally]) -> Sequence[str]:
    """A table: id, fault, amounts, lost, repeated, result."""
    head = ("id", "fault", "tried", "lost", "repeated", "result")
    rows = [head] + [_row(name, tally) for name, tally in tallies.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    counts = ("–" if n is None else str(n) for n in (tally.lost, tally.repeated))
    return (name, FAULTS[name], tally.tried, *counts, tally.result)


def _ids(item: pytest.Item) -> Iterator[str]:
    """All of a test, its class and its file; an unknown one is a mistake."""
    for mark in item.iter_markers("fault"):
        unknown = set(mark.args) - FAULTS.keys()
        if unknown or not mark.args:
            raise pytest.UsageError(f"{item.nodeid}: no such fault: {', '.join(unknown)}")
        yield from mark.args


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr
    return str(told[2]).removeprefix("Skipped: ") if isinstance(told, tuple) else "skipped"
