import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.core.model import Feed
from monitor.errors import SchemaTooNew, StoreCorrupt, StoreError, StoreUnusable
from monitor.store import SqliteStore, back_up, check, open_store, restore
from tests.builders import NOW, draft


def overwrite(path: Path, at: int, junk: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(junk)


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


async def value_in(path: Path) -> str | None:
    store = open_store(path, now=NOW)
    value = await store.read(lambda tx: tx.notes.get("key"))
    await store.close()
    return value


@pytest.mark.fault("B7")
async def test_a_backup_taken_while_writing_is_sound(
    store: SqliteStore, feed: Feed, path: Path
) -> None:
    await store.write(lambda tx: tx.articles.add([draft(feed.id, str(n)) for n in range(3000)]))
    target = path.with_name("copy.sqlite")
    copying = asyncio.create_task(asyncio.to_thread(back_up, path, target))
    written = 0
    while not copying.done():
        await store.write(lambda tx: tx.counters.bump("n", 1, NOW))
        written += 1
    await copying
    assert written > 0
    assert check(target) == ()
    assert not target.with_name(".copy.sqlite.part").exists()
    assert not target.with_name("copy.sqlite-wal").exists()


@pytest.mark.fault("B7")
async def test_restore_brings_the_backup_back_and_keeps_what_it_replaced(
    store: SqliteStore, path: Path
) -> None:
    await store.write(lambda tx: tx.notes.set("key", "then"))
    backup = path.with_name("copy.sqlite")
    back_up(path, backup)
    await store.write(lambda tx: tx.notes.set("key", "now"))
    await store.close()
    replaced = restore(backup, path, now=NOW)
    assert replaced == path.with_name("monitor.sqlite.replaced-20261124T083000Z")
    assert await value_in(path) == "then"
    assert await value_in(replaced) == "now"


async def test_an_old_log_is_not_applied_to_the_restored_file(
    store: SqliteStore, path: Path
) -> None:
    """As after a kill: the replaced database still has its write-ahead log beside it."""
    await store.write(lambda tx: tx.notes.set("key", "then"))
    backup = path.with_name("copy.sqlite")
    back_up(path, backup)
    await store.write(lambda tx: tx.notes.set("key", "now"))
    crashed = path.with_name("crashed.sqlite")
    for suffix in ("", "-wal"):
        part = path.with_name(path.name + suffix)
        crashed.with_name(crashed.name + suffix).write_bytes(part.read_bytes())
    replaced = restore(backup, crashed, now=NOW)
    assert replaced is not None
    assert await value_in(crashed) == "then"
    assert await value_in(replaced) == "now"


async def test_restore_into_an_empty_place_replaces_nothing(store: SqliteStore, path: Path) -> None:
    await store.write(lambda tx: tx.notes.set("key", "value"))
    backup, target = path.with_name("copy.sqlite"), path.with_name("new.sqlite")
    back_up(path, backup)
    assert restore(backup, target, now=NOW) is None
    assert await value_in(target) == "value"


async def test_restore_refuses_before_it_touches_the_target(store: SqliteStore, path: Path) -> None:
    await store.write(lambda tx: tx.notes.set("key", "kept"))
    damaged, newer, foreign = (path.with_name(name) for name in ("damaged", "newer", "foreign"))
    for copy in (damaged, newer):
        back_up(path, copy)
    await store.close()
    overwrite(damaged, 4096, b"\xff" * 8192)
    execute(newer, "UPDATE alembic_version SET version_num = '9999'")
    execute(foreign, "CREATE TABLE feed (id INTEGER)")
    for backup, error in [
        (damaged, StoreCorrupt),
        (newer, SchemaTooNew),
        (foreign, StoreCorrupt),
        (path.with_name("missing"), StoreUnusable),
        (path.parent, StoreUnusable),
    ]:
        with pytest.raises(error):
            restore(backup, path, now=NOW)
    assert await value_in(path) == "kept"


@pytest.mark.fault("B7")
async def test_a_backup_that_cannot_be_made_says_why(store: SqliteStore, path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no such database"):
        back_up(path.with_name("missing"), path.with_name("copy"))
    path.with_name("file").write_text("not a folder")
    for folder in ("missing", "file"):
        with pytest.raises(StoreUnusable, match=f"{folder}/copy: "):
            back_up(store.path, path.with_name(folder) / "copy")


async def test_a_backup_never_writes_over_what_is_none(store: SqliteStore, path: Path) -> None:
    config = path.with_name("config.toml")
    config.write_text("language = 'de'\n")
    for target in (config, path, path.parent):
        with pytest.raises(StoreError, match="name a new file"):
            back_up(path, target)
    assert config.read_text() == "language = 'de'\n"
    with pytest.raises(StoreError, match="is the database itself"):
        restore(path, path, now=NOW)


async def test_a_newer_backup_takes_the_place_of_an_older_one(
    store: SqliteStore, path: Path
) -> None:
    target = path.with_name("backup.sqlite")
    back_up(path, target)
    await store.write(lambda tx: tx.notes.set("key", "new"))
    back_up(path, target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT value FROM note WHERE key = 'key'").fetchall() == [("new",)]


def test_check_names_each_problem(path: Path) -> None:
    assert check(path) == (f"{path}: no such database",)
    path.write_text("Das ist keine Datenbank. " * 100)
    assert check(path) == (f"{path}: not an SQLite database; move it away",)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DROP TABLE alembic_version", "not a database of monitor"),
        ("UPDATE alembic_version SET version_num = '9999'", "9999 is newer"),
        ("INSERT INTO story_member VALUES (7, 7, 7, 0)", "story_member row 7: no such"),
    ],
)
async def test_check_finds(path: Path, statement: str, problem: str) -> None:
    await value_in(path)
    execute(path, statement)
    assert any(problem in line for line in check(path))
