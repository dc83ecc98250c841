"""A6: the real daemon under a clock that starts in 1970 and steps (libfaketime; ours alone)."""

from functools import partial
from pathlib import Path

import pytest

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program
from tests.programs import require_program

TITLES = tuple(title for title, _ in NEWS)
STEPS = ("+0d", "+1h", "+0d", "+1d", "-1d", "+0d")
STORM = 2_000
"""Polls that nobody should see of a feed asked each second; 20,000 days hold 1.7 billion."""


@pytest.fixture
def faketime() -> Path:
    require_program("faketime", "faketime")
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("needs faketime, which is not installed: apt install faketime")
    return found[0]


@pytest.mark.fault("A6")
def test_steps_of_the_clock_lose_nothing_and_repeat_nothing(
    program: Program, beside: Neighbours, faketime: Path
) -> None:
    clock = program.folder / "clock"
    clock.write_text("-20000d")
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one"))
    environ = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with program.start("run", **environ) as running:
        running.until(lambda: told(beside) == list(TITLES[:1]), "the first alert, in 1972")
        for n, step in enumerate(STEPS, start=2):
            clock.write_text(step)
            beside.feeds["one"] = write_feed(*TITLES[:n])
            running.until(partial(is_told, beside, TITLES[:n]), f"alert {n} after {step}")
        assert running.stop() == 0
    assert len(beside.served) < STORM
    assert len(set(beside.keys)) == len(beside.keys)
    assert running.log.count("the clock jumped by") >= 1
    assert "Traceback" not in running.log
    assert program.ask("db", "check")["ok"]


def is_told(beside: Neighbours, titles: tuple[str, ...]) -> bool:
    return told(beside) == list(titles)


def told(beside: Neighbours) -> list[str]:
    prefix = "AI overbuild: "
    return [c.title.removeprefix(prefix) for c in beside.calls if c.title.startswith(prefix)]
