"""Opening a database: created, migrated whole, or refused with one line."""

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from monitor.core.model import CompiledDigest
from monitor.errors import SchemaTooNew, StoreCorrupt, StoreError, StoreUnusable
from monitor.store import check, open_store, upgrade
from monitor.store.database import writing_engine
from monitor.store.revisions import pending_revisions
from monitor.store.schema import REVISION, SEARCH
from tests.builders import MINUTE, NOW

COMING = f"{int(REVISION) + 1:04}"

COMING_MIGRATION = f"""
from alembic import op
import sqlalchemy as sa
revision = "{COMING}"
down_revision = "{REVISION}"

def upgrade():
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("mood", sa.Text))
    with op.batch_alter_table("note", recreate="always") as note:
        note.add_column(sa.Column("mood", sa.Text))
"""

DANGLING_MIGRATION = f"""
from alembic import op
revision = "{COMING}"
down_revision = "{REVISION}"

def upgrade():
    op.execute("INSERT INTO story_member VALUES (7, 7, 7, 0)")
"""  # noqa: S608 - revisions are our own

KILLED_UPGRADE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from monitor.store import upgrade
from tests.builders import NOW

left = int(sys.argv[3])

@event.listens_for(Engine, "after_cursor_execute")
def kill_when_it_is_time(*ignored):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(Path(sys.argv[1]), now=NOW, scripts=sys.argv[2])
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The shipped migrations and one that is yet to come."""
    with as_file(files("monitor.store").joinpath("migrations")) as shipped:
        copytree(shipped, tmp_path / "migrations")
    (tmp_path / f"migrations/versions/r{COMING}_mood.py").write_text(COMING_MIGRATION)
    return tmp_path / "migrations"


@pytest.fixture
def old(path: Path) -> Path:
    """A database of the first schema, with something in it."""
    upgrade(path, now=NOW)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO note VALUES ('kept', 'yes')")
    return path


def columns(path: Path, table: str) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words and what SQLite keeps for it are no tables of ours."""
    return kind != "table" or (name or "").partition("_")[0] != "search"


def test_the_migrations_lead_to_the_declared_tables(path: Path) -> None:
    upgrade(path, now=NOW)
    with writing_engine(path, MINUTE).connect() as connection:
        opts = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SQLModel.metadata) == []
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'search'")
        assert made.scalar_one() == SEARCH
    assert pending_revisions(path, REVISION) == ()


async def test_opening_again_changes_nothing(path: Path) -> None:
    for _ in range(2):
        store = open_store(path, now=NOW)
        await store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_old_database_is_backed_up_and_migrated(old: Path, scripts: Path) -> None:
    upgrade(old, now=NOW, scripts=str(scripts))
    assert "mood" in columns(old, "feed") & columns(old, "note")
    backup = old.with_name(f"monitor.sqlite.before-{COMING}.bak")
    assert "mood" not in columns(backup, "feed")
    assert check(backup) == ()
    with closing(sqlite3.connect(old)) as database:
        assert database.execute("SELECT value FROM note WHERE key = 'kept'").fetchall()


@pytest.mark.fault("B5")
@pytest.mark.parametrize("statements", [4, 8, 12])
def test_a_killed_migration_leaves_the_old_schema(
    old: Path, scripts: Path, statements: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_UPGRADE, str(old), str(scripts), str(statements)],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert check(old) == ()
    assert "mood" not in columns(old, "feed") | columns(old, "note")
    upgrade(old, now=NOW, scripts=str(scripts))
    assert "mood" in columns(old, "feed") & columns(old, "note")


def test_a_migration_that_breaks_references_is_undone(old: Path, scripts: Path) -> None:
    (scripts / f"versions/r{COMING}_mood.py").write_text(DANGLING_MIGRATION)
    with pytest.raises(StoreCorrupt, match="the migration was undone"):
        upgrade(old, now=NOW, scripts=str(scripts))
    assert check(old) == ()


@pytest.mark.fault("A4")
def test_two_programs_that_start_together_migrate_once(path: Path) -> None:
    failures: list[StoreError] = []

    def start() -> None:
        try:
            upgrade(path, now=NOW)
        except StoreError as error:
            failures.append(error)

    starts = [threading.Thread(target=start) for _ in range(2)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    assert failures == []
    assert check(path) == ()


@pytest.mark.fault("B5")
def test_a_newer_schema_is_refused_and_left_alone(old: Path, scripts: Path) -> None:
    upgrade(old, now=NOW, scripts=str(scripts))
    before = old.read_bytes()
    with pytest.raises(SchemaTooNew, match=f"{COMING} is newer than this program's {REVISION}"):
        open_store(old, now=NOW)
    assert old.read_bytes() == before


def no_folder(folder: Path) -> Path:
    return folder / "missing" / "monitor.sqlite"


def a_folder(folder: Path) -> Path:
    return folder


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("not a folder")
    return folder / "file" / "monitor.sqlite"


def read_only_file_system(folder: Path) -> Path:
    """Not even root may create files here, unlike in a folder without the write bit."""
    return Path("/proc/sys/monitor.sqlite")


def a_text_file(folder: Path) -> Path:
    (folder / "notes.txt").write_text("Das ist keine Datenbank. " * 100)
    return folder / "notes.txt"


def another_programs_database(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "other.sqlite")) as other:
        other.execute("CREATE TABLE feed (id INTEGER)")
    return folder / "other.sqlite"


@pytest.mark.fault("B3", "B4")
@pytest.mark.parametrize(
    ("place", "error"),
    [
        (no_folder, StoreUnusable),
        (a_folder, StoreUnusable),
        (below_a_file, StoreUnusable),
        (read_only_file_system, StoreUnusable),
        (a_text_file, StoreCorrupt),
        (another_programs_database, StoreUnusable),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, place: Callable[[Path], Path], error: type[StoreError]
) -> None:
    path = place(tmp_path)
    with pytest.raises(error) as refused:
        open_store(path, now=NOW)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def upgrade_from(path: Path, scripts: Path, revision: str, statement: str) -> None:
    """Make a database of an older revision, write into it, then open it with this program."""
    later = [s for s in scripts.glob("versions/r*.py") if s.name[1:5] > revision]
    kept = {script: script.read_bytes() for script in later}
    for script in later:
        script.unlink()
    upgrade(path, now=NOW, scripts=str(scripts))
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(statement)
    for script, content in kept.items():
        script.write_bytes(content)
    upgrade(path, now=NOW)


def test_a_database_of_the_first_schema_can_take_own_topics(path: Path, scripts: Path) -> None:
    upgrade_from(path, scripts, "0001", "INSERT INTO note VALUES ('kept', 'yes')")
    assert {"content", "removed_at"} <= columns(path, "topic")
    assert columns(path.with_name(f"monitor.sqlite.before-{REVISION}.bak"), "note")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT value FROM note WHERE key = 'kept'").fetchall()


def test_messages_of_an_older_schema_stay(path: Path, scripts: Path) -> None:
    queued = """
        INSERT INTO outbox (subject, subject_id, occasion, channel, reason, state, attempts,
            due_at, created_at, ambiguous)
        VALUES ('story', '1', 'first', 'mail', 'default', 'pending', 0, 1, 1, 0);
    """
    upgrade_from(path, scripts, "0001", queued)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT subject_id, channel, held_until, folded_into FROM outbox")
        assert rows.fetchall() == [("1", "mail", None, None)]


async def test_digests_go_on_where_their_notes_said(path: Path, scripts: Path) -> None:
    noted = """
        INSERT INTO note VALUES ('digest daily', '2026-11-24');
        INSERT INTO note VALUES ('digest daily told until', '2026-11-24T06:00:00+00:00');
        INSERT INTO note VALUES ('digest daily sent by hand until', '2026-11-24T08:00:00+00:00');
    """
    upgrade_from(path, scripts, "0002", noted)
    store = open_store(path, now=NOW)
    (digest,) = await store.read(lambda tx: tx.digests.of("daily", 9))
    left = await store.read(
        lambda tx: [tx.notes.get(f"digest daily{rest}") for rest in ("", " told until")]
    )
    by_hand = await store.read(lambda tx: tx.notes.get("digest daily sent by hand until"))
    await store.close()
    until = datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert digest == CompiledDigest("daily", "2026-11-24", until, until)
    assert (left, by_hand) == ([None, None], "2026-11-24T08:00:00+00:00")
