"""The flow from polled to told, in numbers: what came to each step, what left there, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from monitor.ports import Transaction

STEPS = (
    # (step, the counters that make its number, the counters of what left there)
    ("polls", ("polls",), ("polls failed",)),
    ("articles", ("articles",), ()),
    (
        "judged",
        ("flagged", "baseline", "below threshold", "unscored"),
        ("below threshold", "unscored"),
    ),
    ("flagged", ("flagged", "baseline"), ("baseline",)),
    ("stories", (), ("no channel routed", "story already told")),
    ("alerts", ("alerts", "updates"), ("alerts silenced", "alerts folded")),
    ("sent", ("delivery sent",), ("delivery dead",)),
)
"""Polls, articles and so on differ: many polls bring no article, an edited article is judged anew,
a story is told to each of its channels. A number may therefore exceed the one before.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What came to a step, and what left the flow there, by the counter's name; never 0."""

    name: str
    count: int
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps in order, counted since the start of a UTC day. `counters` are all there are."""

    since_at: datetime
    steps: tuple[Step, ...]
    counters: Mapping[str, int]


def get_flow(tx: Transaction, since: datetime) -> Flow:
    """The flow since the UTC day of `since` began: counters are kept by whole days."""
    begin = datetime.combine(since.astimezone(UTC).date(), time(), UTC)
    counters = tx.counters.total(begin)
    stories = {"stories": tx.stories.count(begin)}
    steps = tuple(
        Step(
            name,
            stories.get(name, sum(counters.get(one, 0) for one in counted)),
            {one: counters[one] for one in lost if counters.get(one)},
        )
        for name, counted, lost in STEPS
    )
    return Flow(begin, steps, counters)
