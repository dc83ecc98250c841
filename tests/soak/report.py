"""A soak becomes lines: goal, figure, and whether it holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.soak.run import Soak
from tests.soak.watch import Sample, compare_usual, measure_rise

MOST_GROWTH = 32
MOST_LOG = 16
"""MiB."""

MISSED = 2.0
"""A feed that is not polled for so many intervals has missed a poll."""

FILES = 8
"""Descriptors that may come and go with connections."""

POOLS = 4
"""Threads that pools of fixed size may still start in a share of the run: a pool begins one when
all it has are busy, which on a busy machine may be late. In the whole run they are full by then.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One goal and what came of it."""

    name: str
    goal: str
    figure: str
    ok: bool


def judge(soak: Soak) -> tuple[Line, ...]:
    """Hold what was seen against every goal."""
    return (*_judge_growth(soak), *_judge_counts(soak), _judge_log(soak), *_judge_work(soak))


def _judge_growth(soak: Soak) -> Iterator[Line]:
    sizes: dict[str, Callable[[Sample], float]] = {
        "memory of all processes": lambda s: s.memory,
        "memory of the parent": lambda s: s.parent,
    }
    for name, size in sizes.items():
        rise = measure_rise(soak.samples, size)
        early, late = compare_usual(soak.samples, size)
        figure = f"{rise:+.1f} MiB ({early:.0f} → {late:.0f})"
        yield Line(f"growth, {name}", f"< {MOST_GROWTH} MiB", figure, rise < MOST_GROWTH)


def _judge_counts(soak: Soak) -> Iterator[Line]:
    counts: dict[str, tuple[Callable[[Sample], float], int]] = {
        "descriptors": (lambda s: s.files, FILES),
        "threads": (lambda s: s.threads, 0 if soak.plan.is_whole else POOLS),
        "children": (lambda s: s.children, 0),
    }
    for name, (size, slack) in counts.items():
        early, late = compare_usual(soak.samples, size)
        yield Line(name, "constant", f"{early:g} → {late:g}", late - early <= slack)


def _judge_log(soak: Soak) -> Line:
    largest = max(sample.log for sample in soak.samples)
    return Line("write-ahead log", f"< {MOST_LOG} MiB", f"{largest:.1f} MiB", largest < MOST_LOG)


def _judge_work(soak: Soak) -> Iterator[Line]:
    stored, plan = soak.stored, soak.plan
    missed = sum(gap > MISSED for gap in soak.gaps)
    figure = f"{missed} of {plan.total:,}, {stored.failed_polls} failed"
    longest = f"longest gap {max(soak.gaps):.2f} intervals"
    yield Line("missed polls", "0", f"{figure}, {longest}", not missed + stored.failed_polls)
    lost = soak.published - stored.articles
    articles = f"{lost}; {stored.articles:,} stored, {stored.unscored} unscored"
    yield Line("lost articles", "0", articles, not lost + stored.unscored)
    told = f"{stored.untold}, {soak.repeated}; {stored.stories} stories, {stored.pages} by a page"
    kept = stored.stories > 0 and not stored.untold + soak.repeated
    yield Line("untold, repeated", "0, 0", told, kept)
    yield Line("exit code", "0", str(soak.code), soak.code == 0)


def write_lines(soak: Soak, lines: tuple[Line, ...]) -> str:
    """A table, and above it what was run."""
    plan, minutes = soak.plan, soak.seconds / 60
    head = (
        f"{plan.feeds} feeds × {plan.polls} polls, {soak.published:,} articles with ever new words,"
        f" encoder off; {minutes:.1f} minutes, {plan.total / soak.seconds:.0f} polls a second"
    )
    rows = [("soak", "goal", "figure", "")]
    rows += [(line.name, line.goal, line.figure, "ok" if line.ok else "FAILED") for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join([head, *table])
