"""SQLite's failures become the store's errors of `monitor.errors`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import StatementError

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreUnusable

CAUSES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusy, "another process holds the lock"),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "another connection holds the lock"),
    sqlite3.SQLITE_FULL: (StoreFull, "no space left; free some, nothing was lost"),
    sqlite3.SQLITE_READONLY: (StoreUnusable, "read-only; make file and folder writable"),
    sqlite3.SQLITE_CANTOPEN: (StoreUnusable, "cannot be opened; is there a writable folder?"),
    sqlite3.SQLITE_PERM: (StoreUnusable, "no permission; who owns the file?"),
    sqlite3.SQLITE_CORRUPT: (StoreCorrupt, "damaged; restore a backup"),
    sqlite3.SQLITE_NOTADB: (StoreCorrupt, "not an SQLite database; move it away"),
}
"""Primary result codes, https://www.sqlite.org/rescode.html"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise `StoreError` for what SQLite, its driver or SQLAlchemy's binding raises inside."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except OverflowError as error:
        raise StoreError(f"{path}: a number is too large for the database") from error
    except StatementError as error:
        # A DBAPIError is one, too; any other is a value that could not be bound.
        raise translate(error.orig, path) from error


def translate(error: BaseException | None, path: Path) -> StoreError:
    """Choose the error by SQLite's result code; one line that names the file."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:
        code = sqlite3.SQLITE_FULL  # the index of the write-ahead log could not grow
    kind, cause = CAUSES.get(code & 0xFF, (StoreError, str(error)))
    return kind(f"{path}: {cause}")
