"""A database that is damaged when the program starts (FAULTS B3): put aside, never written over.

Its place takes the newest backup that is sound, else an empty database. Either has forgotten what
was told last; so every feed begins anew with a baseline, which alerts nobody, an article that had
not come to a story belongs to it, and what still waits to be sent is marked as possibly repeated.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from monitor.core.model import REPLACED
from monitor.errors import StoreCorrupt, StoreError
from monitor.store.backup import (
    discard,
    disown,
    name_aside,
    os_errors,
    publish,
    refuse_newer,
    refuse_unsound,
)
from monitor.store.failures import translated
from monitor.store.migrate import upgrade

ANEW = (
    "UPDATE feed SET baseline_at = NULL, etag = NULL, last_modified = NULL, body_hash = NULL",
    # Since the backup they may have been told.
    "UPDATE article SET baseline = TRUE WHERE waits_for IS NOT NULL",
)
ANEW_PAGES = """
    UPDATE article SET baseline = TRUE
    WHERE id IN (SELECT article_id FROM page WHERE settled_at IS NULL)
"""
HAS_PAGES = "SELECT 1 FROM sqlite_master WHERE name = 'page'"
"""A backup from before migration 0008 has none; it is migrated when it is opened."""


def rescue(path: Path, *, now: datetime) -> Path | None:
    """Look through the database; where it is damaged, replace it and give its new place.

    Raise `StoreUnusable`, `StoreFull` where it cannot be replaced, `StoreBusy` while it is locked.
    """
    if not is_damaged(path):
        return None
    aside = name_aside(path, "corrupt", now)
    part = path.with_name(f".{path.name}.part")
    try:
        take_newest(path, part, now)
        begin_anew(part, aside)
        replace(path, part, aside)
    finally:
        discard(part)
    return aside


def is_damaged(path: Path) -> bool:
    """Ask SQLite for damaged pages. No database at all is none that is damaged."""
    if not path.is_file() or not path.stat().st_size:
        return False
    # Read-only: closing the last connection would apply the log to what is damaged.
    address = f"file:{quote(str(path))}?mode=ro"
    try:
        with translated(path), closing(sqlite3.connect(address, uri=True)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
    except StoreCorrupt:
        return True
    return bool(answer != ("ok",))


def backups_of(path: Path) -> tuple[Path, ...]:
    """All backups that the program made by itself, newest first."""
    found = path.parent.glob(f"{path.name}.*.bak")
    return tuple(sorted(found, key=lambda file: file.stat().st_mtime, reverse=True))


def take_newest(path: Path, part: Path, now: datetime) -> None:
    """Make `part` a copy of the newest sound backup, else an empty database."""
    for backup in backups_of(path):
        try:
            with os_errors(backup):
                shutil.copyfile(backup, part)
            refuse_unsound(part, backup)
            refuse_newer(part, backup)
        except StoreError:  # an older one may be sound
            discard(part)
        else:
            return
    upgrade(part, now=now)


def begin_anew(part: Path, aside: Path) -> None:
    """Write into the new file that it is one, before it takes its place: a kill changes nothing."""
    with translated(part), closing(sqlite3.connect(part)) as database, database:
        for statement in ANEW:
            database.execute(statement)
        if database.execute(HAS_PAGES).fetchone():
            database.execute(ANEW_PAGES)
        note = "INSERT OR REPLACE INTO note (key, value) VALUES (?, ?)"
        database.execute(note, (REPLACED, aside.name))
    disown(part)


def replace(path: Path, part: Path, aside: Path) -> None:
    """Put the new file in its place at one stroke; a link keeps the damaged one."""
    with os_errors(path):
        for suffix in ("-wal", "-shm"):
            log = path.with_name(path.name + suffix)
            if log.exists():
                log.rename(aside.with_name(aside.name + suffix))
        os.link(path, aside)
    publish(part, path)
