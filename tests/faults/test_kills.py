"""A1, A2: kill -9 at any point loses nothing and repeats only what was under way."""

from collections import defaultdict
from collections.abc import Callable
from random import Random

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program, wait_until

SEED = 20261124
TITLES = tuple(title for title, _ in NEWS)
REPEATED = " (possibly repeated)"


def choose_kills(program: Program, beside: Neighbours) -> list[tuple[str, Callable[[], object]]]:
    """Between any two steps of the flow, and at three messages that a die has chosen."""
    steps = [
        (f"a row in {table}", lambda query=f"SELECT 1 FROM {table}": program.rows(query))  # noqa: S608
        for table in ("article", "story")
    ]
    numbers = sorted(Random(SEED).sample(range(1, len(TITLES)), 3))  # noqa: S311
    sends = [(f"message {n}", lambda n=n: len(beside.calls) >= n) for n in numbers]
    return [*steps, *sends]


def test_kills_lose_nothing_and_repeat_only_what_was_under_way(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds["one"] = write_feed(*TITLES)
    program.configure(beside.configure("one"))
    kills = choose_kills(program, beside)
    for what, condition in kills:
        with program.start("run") as running:
            running.until(condition, what)
            running.process.kill()
            running.process.wait()
            wait_until(lambda: running.survivors() == [], "the end of its workers")
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
    assert len(beside.calls) - len(rows) <= len(kills)
    for first, *again in calls.values():
        for call in again:
            assert call.title == first.title.removesuffix(REPEATED) + REPEATED
            assert call.text == first.text
    assert program.ask("db", "check")["ok"]
