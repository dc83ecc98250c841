"""The bus: facts reach their handler, failures stay where they are."""

import asyncio
import logging

import pytest

from monitor.bus import Bus, Subscription
from monitor.core.events import AlertQueued, ArticlesAdded, ArticlesFlagged, Event
from monitor.errors import StoreBusy


async def test_what_a_handler_returns_is_emitted() -> None:
    seen: list[Event] = []

    async def pass_on(event: Event) -> list[Event]:
        seen.append(event)
        return [ArticlesFlagged(2)]

    async def note(event: Event) -> list[Event]:
        seen.append(event)
        return []

    bus = Bus({ArticlesAdded: Subscription(pass_on), ArticlesFlagged: Subscription(note)})
    bus.emit([ArticlesAdded(1)])
    await bus.drain()
    assert seen == [ArticlesAdded(1), ArticlesFlagged(2)]


@pytest.mark.parametrize("failure", [StoreBusy("locked"), ZeroDivisionError("a bug")])
async def test_a_failing_handler_is_logged_and_stops_nobody(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[Event] = []

    async def fail(event: Event) -> list[Event]:
        raise failure

    async def work(event: Event) -> list[Event]:
        done.append(event)
        return []

    bus = Bus({ArticlesAdded: Subscription(fail), AlertQueued: Subscription(work)})
    with caplog.at_level(logging.WARNING):
        bus.emit([ArticlesAdded(1), AlertQueued(1)])
        await bus.drain()
    assert done == [AlertQueued(1)]
    assert "ArticlesAdded" in caplog.text


async def test_serial_handlers_never_overlap_and_equal_events_wait_as_one() -> None:
    running, most, calls = 0, 0, 0
    gate = asyncio.Event()

    async def work(event: Event) -> list[Event]:
        nonlocal running, most, calls
        running, calls = running + 1, calls + 1
        most = max(most, running)
        await gate.wait()
        running -= 1
        return []

    bus = Bus({ArticlesAdded: Subscription(work)})
    bus.emit([ArticlesAdded(0), ArticlesAdded(0), ArticlesAdded(1)])
    gate.set()
    await bus.drain()
    assert (most, calls) == (1, 2)


async def test_parallel_handlers_do_overlap() -> None:
    both = asyncio.Barrier(2)

    async def meet(event: Event) -> list[Event]:
        await both.wait()
        return []

    bus = Bus({AlertQueued: Subscription(meet, serial=False)})
    bus.emit([AlertQueued(1), AlertQueued(2)])
    async with asyncio.timeout(5):
        await bus.drain()


async def test_stop_cancels_what_does_not_end_in_time() -> None:
    cancelled: list[Event] = []

    async def hang(event: Event) -> list[Event]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(event)
            raise
        return []

    bus = Bus({ArticlesAdded: Subscription(hang)})
    bus.emit([ArticlesAdded(1)])
    await asyncio.sleep(0)
    await bus.stop(seconds=0.01)
    assert cancelled == [ArticlesAdded(1)]
