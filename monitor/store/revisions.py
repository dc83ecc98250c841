"""Which schema a database has, and which migrations this program knows.

Alembic is imported only where it is needed: half a second that most starts can save.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import SchemaTooNew
from monitor.store.failures import translated
from monitor.store.schema import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = "monitor.store:migrations"
"""Where alembic finds the migrations: in the package, so also in an installed wheel."""


def is_current(path: Path) -> bool:
    """Tell, without alembic and without a lock, that there is nothing to migrate."""
    if not path.is_file():
        return False
    with translated(path), closing(sqlite3.connect(path)) as connection:
        return stored_revision(connection) == REVISION


def stored_revision(connection: sqlite3.Connection) -> str | None:
    """Read the schema's revision; None where no migration ever ran."""
    table = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if connection.execute(table).fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def pending_revisions(path: Path, current: str | None, scripts: str = SCRIPTS) -> tuple[str, ...]:
    """List what is to be applied, oldest first. Raise `SchemaTooNew` for a revision not ours."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    directory = ScriptDirectory.from_config(alembic_config(scripts))
    ours = [script.revision for script in directory.walk_revisions()][::-1]
    if current is None:
        return tuple(ours)
    if current not in ours:
        raise SchemaTooNew(
            f"{path}: its schema {current} is newer than this program's {ours[-1]}; "
            "upgrade monitor, or restore an older backup"
        )
    return tuple(ours[ours.index(current) + 1 :])


def alembic_config(scripts: str) -> "Config":
    """Configure alembic without an ini file."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    return config
