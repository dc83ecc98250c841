"""A1, A2: kill -9 at any point loses nothing and repeats only what was under way."""

from collections import defaultdict
from collections.abc import Callable
from random import Random

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program, wait_until

SEED = 20261124
TITLES = tuple(title for title, _ in NEWS)
REPEATED = " (possibly repeated)"


UNANSWERED = sorted(Random(SEED).sample(range(1, len(TITLES)), 3))  # noqa: S311 - a die, no secret
"""Calls that the receiver takes and whose sender is killed before it is told so."""


def kill_when(program: Program, condition: Callable[[], object], what: str) -> None:
    """Start the daemon and kill it, not its workers, which have to end by themselves."""
    with program.start("run") as running:
        running.until(condition, what)
        running.process.kill()
        running.process.wait()
        wait_until(lambda: running.survivors() == [], "the end of its workers")


def test_kills_lose_nothing_and_repeat_only_what_was_under_way(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds["one"] = write_feed(*TITLES)
    program.configure(beside.configure("one"))
    kill_when(program, lambda: program.rows("SELECT 1 FROM article"), "an article")
    kill_when(program, lambda: program.rows("SELECT 1 FROM story"), "a story")
    before = len(beside.calls)
    for number in UNANSWERED:
        beside.close_at = before + number
        kill_when(program, lambda: not beside.open.is_set(), "a message without an answer")
        beside.open.set()
    program.do("run", "--once")

    assert program.rows("SELECT title FROM revision WHERE n = 1 ORDER BY id") == [
        (title,) for title in TITLES
    ]
    stories = {number for (number,) in program.rows("SELECT id FROM story")}
    rows = program.ask("outbox", "list")
    assert {int(row["subject_id"]) for row in rows} == stories
    assert {row["state"] for row in rows} == {"sent"}

    calls = defaultdict(list)
    for call in beside.calls:
        calls[call.key].append(call)
    assert len(calls) == len(rows)
    repeats = len(beside.calls) - len(rows)
    assert len(UNANSWERED) <= repeats <= len(UNANSWERED) + 1, "one per kill while sending"
    for first, *again in calls.values():
        for call in again:
            assert call.title == first.title.removesuffix(REPEATED) + REPEATED
            assert call.text == first.text
    assert program.ask("db", "check")["ok"]
