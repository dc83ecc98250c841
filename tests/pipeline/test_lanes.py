"""Who asks a host waits for its turn there, and for nobody else's."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitor.pipeline.lanes import PER_HOST, Lanes
from tests.pipeline.fakes import FakeClock

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Street:
    """Lanes under a clock of the test's own; notes when who began."""

    def __init__(self, gap: timedelta) -> None:
        self.clock = FakeClock(START)
        self.lanes = Lanes()
        self.gap = gap
        self.began: list[tuple[str, timedelta]] = []
        self.done = asyncio.Event()

    async def ask(self, host: str) -> None:
        async with self.lanes.enter(host, self.gap, self.clock, self.clock.pause):
            self.began.append((host, self.clock() - START))
            await self.done.wait()


async def let_run() -> None:
    """Let every task run until it waits for something."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_host_is_asked_by_two_at_a_time_and_others_do_not_wait() -> None:
    street = Street(timedelta())
    hosts = ["slow"] * 5 + ["quick"]
    asking = [asyncio.create_task(street.ask(host)) for host in hosts]
    await let_run()
    assert [host for host, _ in street.began] == ["slow"] * PER_HOST + ["quick"]
    street.done.set()
    await asyncio.gather(*asking)
    assert len(street.began) == len(hosts)
    assert not street.lanes.by_host


async def test_requests_to_a_host_begin_a_gap_apart() -> None:
    street = Street(SECOND)
    street.done.set()
    for _ in range(4):
        await street.ask("one")
    assert [at for _, at in street.began] == [SECOND * n for n in range(4)]


async def test_a_gap_that_has_passed_is_not_waited_for() -> None:
    street = Street(SECOND)
    street.done.set()
    await street.ask("one")
    street.clock.advance(5 * SECOND)
    await street.ask("one")
    assert [at for _, at in street.began] == [timedelta(), 5 * SECOND]


async def test_hosts_that_were_asked_once_are_forgotten() -> None:
    street = Street(SECOND)
    street.done.set()
    for n in range(100):
        await street.ask(f"host {n}")
        street.clock.advance(SECOND)
    assert len(street.lanes.by_host) <= 2


@pytest.mark.fault("A6")
async def test_a_clock_that_is_set_back_holds_no_lane() -> None:
    street = Street(SECOND)
    street.done.set()
    await street.ask("one")
    street.clock.advance(timedelta(days=-1))
    before = street.clock()
    await street.ask("one")
    assert street.clock() - before <= PER_HOST * SECOND


async def test_who_is_cut_off_while_waiting_leaves_its_place() -> None:
    street = Street(timedelta())
    asking = [asyncio.create_task(street.ask("one")) for _ in range(4)]
    await let_run()
    asking[2].cancel()
    street.done.set()
    await asyncio.gather(*asking, return_exceptions=True)
    assert len(street.began) == 3
    assert not street.lanes.by_host
