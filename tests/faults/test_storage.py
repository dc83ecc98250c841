"""B2, B5, B7: a database that others lock, that is newer than we are, that is copied meanwhile."""

import sqlite3
import time
from contextlib import closing

import pytest

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program, wait_until
from tests.faults.proof import Record, pick

TITLES = tuple(title for title, _ in NEWS)
LOCKED_FOR = pick(quick=3.0, full=60.0)
"""Seconds, far longer than any write of ours takes."""


def count_articles(program: Program) -> int:
    ((number,),) = program.rows("SELECT count(*) FROM article")
    return int(number)


@pytest.mark.fault("B2")
def test_a_lock_of_another_program_only_delays(
    program: Program, beside: Neighbours, record: Record
) -> None:
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one"))
    with program.start("run") as running:
        running.until(lambda: len(beside.calls) == 1, "the first alert")
        with closing(sqlite3.connect(program.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked_at = time.monotonic()
            beside.feeds["one"] = write_feed(*TITLES[:4])
            asked = len(beside.served)
            running.until(lambda: len(beside.served) > asked, "a poll during the lock")
            wait_until(
                lambda: time.monotonic() > locked_at + LOCKED_FOR, "the lock's time", 2 * LOCKED_FOR
            )
            assert count_articles(program) == 1
            other.execute("ROLLBACK")
        running.until(lambda: len(beside.calls) == 4, "the other three alerts")
        assert running.stop() == 0
    keys = set(beside.keys)
    record(seconds=int(LOCKED_FOR), lost=4 - len(keys), repeated=len(beside.keys) - len(keys))
    assert len(beside.keys) == len(keys) == 4
    assert "Traceback" not in running.log


@pytest.mark.fault("B5")
def test_a_newer_schema_is_refused_and_left_alone(program: Program) -> None:
    program.configure("")
    program.do("db", "upgrade")
    with closing(sqlite3.connect(program.database)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    before = program.database.read_bytes()
    done = program.run("run", "--once")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "its schema 9999 is newer than this program's" in line
    assert program.database.read_bytes() == before


@pytest.mark.fault("B7")
def test_a_backup_of_a_running_monitor_can_be_restored(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:3])
    program.configure(beside.configure("one"))
    with program.start("run") as running:
        running.until(lambda: len(beside.calls) == 3, "three alerts")
        program.do("backup", "copy.sqlite")
        refused = program.run("restore", "copy.sqlite")
        assert refused.returncode == 1
        assert "another monitor runs" in refused.stderr
        beside.feeds["one"] = write_feed(*TITLES[:5])
        running.until(lambda: len(beside.calls) == 5, "two more alerts")
        assert running.stop() == 0
    assert count_articles(program) == 5

    program.do("restore", "copy.sqlite")
    assert count_articles(program) == 3
    assert program.ask("db", "check")["ok"]
    # Story 4 is another one now; a receiver that drops repeats must not take it for the old one.
    beside.feeds["one"] = write_feed(*TITLES[:3], TITLES[7])
    program.do("run", "--once")
    (again,) = beside.calls[5:]
    assert TITLES[7] in again.title
    assert again.key not in beside.keys[:5]
    assert count_articles(program) == 4
