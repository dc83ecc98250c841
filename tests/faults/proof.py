"""What a test tells `python -m tests.faults` of the fault it proves, and how much it is to try.

A test names its faults with `@pytest.mark.fault("A1", "A2")` and its amounts with the fixture
`record`. `MONITOR_FAULTS=full`, which `make faults` sets, asks for the full amounts.
"""

import os
from collections.abc import Callable
from typing import Protocol, TypeVar

import pytest

T = TypeVar("T")

ENVIRON, FULL = "MONITOR_FAULTS", "full"
PROPERTY = "fault"


class Record(Protocol):
    """`record(kills=30, lost=0, repeated=0)`: how much was tried, and what went wrong of it."""

    def __call__(self, *, lost: int = 0, repeated: int = 0, **amounts: int) -> None:
        """Say it before asserting it, so that the line of a failure has its numbers too."""
        ...


def pick(quick: T, full: T) -> T:
    """The amount for `make test`, or the one for `make faults`."""
    return full if os.environ.get(ENVIRON) == FULL else quick


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Record:
    """Count for the line of this test's faults."""

    def say(*, lost: int = 0, repeated: int = 0, **amounts: int) -> None:
        record_property(PROPERTY, {"lost": lost, "repeated": repeated, "amounts": amounts})

    return say
