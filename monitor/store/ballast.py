"""Room kept free for the moment when the disk is full (FAULTS B1).

Even a DELETE needs room in the write-ahead log, and so does the message that says the disk is full.
A file beside the database holds that room; it is deleted first and made again when there is enough.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.store.backup import os_errors

SIZE = 16 * 1024 * 1024
MARGIN = 8 * 1024 * 1024
"""So much must be free besides, or the next write would take the ballast's place."""


@dataclass(frozen=True, slots=True)
class Ballast:
    """Fulfils `ports.Ballast` for the database at this path."""

    database: Path

    @property
    def file(self) -> Path:
        """Where the room is held."""
        return self.database.with_name(f"{self.database.name}.ballast")

    def is_held(self) -> bool:
        """Tell whether the room is reserved."""
        return self.file.is_file() and self.file.stat().st_size == SIZE

    def reserve(self) -> bool:
        """Reserve the room where there is enough; tell whether it is reserved."""
        if self.is_held():
            return True
        if shutil.disk_usage(self.database.parent).free < SIZE + MARGIN:
            return False
        try:
            with self.file.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, SIZE)
        except OSError:  # a quota, or somebody was quicker: half a ballast would be none
            with suppress(OSError):
                self.file.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> None:
        """Give the room back to the disk. Raise `StoreUnusable`."""
        with os_errors(self.file):
            self.file.unlink(missing_ok=True)
