"""A1, A2: kill -9 of the real daemon at every named point, and at random under load.

The receivers count. Nothing may be lost; nothing may come twice, except an attempt that was under
way: under its own key, and marked.
"""

import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from random import Random

import pytest

from monitor.store import upgrade
from tests.faults.harness.campaign import CHANNELS, ROOT, Campaign, count_repeats, open_campaign
from tests.faults.proof import Record, pick

TIMES = pick(quick=1, full=10)
SETTLED = pick(quick=False, full=True)
RANDOM_KILLS = pick(quick=8, full=100)
MIGRATIONS = pick(quick=3, full=10)
SEED = 20261124
MORNING = datetime(2026, 3, 2, tzinfo=UTC)

ROWS = {
    "poll": ("after fetch", "in the parser", "before poll", "inside poll", "after poll"),
    "classify": ("before classify", "inside classify", "after classify"),
    "assign": ("before assign", "inside assign", "after assign"),
    "deliver": (
        "before claim",
        "inside claim",
        "before sending",
        "during sending",
        "after acceptance",
        "inside settle",
        "after settle",
    ),
}
# One after the other on one database, or each row ten times on a database of its own.
CAMPAIGNS = pick(quick={"every row": sum(ROWS.values(), ())}, full=ROWS)
FAULTS_OF = dict.fromkeys(("poll", "classify", "assign"), ("A1",))
AT_START = ("database open", "before start", "inside start", "after start")
DIGEST = (
    "before digest",
    "inside digest",
    "after digest",
    "during sending",
    "after acceptance of a digest",
)
BACKUP = ("after copy_pages", "after refuse_unsound", "before publish", "after publish")


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with open_campaign(tmp_path) as made:
        yield made


def judge(campaign: Campaign, record: Record, points: int) -> None:
    """Let it run undisturbed, count, and say what was found."""
    count = campaign.finish()
    told = {"points": points, "kills": campaign.kills, "items": campaign.served}
    record(lost=count.lost, repeated=count.repeated, **told, marked=count.marked)
    assert (count.lost, count.repeated) == (0, 0)
    assert count.marked <= campaign.in_flight, "more repeats than attempts that were cut off"


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(points, id=row, marks=pytest.mark.fault(*FAULTS_OF.get(row, ("A1", "A2"))))
        for row, points in CAMPAIGNS.items()
    ],
)
def test_kills_around_each_transaction(
    campaign: Campaign, record: Record, points: tuple[str, ...]
) -> None:
    for point in points * TIMES:
        campaign.kill_at(point, settled=SETTLED)
    judge(campaign, record, len(points))


@pytest.mark.fault("A1")
def test_kills_while_it_starts(campaign: Campaign, record: Record) -> None:
    for point in AT_START * TIMES:
        campaign.serve(1)
        campaign.kill_at_start(point)
    judge(campaign, record, len(AT_START))


@pytest.mark.fault("A1", "A2")
def test_kills_on_the_way_of_a_digest(campaign: Campaign, record: Record) -> None:
    campaign.configure('digests = [{ channels = ["a", "b", "c"], time = "07:00" }]')
    campaign.run_until(campaign.is_all_told, "the first item", MORNING + timedelta(hours=6))
    points = DIGEST * TIMES
    days = [MORNING + timedelta(days=n) for n in range(len(points))]
    for point, day in zip(points, days, strict=True):
        campaign.kill_before_digest(point, day)

    arrived = [campaign.digests_of(f"{day:%Y-%m-%d}") for day in days]
    lost = sum(len(CHANNELS) - len({channel for channel, _ in keys}) for keys in arrived)
    doubled = sum(len(keys) - len(CHANNELS) for keys in arrived) + lost
    marked, unmarked = count_repeats(campaign.receivers.calls)
    record(points=len(DIGEST), kills=campaign.kills, lost=lost, repeated=doubled + unmarked)
    assert (lost, doubled, unmarked) == (0, 0, 0)
    assert marked <= campaign.in_flight


@pytest.mark.fault("A1", "A2")
def test_random_kills_under_load(campaign: Campaign, record: Record) -> None:
    die = Random(SEED)  # noqa: S311 - a die, no secret
    for _ in range(RANDOM_KILLS):
        campaign.serve(3)
        with campaign.victim.live() as running:
            if die.random() < 0.75:  # the others hit the start
                before = len(campaign.receivers.calls)
                running.until(
                    lambda n=before: len(campaign.receivers.calls) > n,  # type: ignore[misc]
                    "a message",
                )
            campaign.kill_after(running, die.uniform(0, 1.5))
    judge(campaign, record, points=0)


@pytest.fixture
def old_database(tmp_path: Path) -> Path:
    """A database of the first schema, which knows its installation's name."""
    folder, path = tmp_path / "migrations", tmp_path / "old.sqlite"
    with as_file(files("monitor.store").joinpath("migrations")) as shipped:
        shutil.copytree(shipped, folder)
    for script in (folder / "versions").glob("r*.py"):
        if not script.name.startswith("r0001"):
            script.unlink()
    upgrade(path, now=MORNING, scripts=str(folder))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO note VALUES ('installation', 'cafe1234')")
    return path


@pytest.mark.fault("A1", "B5")
def test_kills_while_it_migrates(campaign: Campaign, record: Record, old_database: Path) -> None:
    database = campaign.victim.database
    for statement in range(2, 2 + 3 * MIGRATIONS, 3):
        shutil.copyfile(old_database, database)
        campaign.kill_at_start("in the migration", "--times", str(statement))
        assert campaign.victim.rows("SELECT version_num FROM alembic_version") == [("0001",)]
    judge(campaign, record, points=1)
    assert {call.key.partition("-")[0] for call in campaign.receivers.calls} == {"cafe1234"}


@pytest.mark.fault("A1", "B7")
def test_kills_while_it_copies(campaign: Campaign, record: Record) -> None:
    victim, copy = campaign.victim, campaign.victim.folder / "copy.sqlite"
    with victim.live() as running:
        running.until(campaign.is_all_told, "the first item told")
        for point in BACKUP * TIMES:
            campaign.serve(1)
            command = [sys.executable, "-m", "tests.faults.harness.copier", point, str(copy)]
            with victim.start_command(command, PYTHONPATH=str(ROOT)) as copier:
                assert copier.process.wait(60) == -signal.SIGKILL, copier.log
            campaign.kills += 1
            assert copy.exists() is (point == "after publish")
            victim.do("backup", copy)
            running.until(campaign.is_all_told, "all told, a killed backup or not")
            copy.unlink()
        assert running.stop() == 0
    judge(campaign, record, len(BACKUP))
