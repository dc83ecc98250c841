"""What can be asked of a database that may not be there, or not be ours, or be old."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def read_topic_names(path: Path) -> tuple[str, ...]:
    """The names of the topics a person added; none where there is no such database.

    Nothing is created, locked or migrated: the configuration is checked before the store opens.
    """
    address = f"file:{quote(str(path))}?mode=ro"
    query = "SELECT name FROM topic WHERE removed_at IS NULL ORDER BY name"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return tuple(name for (name,) in connection.execute(query))
    except sqlite3.Error:
        return ()
