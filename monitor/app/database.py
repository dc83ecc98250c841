"""Opens the database also where it is damaged or the disk is full."""

import logging
import time
from datetime import datetime
from pathlib import Path

from monitor.config import Settings
from monitor.errors import StoreFull
from monitor.store import Ballast, SqliteStore, open_store, rescue

log = logging.getLogger(__name__)

ROOM_GLANCE = 1.0
"""Seconds between two looks whether a full disk has room again."""


def open_sound_store(path: Path, now: datetime) -> SqliteStore:
    """Open the database; replace a damaged one first, and where the disk is full use the ballast.

    Raise `StoreError`.
    """
    try:
        replaced = rescue(path, now=now)
        if replaced:
            log.error("the database was damaged; it is kept as %s", replaced)
        return open_store(path, now=now)
    except StoreFull:
        if not Ballast(path).is_held():
            raise
        log.warning("the disk is full; using the room kept for that")
        Ballast(path).release()
        return open_store(path, now=now)


def wait_for_room(settings: Settings) -> None:
    """Return when the disk has room to begin with, which the ballast then holds."""
    ballast = Ballast(settings.storage.path)
    while not ballast.reserve():
        time.sleep(ROOM_GLANCE)
