"""A verified backup per day, beside the database."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreFull
from monitor.store.backup import back_up, os_errors

ROOM = 64 * 1024 * 1024
"""Bytes that a backup leaves free: it must not be what fills the disk."""


@dataclass(frozen=True, slots=True)
class DailyBackups:
    """Fulfils `ports.Backups`: the newest `keep` stay, 0 makes none."""

    database: Path
    keep: int

    def list(self) -> tuple[Path, ...]:
        """Those that are there, oldest first."""
        return tuple(sorted(self.database.parent.glob(f"{self.database.name}.daily-*.bak")))

    def is_due(self, now: datetime) -> bool:
        """Whether this UTC day has none yet."""
        return self.keep > 0 and not self._target(now).exists()

    def make(self, now: datetime) -> str:
        """Copy and verify the database, then drop the oldest; give the new file's name.

        May run while others write. Raise `StoreFull` where it would take the last room, else as
        `back_up`.
        """
        target = self._target(now)
        size = sum(f.stat().st_size for f in self._parts() if f.exists())
        if shutil.disk_usage(target.parent).free < size + ROOM:
            raise StoreFull(f"{target}: no room for a backup; free some")
        back_up(self.database, target)
        for old in self.list()[: -self.keep]:
            with os_errors(old):
                old.unlink(missing_ok=True)
        return target.name

    def _target(self, now: datetime) -> Path:
        day = f"{now.astimezone(UTC):%Y%m%d}"
        return self.database.with_name(f"{self.database.name}.daily-{day}.bak")

    def _parts(self) -> tuple[Path, ...]:
        name = self.database.name
        return tuple(self.database.with_name(name + suffix) for suffix in ("", "-wal"))
