"""Connections to the one file: how they are opened and how a write transaction begins."""

import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, NullPool, Pool, QueuePool, RootTransaction, create_engine
from sqlalchemy import event as sqlalchemy_event

from monitor.errors import StoreBusy
from monitor.store.failures import translated

PATIENCE = timedelta(minutes=2)
"""How long a write keeps trying while another process holds the lock."""

BUSY_TIMEOUT = timedelta(seconds=10)
"""How long SQLite itself waits for a lock before it reports "busy"."""

LOG_LIMIT = 8 * 1024 * 1024
"""The write-ahead log is cut back to this many bytes after a checkpoint."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"journal_size_limit={LOG_LIMIT}",
)

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0


def connect(path: Path, patience: timedelta, *pragmas: str) -> sqlite3.Connection:
    """Open the file, creating it where it is missing. BEGIN is ours: `isolation_level=None`."""
    connection = sqlite3.connect(
        path,
        timeout=min(patience, BUSY_TIMEOUT).total_seconds(),
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in (*PRAGMAS, *pragmas):
            _execute_patiently(connection, f"PRAGMA {pragma}", patience)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _execute_patiently(connection: sqlite3.Connection, statement: str, patience: timedelta) -> None:
    """Try again while busy: SQLite does not wait when two programs switch a new file to WAL."""
    deadline = monotonic() + patience.total_seconds()
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= deadline:
                raise
            sleep(FIRST_PAUSE)
        else:
            return


def open_engine(
    path: Path, patience: timedelta, begin: str, pool: type[Pool], *pragmas: str
) -> Engine:
    """Make an engine whose transactions start with the statement `begin`.

    SQLAlchemy's and sqlite3's own transaction control would begin too late: two writers could
    read the same state, and DDL would be committed half-way.
    """
    engine = create_engine(
        "sqlite+pysqlite://", creator=partial(connect, path, patience, *pragmas), poolclass=pool
    )
    sqlalchemy_event.listen(engine, "begin", lambda c: c.exec_driver_sql(begin))
    return engine


def writing_engine(path: Path, patience: timedelta, foreign_keys: bool = True) -> Engine:
    """Make the engine of the one writing connection."""
    keys = f"foreign_keys={'ON' if foreign_keys else 'OFF'}"
    return open_engine(path, patience, "BEGIN IMMEDIATE", NullPool, keys)


def reading_engine(path: Path, patience: timedelta) -> Engine:
    """Make the engine of the query-only connections; each transaction sees one state."""
    return open_engine(path, patience, "BEGIN DEFERRED", QueuePool, "query_only=ON")


def begin_patiently(
    connection: Connection, path: Path, patience: timedelta, stop: Event
) -> RootTransaction:
    """Take the write lock, trying again with growing pauses until `patience` is over.

    Raise `StoreBusy` then, or as soon as `stop` is set; other errors at once.
    """
    deadline, pause = monotonic() + patience.total_seconds(), FIRST_PAUSE
    while True:
        try:
            with translated(path):
                return connection.begin()
        except StoreBusy:
            if monotonic() >= deadline or stop.wait(pause):
                raise
        pause = min(2 * pause, LONGEST_PAUSE)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Reach below SQLAlchemy, where its idea of a transaction does not count."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - `connect` made it
    return driver


def data_version(connection: Connection) -> int:
    """SQLite's counter of what other connections have committed, without taking a lock.

    https://www.sqlite.org/pragma.html#pragma_data_version
    """
    return int(driver_of(connection).execute("PRAGMA data_version").fetchone()[0])
