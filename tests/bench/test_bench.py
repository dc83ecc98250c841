"""`make bench` with the smallest amounts: what it counts is right. Times are not asked for."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench import rival
from tests.bench.bench import WARM_UP
from tests.bench.figures import Figure, against, percentile
from tests.bench.pages import PATHS
from tests.programs import require_program

ROOT = Path(__file__).parents[2]
BENCH = (sys.executable, "-m", "tests.bench", "--runs", "1", "--json")
FEEDS, MANY, ARTICLES = 6, 30, 300
KINDS = {
    "warm: nothing changed": {"new": 0, "304": FEEDS + WARM_UP},
    "hot: one new entry in every feed": {"new": FEEDS, "304": WARM_UP},
    "cold: everything is new": {"new": 20 * FEEDS, "304": WARM_UP},
}
OTHERS = {
    f"latency: alert after the poll begins, p95, {FEEDS} feeds under load",
    "memory: most in use, encoder off",
    "memory: most in use, encoder on",
    "start: monitor --help",
    "start: first poll",
    "start: first verdict, encoder on",
    *(f"page {path}, p95, {ARTICLES} articles" for path in (*PATHS, "/search")),
    *(f"page {path}, the first time" for path in PATHS),
    f"a slider's next position, p95, {ARTICLES} articles",
    f"backtest of 30 days, {ARTICLES} articles",
    f"many: {MANY} feeds, 1 in 20 with news, full round",
    f"many: {MANY} feeds, 1 in 20 with news, tick lag p99",
    f"many: {MANY} feeds, 1 in 20 with news, latest feed",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The figures by case."""
    require_program("nginx", "nginx-light")
    amounts = ("--feeds", str(FEEDS), "--many", str(MANY), "--articles", str(ARTICLES))
    # Nothing is installed in a test; after a `make bench` reader is there.
    alone = () if rival.is_installed() else ("--alone",)
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [*BENCH, *amounts, *alone, "--folder", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return {figure["case"]: figure for figure in json.loads(done.stdout)["figures"]}


def test_every_case_gives_its_figures(told: dict[str, Any]) -> None:
    rounds = {f"{kind}, {scheme}" for kind in KINDS for scheme in ("http", "https")}
    assert told.keys() == rounds | OTHERS


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_round_does_all_of_its_work(told: dict[str, Any], kind: str, scheme: str) -> None:
    wish = {"polled": FEEDS + WARM_UP, "failed": 0, **KINDS[kind]}
    assert told[f"{kind}, {scheme}"]["amounts"] == wish


def test_every_alert_arrives_and_every_feed_is_polled(told: dict[str, Any]) -> None:
    alerts = told[f"latency: alert after the poll begins, p95, {FEEDS} feeds under load"]
    latest = told[f"many: {MANY} feeds, 1 in 20 with news, latest feed"]
    assert alerts["samples"] == FEEDS
    assert latest["samples"] == MANY + WARM_UP


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", "s", 1.5, (1.5,), goal=1.5), True),
        (Figure("b", "s", 1.6, (1.6,), goal=1.5), False),
        (against("c", [1.0, 2.0, 9.0], [4.0, 5.0, 6.0], goal=0.4, amounts={}), True),
        (against("d", [1.0, 2.1, 9.0], [4.0, 5.0, 6.0], goal=0.4, amounts={}), False),
        (against("e", [1.0], [], goal=0.4, amounts={}), None),
    ],
    ids=lambda value: value.case if isinstance(value, Figure) else "",
)
def test_a_goal_is_met_missed_or_not_said(figure: Figure, met: bool | None) -> None:
    assert figure.met is met


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 1), (50, 2), (75, 3), (76, 4), (99, 4), (100, 4)]
)
def test_a_percentile_is_one_of_the_samples(percent: int, value: float) -> None:
    assert percentile([3, 1, 4, 2], percent) == value
