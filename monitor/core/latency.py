"""Beside the stages: how long news takes, in two numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Latency:
    """The delays of `count` articles: half took at most `p50`, nineteen of twenty `p95`."""

    count: int
    p50: timedelta
    p95: timedelta


def measure(delays: Sequence[timedelta]) -> Latency | None:
    """The nearest ranks: each is the delay of one article; None where there is none."""
    ordered = sorted(delays)
    if not ordered:
        return None
    p50, p95 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.95))
    return Latency(len(ordered), p50, p95)
