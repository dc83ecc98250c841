"""How long news takes, in two numbers that are each the delay of one article."""

from datetime import timedelta

import pytest

from monitor.core.latency import Latency, measure


def seconds(*values: int) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


@pytest.mark.parametrize(
    ("delays", "count", "p50", "p95"),
    [
        ([5], 1, 5, 5),
        ([9, 1], 2, 1, 9),
        ([3, 1, 2], 3, 2, 3),
        (range(1, 21), 20, 10, 19),
        (range(1, 101), 100, 50, 95),
        ([0] * 95 + [600] * 5, 100, 0, 0),
        ([0] * 94 + [600] * 6, 100, 0, 600),
    ],
)
def test_half_and_nineteen_of_twenty(delays: list[int], count: int, p50: int, p95: int) -> None:
    assert measure(seconds(*delays)) == Latency(count, *seconds(p50, p95))


def test_of_nothing_there_is_no_latency() -> None:
    assert measure([]) is None
