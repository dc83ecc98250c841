"""A tenth of the soak, and the arithmetic of its lines."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.plan import ARTICLES, FEEDS, POLLS, Plan, make_plan
from tests.soak.report import judge
from tests.soak.run import Soak, Stored, soak
from tests.soak.watch import Sample, measure_rise

TENTH = 0.1


@pytest.mark.soak
def test_a_tenth_of_the_soak_reaches_every_goal(tmp_path: Path) -> None:
    seen = asyncio.run(soak(make_plan(TENTH), tmp_path, lambda _: None))
    missed = [line for line in judge(seen) if not line.ok]
    assert not missed, f"{missed}\n{seen.log[-2000:]}"


def test_the_whole_is_the_plan_of_the_issue() -> None:
    whole, tenth = make_plan(1), make_plan(TENTH)
    assert (whole.feeds, whole.polls, whole.articles) == (FEEDS, POLLS, ARTICLES)
    assert whole.published(whole.polls) * whole.feeds == ARTICLES
    assert tenth.total == pytest.approx(whole.total / 10, rel=0.01)
    assert tenth.articles == pytest.approx(ARTICLES / 10, rel=0.01)


# --- each goal can be missed ---

STEADY = tuple(
    Sample(n / 100, memory=400 + n % 7, parent=150, files=90, threads=40, children=5, log=4)
    for n in range(101)
)
GOOD = Soak(
    plan=Plan(10, 10, 100),
    seconds=60,
    samples=STEADY,
    gaps=(1.0, 1.1) * 45,
    published=100,
    stored=Stored(100, waiting=0, unscored=0, failed_polls=0, stories=3, untold=0, pages=1),
    told=3,
    repeated=0,
    code=0,
    log="",
)


def grow(name: str, by: float) -> Soak:
    """Let a size grow by this much from the first sample to the last."""
    samples = (replace(s, **{name: getattr(s, name) + by * s.done}) for s in STEADY)
    return replace(GOOD, samples=tuple(samples))


def store(**values: int) -> Soak:
    return replace(GOOD, stored=replace(GOOD.stored, **values))


def test_a_steady_run_is_all_right() -> None:
    assert all(line.ok for line in judge(GOOD))


@pytest.mark.parametrize(
    ("soak", "goal"),
    [
        (grow("memory", 41), "growth, memory of all processes"),
        (grow("parent", 41), "growth, memory of the parent"),
        (grow("files", 30), "descriptors"),
        (grow("threads", 8), "threads"),
        (grow("children", 2), "children"),
        (grow("log", 13), "write-ahead log"),
        (replace(GOOD, gaps=(*GOOD.gaps, 2.1)), "missed polls"),
        (store(failed_polls=1), "missed polls"),
        (store(articles=99), "lost articles"),
        (store(unscored=1), "lost articles"),
        (store(untold=1), "untold, repeated"),
        (store(stories=0), "untold, repeated"),
        (replace(GOOD, repeated=1), "untold, repeated"),
        (replace(GOOD, code=1), "exit code"),
    ],
)
def test_each_goal_can_be_missed(soak: Soak, goal: str) -> None:
    assert [line.name for line in judge(soak) if not line.ok] == [goal]


def test_the_whole_run_may_start_no_thread_and_a_share_of_it_may_fill_its_pools() -> None:
    grown = grow("threads", 2)
    whole = replace(grown, plan=make_plan(1))
    assert [line.ok for line in judge(grown) if line.name == "threads"] == [True]
    assert [line.ok for line in judge(whole) if line.name == "threads"] == [False]


def test_growth_before_a_fifth_of_the_run_and_the_teeth_of_a_saw_do_not_count() -> None:
    early = tuple(replace(s, memory=300 if s.done < 0.2 else s.memory) for s in STEADY)
    assert measure_rise(early, lambda s: s.memory) == pytest.approx(0, abs=1)
