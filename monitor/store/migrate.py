"""Brings a database to the schema of this program, whole or not at all.

All pending migrations run in one BEGIN IMMEDIATE of ours. Alembic alone would let SQLite commit
half of one; an upgrade killed at any point leaves the old schema or the new one.
"""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import Connection

from monitor.errors import StoreCorrupt, StoreUnusable
from monitor.store.backup import back_up
from monitor.store.database import PATIENCE, begin_patiently, driver_of, writing_engine
from monitor.store.failures import translated
from monitor.store.revisions import SCRIPTS, alembic_config, pending_revisions, stored_revision


def upgrade(
    path: Path, *, now: datetime, patience: timedelta = PATIENCE, scripts: str = SCRIPTS
) -> None:
    """Create the database, or back it up and migrate it, where that is pending.

    The backup is `<name>.before-<revision>.bak` in the same folder. The time is noted as
    `schema_since`. Raise `SchemaTooNew`, `StoreBusy`, `StoreUnusable`, `StoreCorrupt`.
    """
    with (
        translated(path),
        writing_engine(path, patience, foreign_keys=False).connect() as connection,
        begin_patiently(connection, path, patience, Event()),
    ):
        # Read under the write lock: another process may just have done it.
        current = stored_revision(driver_of(connection))
        pending = pending_revisions(path, current, scripts)
        if not pending:
            return
        if current:
            back_up(path, path.with_name(f"{path.name}.before-{pending[-1]}.bak"))
        else:
            refuse_foreign(path, connection)
        run_migrations(connection, scripts)
        refuse_dangling(path, connection)
        note_time(connection, now)


def refuse_foreign(path: Path, connection: Connection) -> None:
    """Leave a database alone that another program has filled."""
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        raise StoreUnusable(f"{path}: belongs to another program; choose another [storage] path")


def run_migrations(connection: Connection, scripts: str) -> None:
    """Let alembic apply what is pending, on our connection and in our transaction."""
    from alembic import command  # noqa: PLC0415 - see `revisions`

    config = alembic_config(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_dangling(path: Path, connection: Connection) -> None:
    """Undo a migration that would leave a reference to nothing (keys were off meanwhile)."""
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreCorrupt(f"{path}: rows refer to missing rows; the migration was undone")


def note_time(connection: Connection, now: datetime) -> None:
    """Remember since when the schema is what it is."""
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO note (key, value) VALUES ('schema_since', ?)", (now.isoformat(),)
    )
