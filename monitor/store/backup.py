"""Copies of the database that are whole: made by SQLite, checked before they count.

Nothing here starts the writer thread; all of it may run while a daemon writes, but `restore`:
its caller holds the one-instance lock of the target.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from errno import ENOSPC
from pathlib import Path

from monitor.errors import SchemaTooNew, StoreCorrupt, StoreError, StoreFull, StoreUnusable
from monitor.store.failures import translated
from monitor.store.revisions import pending_revisions, stored_revision

PAGES = 1000
"""Pages per step of a backup: between two steps the writer gets its turn."""


def back_up(source: Path, target: Path) -> None:
    """Write a checked copy of `source` to `target`, which appears whole or not at all.

    Raise `StoreUnusable` where there is no database or no such folder, `StoreFull` where there
    is no room, `StoreCorrupt` where the copy is not sound.
    """
    if not source.is_file():
        raise StoreUnusable(f"{source}: no such database")
    refuse_loss(source, target)
    part = target.with_name(f".{target.name}.part")
    try:
        with os_errors(target):
            part.unlink(missing_ok=True)
        copy_pages(source, part, target)
        refuse_unsound(part, source)
        publish(part, target)
    finally:
        discard(part)


def copy_pages(source: Path, part: Path, target: Path) -> None:
    """Copy through SQLite, so that what stands in the write-ahead log is copied too."""
    with (
        translated(source),
        closing(sqlite3.connect(source)) as database,
        translated(target),
        closing(sqlite3.connect(part)) as copy,
    ):
        database.backup(copy, pages=PAGES)
        # One file, without a log beside it: it may be mailed, moved, put on a read-only disk.
        copy.execute("PRAGMA journal_mode=DELETE")


def refuse_unsound(copy: Path, source: Path) -> None:
    """Look through a copy before it counts; complain about what it was copied from."""
    with translated(source), closing(sqlite3.connect(copy)) as connection:
        problems = damages(connection)
        revision = stored_revision(connection)
    if problems:
        raise StoreCorrupt(f"{source}: {problems[0]}")
    if revision is None:
        raise StoreCorrupt(f"{source}: not a database of monitor")


def publish(part: Path, target: Path) -> None:
    """Give a finished file its name, so that a power loss shows the old one or the new one."""
    with os_errors(target):
        sync(part)
        part.replace(target)
        sync(target.parent)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_loss(source: Path, target: Path) -> None:
    """Never write over the database itself, nor over a file that is no backup of this program."""
    if not target.exists():
        return
    if target.is_dir() or target.samefile(source):
        raise StoreError(f"{target}: is no place for a backup; name a new file")
    try:
        with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as connection:
            known = stored_revision(connection) is not None
    except sqlite3.Error:
        known = False
    if not known:
        raise StoreError(f"{target}: is there already and no backup of monitor; name a new file")


def discard(part: Path) -> None:
    """Remove an unfinished copy; one that cannot be removed is overwritten by the next."""
    with suppress(OSError):
        part.unlink(missing_ok=True)


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Raise `StoreFull` or `StoreUnusable` for what the file system refuses inside."""
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno == ENOSPC else StoreUnusable
        raise kind(f"{path}: {error.strerror}") from error


def restore(backup: Path, target: Path, *, now: datetime) -> Path | None:
    """Put a checked backup in the place of `target`; give the path the replaced file now has.

    The replaced file keeps its log and is called `<name>.replaced-<UTC>`. The caller makes sure
    that no program uses `target`. Raise as `back_up`, and `SchemaTooNew`.
    """
    if target.exists() and backup.exists() and target.samefile(backup):
        raise StoreError(f"{backup}: is the database itself; name a backup of it")
    part = target.with_name(f".{target.name}.part")
    try:
        with os_errors(backup):
            shutil.copyfile(backup, part)
        refuse_unsound(part, backup)
        refuse_newer(part, backup)
        disown(part)
        with os_errors(target):
            replaced = set_aside(target, now)
        publish(part, target)
    finally:
        discard(part)
    return replaced


DISOWN = (
    "DELETE FROM note WHERE key = 'installation'",
    "UPDATE outbox SET ambiguous = 1 WHERE state IN ('pending', 'retry', 'in_flight')",
)


def disown(copy: Path) -> None:
    """Let a database that goes back in time take another name, and doubt what still waits.

    It will give ids again that messages since the backup had. Under the same name their keys would
    be equal, and a receiver that drops repeats would drop a message it never had.
    """
    with translated(copy), closing(sqlite3.connect(copy)) as database:
        with database:
            for statement in DISOWN:
                database.execute(statement)
        database.execute("PRAGMA journal_mode=DELETE")


def refuse_newer(copy: Path, backup: Path) -> None:
    """Refuse a backup that a newer program has made; an older one is migrated when opened."""
    with translated(backup), closing(sqlite3.connect(copy)) as connection:
        pending_revisions(backup, stored_revision(connection))


def set_aside(target: Path, now: datetime) -> Path | None:
    """Rename a database; its log goes with it, or SQLite would apply it to the new file."""
    aside = name_aside(target, "replaced", now)
    existed = target.exists()
    for suffix in ("", "-wal", "-shm"):
        file = target.with_name(target.name + suffix)
        if file.exists():
            file.rename(aside.with_name(aside.name + suffix))
    return aside if existed else None


def name_aside(target: Path, word: str, now: datetime) -> Path:
    """Where a database that gives way is kept: `<name>.<word>-<UTC>`."""
    return target.with_name(f"{target.name}.{word}-{now:%Y%m%dT%H%M%SZ}")


def check(path: Path) -> tuple[str, ...]:
    """Tell what is wrong with a database, one line each; empty means sound and current."""
    if not path.is_file():
        return (f"{path}: no such database",)
    try:
        with translated(path), closing(sqlite3.connect(path)) as connection:
            old = schema_problems(path, connection)
            return (*damages(connection), *(old or search_problems(connection)))
    except StoreError as error:
        return (str(error),)


def damages(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Ask SQLite for damaged pages and for rows that refer to missing rows."""
    pages = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
    rows = connection.execute("PRAGMA foreign_key_check")
    dangling = [f"{table} row {row}: no such {parent}" for table, row, parent, _ in rows]
    return (*pages, *dangling)


def schema_problems(path: Path, connection: sqlite3.Connection) -> tuple[str, ...]:
    """Tell whether this program can work with the schema."""
    revision = stored_revision(connection)
    if revision is None:
        return (f"{path}: not a database of monitor",)
    try:
        pending = pending_revisions(path, revision)
    except SchemaTooNew as error:
        return (str(error),)
    return (f"{path}: schema {revision} is old; run `monitor db upgrade`",) if pending else ()


def search_problems(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Ask FTS5 whether its index is whole; no text is lost where it is not.

    The command writes nothing, but like a write it waits for another writer.
    """
    try:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return ("the search index is damaged; run `monitor db reindex`",)
    return ()
