"""B1, B7: the room that is kept free, and the daily backups, beside a real database."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.errors import StoreFull, StoreUnusable
from monitor.store import Ballast, DailyBackups, SqliteStore, check
from monitor.store.ballast import MARGIN, SIZE
from tests.builders import DAY, NOW


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def leave(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the disk have so many bytes left."""

    def leave_free(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(free, 0, free))

    return leave_free


@pytest.mark.fault("B1")
def test_a_ballast_takes_real_room_and_gives_it_back(path: Path) -> None:
    ballast = Ballast(path)
    assert ballast.reserve()
    assert ballast.reserve()
    assert ballast.file.stat().st_blocks * 512 >= SIZE
    ballast.release()
    ballast.release()
    assert not ballast.file.exists()


@pytest.mark.fault("B1")
@pytest.mark.parametrize(("free", "held"), [(SIZE + MARGIN - 1, False), (SIZE + MARGIN, True)])
def test_a_ballast_never_takes_the_last_room(
    path: Path, leave: Callable[[int], None], free: int, held: bool
) -> None:
    leave(free)
    ballast = Ballast(path)
    assert ballast.reserve() is held
    assert ballast.file.exists() is held


def test_a_ballast_that_was_cut_off_is_none(path: Path) -> None:
    ballast = Ballast(path)
    ballast.file.write_bytes(b"half")
    assert not ballast.is_held()
    assert ballast.reserve()
    assert ballast.is_held()


def test_a_ballast_that_cannot_be_removed_says_so(path: Path) -> None:
    Ballast(path).file.mkdir()
    with pytest.raises(StoreUnusable, match="ballast: "):
        Ballast(path).release()


@pytest.mark.fault("B7")
async def test_one_sound_backup_a_day_and_the_newest_stay(store: SqliteStore, path: Path) -> None:
    backups = DailyBackups(path, keep=2)
    for day in range(4):
        now = NOW + day * DAY
        assert backups.is_due(now)
        backups.make(now)
        assert not backups.is_due(now)
    names = [file.name for file in backups.list()]
    assert names == [f"monitor.sqlite.daily-202611{day}.bak" for day in (26, 27)]
    assert check(backups.list()[-1]) == ()


async def test_no_backup_where_none_is_wanted(store: SqliteStore, path: Path) -> None:
    assert not DailyBackups(path, keep=0).is_due(NOW)


async def test_a_backup_never_takes_the_last_room(
    store: SqliteStore, path: Path, leave: Callable[[int], None]
) -> None:
    leave(64 * 1024 * 1024)
    backups = DailyBackups(path, keep=2)
    with pytest.raises(StoreFull, match="no room for a backup"):
        backups.make(NOW)
    assert backups.list() == ()
