"""The lines of `make faults`: what tests recorded, added up per fault, and honest about gaps."""

from typing import Literal

import pytest

from tests.faults.proof import PROPERTY
from tests.faults.report import Tally, write_lines

Outcome = Literal["passed", "failed", "skipped"]


def report(
    outcome: Outcome, *, lost: int = 0, repeated: int = 0, **amounts: int
) -> pytest.TestReport:
    told = {"lost": lost, "repeated": repeated, "amounts": amounts}
    why = ("test_a.py", 1, "Skipped: no server here") if outcome == "skipped" else None
    return pytest.TestReport(
        "test_a.py::test_b",
        ("test_a.py", 1, "test_b"),
        {},
        outcome,
        why,
        "call",
        user_properties=[(PROPERTY, told)] if amounts else [],
    )


@pytest.mark.parametrize(
    ("reports", "line"),
    [
        ([], "A4  two instances         –     –         not covered yet (a later step)"),
        ([report("passed")], "A4  two instances  1 tests  –     –         ok"),
        (
            [report("passed", kills=10), report("passed", kills=5)],
            "A4  two instances  15 kills, 2 tests  0     0         ok",
        ),
        (
            [report("failed", kills=10, lost=2, repeated=1), report("passed")],
            "A4  two instances  10 kills, 2 tests  2     1         FAILED test_a.py::test_b",
        ),
        (
            [report("skipped")],
            "A4  two instances  1 tests  –     –         skipped: no server here",
        ),
        (
            [report("skipped"), report("passed")],
            "A4  two instances  2 tests  –     –         ok, 1 skipped",
        ),
    ],
    ids=["no test", "a case", "amounts add up", "a failure", "all skipped", "some skipped"],
)
def test_a_fault_has_one_line(reports: list[pytest.TestReport], line: str) -> None:
    tally = Tally()
    for one in reports:
        tally.add(one)
    assert write_lines({"A4": tally})[1] == line
