"""The store as a whole: transactions, readers, other processes, a kill, a full disk."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from monitor.core.model import Feed
from monitor.errors import StoreBusy, StoreError, StoreFull
from monitor.ports import Transaction
from monitor.store import SqliteStore, check, open_store
from monitor.store.sqlite import Nouns
from tests.builders import NOW, add_drafts, draft

LOG_CEILING = 16 * 1024 * 1024

WRITER = """
import asyncio, sys
from itertools import count
from pathlib import Path
from monitor.store import open_store
from tests.builders import NOW, alert, draft, spec

async def write_for_ever(path):
    store = open_store(path, now=NOW)
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))

    def both(n):
        def job(tx):
            tx.articles.add([draft(feed.id, str(n))])
            tx.outbox.queue([alert(str(n))], NOW, NOW)
        return job

    for start in count(step=10):
        await asyncio.gather(*(store.write(both(n)) for n in range(start, start + 10)))
        print(start + 10, flush=True)

asyncio.run(write_for_ever(Path(sys.argv[1])))
"""


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the write lock as another process would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def notes(store: SqliteStore, *keys: str) -> list[str | None]:
    return await store.read(lambda tx: [tx.notes.get(key) for key in keys])


async def test_a_failing_job_is_undone_alone(store: SqliteStore) -> None:
    def fail(tx: Transaction) -> None:
        tx.notes.set("bad", "1")
        raise ValueError("the job's own")

    outcomes = await asyncio.gather(
        store.write(lambda tx: tx.notes.set("before", "1")),
        store.write(fail),
        store.write(lambda tx: tx.notes.set("after", "1")),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), ValueError, type(None)]
    assert await notes(store, "before", "bad", "after") == ["1", None, "1"]


async def test_a_value_that_cannot_be_stored_fails_its_job_alone(
    store: SqliteStore, feed: Feed
) -> None:
    naive = draft(feed.id, "naive", seen_at=NOW.replace(tzinfo=None))
    outcomes = await asyncio.gather(
        store.write(lambda tx: add_drafts(tx, [naive])),
        store.write(lambda tx: add_drafts(tx, [draft(99, "no such feed")])),
        store.write(lambda tx: add_drafts(tx, [draft(feed.id, "good")])),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [StoreError, StoreError, int]
    assert len(await store.read(lambda tx: tx.articles.waiting(9))) == 1


async def test_a_result_is_given_after_the_commit(store: SqliteStore, path: Path) -> None:
    await store.write(lambda tx: tx.notes.set("key", "value"))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT value FROM note WHERE key = 'key'").fetchone() == ("value",)


async def test_jobs_that_wait_share_a_commit(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        with locked(path):
            jobs = [
                asyncio.create_task(store.write(lambda tx: tx.counters.bump("n", 1, NOW)))
                for _ in range(64)
            ]
            await asyncio.sleep(0)
            before = commits(other)
        await asyncio.gather(*jobs)
        assert commits(other) - before <= 2, "the first may have begun before the others came"
    assert await store.read(lambda tx: tx.counters.total(NOW)) == {"n": 64}


def commits(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


async def test_a_reader_sees_one_state_and_cannot_write(store: SqliteStore) -> None:
    loop = asyncio.get_running_loop()

    def look_twice(tx: Transaction) -> tuple[str | None, str | None]:
        first = tx.notes.get("key")
        write = store.write(lambda tx: tx.notes.set("key", "new"))
        asyncio.run_coroutine_threadsafe(write, loop).result()
        return first, tx.notes.get("key")

    assert await store.read(look_twice) == (None, None)
    assert await notes(store, "key") == ["new"]
    with pytest.raises(StoreError, match="read-only"):
        await store.read(lambda tx: tx.notes.set("key", "from a reader"))


@pytest.mark.fault("B2")
async def test_writes_wait_for_another_process(store: SqliteStore, path: Path) -> None:
    with locked(path) as other:
        writing = asyncio.create_task(store.write(lambda tx: tx.notes.set("key", "mine")))
        assert await notes(store, "key") == [None], "readers are not held up"
        assert not writing.done()
        other.execute("COMMIT")
    await writing
    assert await notes(store, "key") == ["mine"]


@pytest.mark.fault("B2")
async def test_a_lock_beyond_our_patience_is_reported_and_nothing_done(path: Path) -> None:
    store = open_store(path, now=NOW, patience=timedelta(milliseconds=50))
    with locked(path), pytest.raises(StoreBusy, match=r"monitor\.sqlite: another process") as busy:
        await store.write(lambda tx: tx.notes.set("key", "1"))
    assert busy.value.temporary
    await store.write(lambda tx: tx.notes.set("key", "2"))
    assert await notes(store, "key") == ["2"]
    await store.close()


async def test_closing_finishes_what_waits_and_takes_no_more(path: Path) -> None:
    store = open_store(path, now=NOW)
    jobs = [
        asyncio.create_task(store.write(lambda tx: tx.counters.bump("n", 1, NOW)))
        for _ in range(200)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*jobs)
    for call in (store.write, store.read):
        with pytest.raises(StoreError, match="closed"):
            await call(lambda tx: tx.notes.get("key"))
    assert [file.name for file in path.parent.iterdir()] == [path.name], "the log is folded in"
    reopened = open_store(path, now=NOW)
    assert await reopened.read(lambda tx: tx.counters.total(NOW)) == {"n": 200}
    await reopened.close()


async def test_the_daemon_notices_that_another_process_wrote(
    store: SqliteStore, path: Path
) -> None:
    await store.write(lambda tx: tx.notes.set("mine", "1"))
    assert not await store.changed_elsewhere()
    other = open_store(path, now=NOW)
    await other.write(lambda tx: tx.notes.set("theirs", "1"))
    await other.close()
    assert await store.changed_elsewhere()
    assert not await store.changed_elsewhere()


@pytest.mark.fault("B1")
async def test_a_full_disk_loses_no_earlier_work_and_recovers(
    store: SqliteStore, feed: Feed, path: Path
) -> None:
    await store.write(lambda tx: tx.notes.set("earlier", "1"))
    await store.write(lambda tx: limit_pages(session_of(tx), 1))
    with pytest.raises(StoreFull) as full:
        await store.write(lambda tx: tx.articles.add([draft(feed.id, text="x" * 2_000_000)]))
    assert full.value.temporary
    await store.write(lambda tx: limit_pages(session_of(tx), 1_000_000))
    assert await store.write(lambda tx: add_drafts(tx, [draft(feed.id)])) == 1
    assert await notes(store, "earlier") == ["1"]
    assert check(path) == ()


@pytest.mark.fault("B1")
async def test_when_sqlite_undoes_the_transaction_every_job_of_it_is_told(
    store: SqliteStore,
) -> None:
    """SQLite does so itself on some I/O errors; nobody may be told that his work is kept."""
    begun, go_on = threading.Event(), threading.Event()

    def hold_up(tx: Transaction) -> None:
        tx.notes.set("first", "1")
        begun.set()
        go_on.wait()

    def lose_it(tx: Transaction) -> None:
        session_of(tx).connection().exec_driver_sql("ROLLBACK")
        raise StoreFull("no space left")

    jobs = [hold_up, lambda tx: tx.notes.set("second", "1"), lose_it]
    first = asyncio.create_task(store.write(jobs[0]))
    await asyncio.to_thread(begun.wait)
    # Both wait for the writer, which takes them into one transaction.
    others = [asyncio.create_task(store.write(job)) for job in jobs[1:]]
    await asyncio.sleep(0)
    go_on.set()
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), StoreFull, StoreFull]
    assert await notes(store, "first", "second") == ["1", None]
    await store.write(lambda tx: tx.notes.set("later", "1"))
    assert await notes(store, "later") == ["1"]


def session_of(tx: Transaction) -> Session:
    assert isinstance(tx, Nouns)
    return tx.notes.session


def limit_pages(session: Session, pages: int) -> None:
    """The nearest to a full disk that needs no file system of its own; never below the present."""
    session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.mark.fault("B6")
async def test_the_log_stays_small_after_a_flood(
    store: SqliteStore, feed: Feed, path: Path
) -> None:
    flood = [draft(feed.id, str(n), text="Wort " * 2000) for n in range(3000)]
    assert await store.write(lambda tx: add_drafts(tx, flood)) == 3000
    await store.write(lambda tx: tx.notes.set("key", "1"))
    assert path.with_name(path.name + "-wal").stat().st_size < LOG_CEILING


@pytest.mark.fault("A1")
def test_a_kill_leaves_whole_transactions(path: Path) -> None:
    """FAULTS A1: an article and its outbox row come together or not at all."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(20)][-1]
    writer.kill()
    acknowledged = max([acknowledged, *map(int, writer.stdout.read().split("\n")[:-1])])
    writer.wait()
    writer.stdout.close()
    assert check(path) == ()
    with closing(sqlite3.connect(path)) as database:
        articles = {row for (row,) in database.execute("SELECT identity FROM article")}
        alerts = {row for (row,) in database.execute("SELECT subject_id FROM outbox")}
    assert articles == alerts
    assert articles >= {str(n) for n in range(acknowledged)}


def test_importing_the_store_does_not_import_its_library() -> None:
    loaded = "import sys, monitor.store; print('sqlmodel' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
