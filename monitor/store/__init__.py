"""Remembers. One SQLite file; one noun per file.

Law: rows of `schema` never leave this folder: it takes and returns the values of `core.model`.
Every insert is idempotent, every write runs inside one BEGIN IMMEDIATE on the one writer thread.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.store.backup import back_up, check, restore
    from monitor.store.ballast import Ballast
    from monitor.store.daily import DailyBackups
    from monitor.store.damaged import rescue
    from monitor.store.migrate import upgrade
    from monitor.store.names import read_topic_names
    from monitor.store.sqlite import SqliteStore, open_store

__all__ = [
    "Ballast",
    "DailyBackups",
    "SqliteStore",
    "back_up",
    "check",
    "open_store",
    "read_topic_names",
    "rescue",
    "restore",
    "upgrade",
]

PLACES = {
    "Ballast": "ballast",
    "DailyBackups": "daily",
    "SqliteStore": "sqlite",
    "open_store": "sqlite",
    "upgrade": "migrate",
    "back_up": "backup",
    "check": "backup",
    "read_topic_names": "names",
    "rescue": "damaged",
    "restore": "backup",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: SQLModel takes a second, `--help` has none."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
