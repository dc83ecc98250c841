"""B1, B3: the real daemon on a disk that fills up, and on a database that was damaged meanwhile."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import Program, wait_until
from tests.programs import require_program

TITLES = tuple(title for title, _ in NEWS)
MEGABYTE = 1024 * 1024
BALLAST = "monitor.sqlite.ballast"
STORAGE = 'storage = { path = "disk/monitor.sqlite" }'
DISK = 64
"""Megabytes of the small disk: the ballast's 16, and room to work."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, in memory; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = require_program("mount", "mount")
    words = [mount, "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs a disk that is easily full: {done.stderr.strip()}")
    yield folder
    subprocess.run([require_program("umount", "mount"), str(folder)], check=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """Take all room but so many bytes; the program may take some of it at the same moment."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        wait_until(lambda: _take_room(file.fileno(), disk, leave), "a full disk")
    return filler


def _take_room(file: int, disk: Path, leave: int) -> bool:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    try:
        os.posix_fallocate(file, 0, free - leave)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    return True


@pytest.mark.fault("B1")
def test_a_full_disk_is_told_of_and_ends_by_itself(
    small_disk: Path, program: Program, beside: Neighbours
) -> None:
    program.database = small_disk / "monitor.sqlite"
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one", extra=STORAGE))
    with program.start("run") as running:
        running.until(lambda: len(beside.calls) == 1, "the first alert")
        running.until((small_disk / BALLAST).exists, "the ballast")
        filler = fill(small_disk)
        beside.feeds["one"] = write_feed(*TITLES[:6])
        running.until(lambda: "Disk full" in titles(beside), "the notice")
        asked = len(beside.served)
        filler.unlink()
        running.until(lambda: "There is room again" in titles(beside), "the end of it")
        running.until(lambda: len(told(beside)) == 6, "the other alerts")
        assert len(beside.served) > asked
        assert running.stop() == 0
    assert titles(beside).count("Disk full") == 1
    assert sorted(told(beside)) == sorted(f"AI overbuild: {title}" for title in TITLES[:6])
    assert (small_disk / BALLAST).stat().st_size == 16 * MEGABYTE
    assert "Traceback" not in running.log
    assert program.ask("db", "check")["ok"]


@pytest.mark.fault("B1")
def test_a_start_on_a_full_disk_waits_for_room(
    small_disk: Path, program: Program, beside: Neighbours
) -> None:
    program.database = small_disk / "monitor.sqlite"
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one", extra=STORAGE))
    filler = fill(small_disk, leave=4096 * 4)
    with program.start("run") as running:
        running.until_logged("waiting for room")
        filler.unlink()
        running.until(lambda: len(told(beside)) == 1, "the alert")
        assert running.stop() == 0
    assert "Traceback" not in running.log


@pytest.mark.fault("B3")
def test_a_damaged_database_is_put_aside_and_nothing_is_told_again(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:4])
    program.configure(beside.configure("one"))
    with program.start("run") as running:
        running.until(lambda: len(beside.calls) == 4, "four alerts")
        running.until(lambda: list(program.folder.glob("*.daily-*.bak")), "the daily backup")
        assert running.stop() == 0
    with program.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096 * 6)
    with program.start("run") as running:
        running.until(lambda: "The database was damaged" in titles(beside), "the notice")
        # How much the backup knew of the four depends on when it was made: this must not.
        running.until_logged("polled one")
        beside.feeds["one"] = write_feed(*TITLES[:5])
        running.until(lambda: len(told(beside)) == 5, "the fifth alert")
        assert running.stop() == 0
    assert len(set(told(beside))) == 5
    assert len(list(program.folder.glob("monitor.sqlite.corrupt-*"))) >= 1
    assert program.ask("db", "check")["ok"]


def titles(beside: Neighbours) -> list[str]:
    return [call.title for call in beside.calls]


def told(beside: Neighbours) -> list[str]:
    """Stories by their keys: one whose receipt found no room comes again, and says so (A2)."""
    calls = {call.key: call.title.removesuffix(" (possibly repeated)") for call in beside.calls}
    return [title for title in calls.values() if title.startswith("AI overbuild")]
