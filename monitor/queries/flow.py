"""The flow from polled to told, in numbers: what came to each gate, and what left it there, why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from monitor.ports import Transaction

GATES = (
    # (gate, the counters that make its number, the counters of what left there)
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
class Gate:
    """What came to a gate, and what left the flow there, by the counter's name; never 0."""

    name: str
    count: int
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """The gates in order, counted since the start of a UTC day. `counters` are all there are."""

    since_at: datetime
    gates: tuple[Gate, ...]
    counters: Mapping[str, int]


def get_flow(tx: Transaction, since: datetime) -> Flow:
    """The flow since the UTC day of `since` began: counters are kept by whole days."""
    begin = datetime.combine(since.astimezone(UTC).date(), time(), UTC)
    counters = tx.counters.total(begin)
    stories = {"stories": tx.stories.count(begin)}
    gates = tuple(
        Gate(
            name,
            stories.get(name, sum(counters.get(one, 0) for one in counted)),
            {one: counters[one] for one in lost if counters.get(one)},
        )
        for name, counted, lost in GATES
    )
    return Flow(begin, gates, counters)
