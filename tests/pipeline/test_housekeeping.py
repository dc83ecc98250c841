"""B1, B3, B6, B7 in the flow: what happens when the disk is full, and what is done each minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.model import REPLACED, Among, Delivery, Order
from monitor.core.search import read_query
from monitor.errors import StoreFull
from monitor.pipeline.parts import Space
from monitor.ports import Transaction
from tests.pipeline.conftest import START, World

MINUTE = timedelta(minutes=1)


class FullDisk:
    """The real store on a disk where nothing fits, for so many writes or until the ballast goes."""

    def __init__(self, world: World) -> None:
        self.store = world.parts.store
        self.world = world
        self.full = False

    async def write(self, job: Any) -> Any:
        if self.full and self.world.ballast.held:
            raise StoreFull("monitor.sqlite: no space left")
        return await self.store.write(job)

    async def read(self, query: Any) -> Any:
        return await self.store.read(query)


async def opened(world: World) -> str:
    url = await world.add_feed("one", ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


@pytest.mark.fault("B1")
async def test_a_full_disk_stops_reading_says_so_once_and_ends_by_itself(world: World) -> None:
    url = await opened(world)
    disk = FullDisk(world)
    world.parts = replace(world.parts, store=disk)
    world.ballast.room, disk.full = False, True
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert world.mail.titles == ["Disk full"]
    assert world.ballast.released == 1
    asked = len(world.fetcher.requests)
    for _ in range(5):
        await world.pass_time()
    assert len(world.fetcher.requests) == asked
    assert world.mail.titles == ["Disk full"]

    world.ballast.room, disk.full = True, False
    for _ in range(3):
        await world.pass_time()
    assert world.ballast.held
    assert sorted(world.mail.titles[1:]) == [
        "AI overbuild: Fear of an AI bubble",
        "There is room again",
    ]


@pytest.mark.fault("B1")
async def test_a_start_on_a_disk_without_room_for_the_ballast_reads_nothing(world: World) -> None:
    await opened(world)
    world.ballast.held = world.ballast.room = False
    await world.pass_time(MINUTE)
    assert world.parts.live.space is Space.LOW
    assert world.mail.titles == ["Disk full"]


async def test_where_not_even_the_ballast_helps_everything_waits_for_the_next_minute(
    world: World,
) -> None:
    url = await opened(world)
    disk = FullDisk(world)
    world.parts = replace(world.parts, store=disk)
    disk.full, world.ballast.room = True, False
    world.ballast.release = lambda: None  # type: ignore[method-assign]  # it is gone already
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert world.parts.live.space is Space.NONE
    assert len(world.seen) < 20
    assert world.mail.sent == []


@pytest.mark.fault("B6")
async def test_texts_are_forgotten_by_the_age_of_the_newest_article(world: World) -> None:
    world.change(keep=timedelta(days=30))
    url = await opened(world)
    await world.pass_time(timedelta(days=3650))
    (old,) = await world.parts.store.read(lambda tx: tx.articles.newest(1))
    assert old.text == "Nothing of note", "a clock that is years ahead deletes nothing"
    world.clock.now = START + timedelta(days=31)
    world.show(url, "Nothing of note today")
    for _ in range(2):
        await world.pass_time()
    texts = await world.parts.store.read(
        lambda tx: [article.text for article in tx.articles.newest(9)]
    )
    assert texts == ["Nothing of note today", ""]
    assert await world.count("texts forgotten") == 1


async def test_a_backup_is_made_once_a_day_and_a_failed_one_is_tried_again(world: World) -> None:
    await opened(world)
    assert world.backups.made == ["2026-03-01"]
    world.backups.errors = [StoreFull("no room for a backup")]
    await world.pass_time(timedelta(days=1))
    await world.pass_time(timedelta(minutes=59))
    assert world.backups.made == ["2026-03-01"]
    await world.pass_time(timedelta(minutes=1))
    assert world.backups.made == ["2026-03-01", "2026-03-02"]


@pytest.mark.fault("B3")
async def test_after_a_rescue_old_articles_alert_nobody_even_without_baseline(
    world: World,
) -> None:
    world.change(baseline=False)

    def replace_database(tx: Transaction) -> None:
        tx.notes.set(REPLACED, "monitor.sqlite.corrupt-1")

    await world.parts.store.write(replace_database)
    world.parts.live.rescued = True
    url = await world.add_feed("one", ("An old bubble story",))
    await world.settle()
    await world.pass_time(MINUTE)
    told = {row.alert.subject_id for row in await world.outbox()}
    assert told == {"database-replaced", "baseline"}
    assert not world.parts.live.rescued
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert world.mail.titles[-1] == "AI overbuild: Fear of an AI bubble"
    assert {row.state for row in await world.outbox()} == {Delivery.SENT}


async def test_what_was_read_can_be_searched_within_a_minute(world: World) -> None:
    await opened(world)
    await world.pass_time(MINUTE)
    found = await world.parts.store.read(
        lambda tx: tx.searches.find(read_query("notes"), Among(), Order.BEST, 9)
    )
    assert [one.article.title for one in found] == ["Nothing of note"]
    assert await world.parts.store.read(lambda tx: tx.searches.waiting()) == 0
