import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreUnusable
from monitor.store import upgrade
from monitor.store.database import begin_patiently, reading_engine, writing_engine
from monitor.store.failures import translate
from tests.builders import MINUTE, NOW

INSTANT = timedelta(milliseconds=1)


class Pauses(Event):
    """Notes each pause instead of waiting; the third one sees the other process let go."""

    def __init__(self, other: sqlite3.Connection) -> None:
        super().__init__()
        self.other = other
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout or 0.0)
        if len(self.seconds) == 3:
            self.other.execute("COMMIT")
        return self.is_set()


@pytest.fixture
def current(path: Path) -> Path:
    upgrade(path, now=NOW)
    return path


def test_a_lock_is_waited_for_with_growing_pauses(current: Path) -> None:
    with (
        closing(sqlite3.connect(current, isolation_level=None)) as other,
        writing_engine(current, INSTANT).connect() as connection,
    ):
        other.execute("BEGIN IMMEDIATE")
        pauses = Pauses(other)
        with begin_patiently(connection, current, MINUTE, pauses):
            assert len(pauses.seconds) == 3
            assert pauses.seconds == sorted(set(pauses.seconds))


def test_a_store_that_closes_waits_for_no_lock(current: Path) -> None:
    with (
        closing(sqlite3.connect(current, isolation_level=None)) as other,
        writing_engine(current, INSTANT).connect() as connection,
    ):
        other.execute("BEGIN IMMEDIATE")
        pauses = Pauses(other)
        pauses.set()
        with pytest.raises(StoreBusy):
            begin_patiently(connection, current, MINUTE, pauses)
        assert len(pauses.seconds) == 1


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
        ("journal_size_limit", 8 * 1024 * 1024),
    ],
)
def test_the_writing_connection_is_safe(current: Path, pragma: str, value: str | int) -> None:
    with writing_engine(current, MINUTE).connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_reading_connections_only_read(current: Path) -> None:
    engine = reading_engine(current, MINUTE)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("code", "kind", "temporary"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusy, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy, True),
        (sqlite3.SQLITE_LOCKED, StoreBusy, True),
        (sqlite3.SQLITE_FULL, StoreFull, True),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StoreFull, True),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StoreUnusable, False),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, StoreUnusable, False),
        (sqlite3.SQLITE_PERM, StoreUnusable, False),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreCorrupt, False),
        (sqlite3.SQLITE_NOTADB, StoreCorrupt, False),
        (sqlite3.SQLITE_IOERR_READ, StoreError, False),
    ],
)
def test_each_result_code_has_its_error(code: int, kind: type[StoreError], temporary: bool) -> None:
    failure = sqlite3.OperationalError("as SQLite puts it")
    failure.sqlite_errorcode = code
    error = translate(failure, Path("monitor.sqlite"))
    assert type(error) is kind
    assert error.temporary is temporary
    assert str(error).startswith("monitor.sqlite: ")
