"""A6, A7: clocks that step and clocks that change. No storm of polls, no digest lost or twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.model import DigestPlan, Subject
from monitor.pipeline import begin_digests
from tests.pipeline.conftest import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def opened(world: World) -> str:
    url = await world.add_feed("one", ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


async def digest_dates(world: World) -> list[str]:
    rows = await world.outbox()
    return [row.alert.occasion for row in rows if row.alert.subject is Subject.DIGEST]


@pytest.mark.fault("A6")
@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY, 400 * DAY, -400 * DAY], ids=str)
async def test_a_step_and_the_way_back_cost_one_poll_each_and_repeat_nothing(
    world: World, step: timedelta
) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    asked = len(world.fetcher.requests)
    await world.pass_time(step)
    await world.pass_time(-step)
    assert len(world.fetcher.requests) - asked <= 2
    world.show(url, "Fear of an AI bubble", "Quite other bubble entirely")
    await world.pass_time()
    alerts = [title for title in world.mail.titles if title.startswith("AI overbuild")]
    assert alerts == [
        "AI overbuild: Fear of an AI bubble",
        "AI overbuild: Quite other bubble entirely",
    ]
    dates = await digest_dates(world)
    assert len(dates) == len(set(dates))


@pytest.mark.fault("A6")
async def test_a_start_in_1970_catches_up_once_the_clock_is_set(world: World) -> None:
    world.clock.now = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    plans = (DigestPlan("begun in 1970", 7, 0, "Europe/Berlin", ("chat",)),)
    world.change(digests=plans)
    await world.parts.store.write(lambda tx: begin_digests(tx, plans, world.clock()))
    url = await opened(world)
    world.clock.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    world.show(url, "Fear of an AI bubble")
    await world.settle()
    await world.pass_time()
    assert world.mail.titles == ["AI overbuild: Fear of an AI bubble"]
    assert len(world.fetcher.requests) <= 3
    await world.pass_time(DAY)
    assert await digest_dates(world) == ["2026-03-01", "2026-03-02"]


CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-10-04"),  # half an hour
    ("Australia/Lord_Howe", "2026-04-05"),
]


@pytest.mark.fault("A7")
@pytest.mark.parametrize("at", [(1, 30), (2, 15), (2, 30), (3, 0)], ids=str)
@pytest.mark.parametrize(("zone", "day"), CHANGES)
async def test_a_digest_in_the_hour_that_is_missing_or_twice_comes_once(
    world: World, zone: str, day: str, at: tuple[int, int]
) -> None:
    plans = (DigestPlan("night", *at, zone, ("chat",)),)
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    world.clock.now = midnight - HOUR
    world.change(digests=plans)
    await world.parts.store.write(lambda tx: begin_digests(tx, plans, world.clock()))
    for _ in range(16):
        await world.pass_time(timedelta(minutes=20))
    assert await digest_dates(world) == [day]
