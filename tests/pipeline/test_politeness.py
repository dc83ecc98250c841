"""Polling as publishers wish it: hosts that ask for rest, feeds that move, batches, turns."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.events import ArticlesAdded, Event, FeedsDue
from monitor.core.model import FeedSpec, FetchRequest, FetchResult, Hop
from monitor.errors import Refused, StoreBusy, StoreFull, Unreachable
from monitor.pipeline import look
from monitor.pipeline.parts import Live, Space
from monitor.pipeline.poll import poll
from monitor.ports import Store, Transaction
from tests.pipeline.conftest import World
from tests.pipeline.fakes import FakeFetcher

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SHORT = timedelta(minutes=20)


@dataclass
class HangingFetcher:
    """Keeps those waiting whose addresses are named until `free` is set."""

    inner: FakeFetcher
    names: tuple[str, ...]
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        if any(name in request.url for name in self.names):
            await self.free.wait()
        return await self.inner.fetch(request)


@dataclass
class SettledMeanwhile:
    """The real store; what is being polled is settled after the due feeds were read."""

    inner: Store
    live: Live

    async def read(self, query: Callable[[Any], Any]) -> Any:
        def look_late(tx: Any) -> Any:
            return query(replace(tx, feeds=self))

        return await self.inner.read(look_late)

    async def write(self, job: Callable[[Any], Any]) -> Any:
        return await self.inner.write(job)

    def due(self, now: datetime, limit: int) -> tuple[int, ...]:
        self.live.polling.clear()
        return (1,)

    def list(self) -> tuple[()]:
        return ()


@dataclass
class CountingStore:
    """The real store; counts transactions, and refuses those that come while `error` is set."""

    inner: Store
    writes: int = 0
    reads: int = 0
    error: Exception | None = None

    async def write(self, job: Callable[[Any], Any]) -> Any:
        self.writes += 1
        if self.error:
            raise self.error
        return await self.inner.write(job)

    async def read(self, query: Callable[[Any], Any]) -> Any:
        self.reads += 1
        return await self.inner.read(query)


async def opened(world: World, *names: str) -> list[str]:
    """Feeds that are past their baseline."""
    urls = [await world.add_feed(name, ("Nothing of note",)) for name in names]
    await world.settle()
    world.mail.sent.clear()
    return urls


async def add(world: World, *urls: str) -> None:
    """Feeds that nobody has polled."""
    for url in urls:
        world.show(url, "Nothing of note")

    def job(tx: Transaction) -> None:
        for url in urls:
            tx.feeds.add(FeedSpec(url, url), world.clock())

    await world.parts.store.write(job)


async def due(world: World) -> FeedsDue:
    """What the next tick finds to poll."""
    world.parts.live.kept_at = world.clock()
    (event,) = await look(world.parts)
    assert isinstance(event, FeedsDue)
    return event


async def until(condition: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  # it looks at a database, which no event has
            await asyncio.sleep(0.01)


# --- batches --------------------------------------------------------------------------------------


async def test_many_unchanged_feeds_cost_one_read_and_one_write(world: World) -> None:
    await opened(world, *(f"blatt{n}" for n in range(40)))
    world.clock.advance(HOUR)
    store = CountingStore(world.parts.store)
    event = await due(world)
    await poll(replace(world.parts, store=store), event)
    assert len(event.feed_ids) == 40
    assert (store.reads, store.writes) == (1, 1)
    assert await world.count("polls") == 80
    assert world.parts.live.polling == set()


async def test_a_feed_that_is_settled_while_it_is_looked_for_is_not_polled_twice(
    world: World,
) -> None:
    live = world.parts.live
    store = SettledMeanwhile(world.parts.store, live)
    live.polling.add(1)
    assert FeedsDue((1,)) not in await look(replace(world.parts, store=store))
    assert FeedsDue((1,)) in await look(replace(world.parts, store=store))


@pytest.mark.fault("C1")
async def test_a_feed_that_hangs_delays_nothing_of_the_others(world: World) -> None:
    slow, news, same, broken = await opened(world, "slow", "news", "same", "broken")
    world.show(news, "Fear of an AI bubble")
    world.fetcher.answers[broken] = Refused(500)
    world.clock.advance(HOUR)
    fetcher = HangingFetcher(world.fetcher, ("slow",))
    emitted: list[Event] = []
    parts = replace(world.parts, fetcher=fetcher, emit=emitted.extend)
    polling = asyncio.create_task(poll(parts, await due(world)))

    async def others_are_settled() -> bool:
        states = [(await world.feed(url)).state for url in (news, same, broken)]
        return all(state.last_polled_at == world.clock.now for state in states)

    await until(others_are_settled)
    assert not polling.done()
    assert ArticlesAdded(1) in emitted
    assert parts.live.polling == {(await world.feed(slow)).id}
    fetcher.free.set()
    await polling
    assert parts.live.polling == set()


async def test_feeds_that_wait_for_their_host_keep_no_other_waiting(world: World) -> None:
    await add(world, *(f"https://slow.example/{n}" for n in range(70)))
    world.clock.advance(MINUTE)
    quick = await world.add_feed("quick", ("Nothing of note",))
    fetcher = HangingFetcher(world.fetcher, ("slow",))
    polling = asyncio.create_task(poll(replace(world.parts, fetcher=fetcher), await due(world)))

    async def quick_is_read() -> bool:
        return (await world.feed(quick)).state.last_ok_at is not None

    await until(quick_is_read)
    fetcher.free.set()
    await polling


async def test_feeds_that_are_being_polled_hide_no_other_that_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.pipeline.POLLS_PER_TICK", 2)
    await opened(world, "one", "two", "three", "four")
    world.clock.advance(HOUR)
    first = await due(world)
    world.parts.live.polling.update(first.feed_ids)
    second = await due(world)
    assert sorted(first.feed_ids + second.feed_ids) == [1, 2, 3, 4]


@pytest.mark.fault("B1", "B2")
@pytest.mark.parametrize(
    ("error", "space"),
    [(StoreFull("full"), Space.NONE), (StoreBusy("locked"), Space.FREE)],
    ids=["full", "locked"],
)
async def test_what_cannot_be_noted_now_is_polled_again_later(
    world: World, error: Exception, space: Space
) -> None:
    (url,) = await opened(world, "one")
    world.clock.advance(HOUR)
    store = CountingStore(world.parts.store, error=error)
    await poll(replace(world.parts, store=store), await due(world))
    assert world.parts.live.space is space
    world.parts.live.space = Space.FREE
    world.clock.advance(2 * MINUTE)
    await world.settle()
    assert (await world.feed(url)).state.last_ok_at == world.clock.now


REFUSES_ONE = """
CREATE TRIGGER refuse BEFORE INSERT ON revision WHEN NEW.title LIKE '%unstorable%'
BEGIN SELECT RAISE(ABORT, 'unstorable'); END
"""


async def test_an_article_that_cannot_be_stored_costs_other_feeds_nothing(
    world: World,
) -> None:
    bad, good = await opened(world, "bad", "good")
    with closing(sqlite3.connect(world.path)) as connection:
        connection.execute(REFUSES_ONE)
    world.show(bad, "Something unstorable")
    world.show(good, "Fear of an AI bubble")
    await world.pass_time()
    assert world.mail.titles == ["AI overbuild: Fear of an AI bubble"]
    assert (await world.feed(bad)).id in world.parts.live.resting


# --- Retry-After ----------------------------------------------------------------------------------


async def feeds_of_one_host(world: World, count: int) -> list[str]:
    urls = [f"https://blatt.example/{n}" for n in range(count)]
    await add(world, *urls)
    await world.settle()
    return urls


@pytest.mark.fault("C7")
@pytest.mark.parametrize("status", [429, 503])
async def test_all_feeds_of_a_host_that_asks_for_rest_leave_it_alone(
    world: World, status: int
) -> None:
    urls = await feeds_of_one_host(world, 12)
    (other,) = await opened(world, "other")
    asked = len(world.fetcher.requests)
    world.fetcher.answers |= dict.fromkeys(urls, Refused(status, timedelta(hours=3)))
    await world.pass_time()
    at_once = [r for r in world.fetcher.requests[asked:] if "blatt" in r.url]
    assert len(at_once) <= 2
    rested = world.clock() + timedelta(hours=3)
    states = [(await world.feed(url)).state for url in urls]
    assert {state.next_poll_at for state in states} == {rested}
    assert {state.due_reason for state in states} == {"Retry-After", "Retry-After of its host"}
    assert sum(state.failures for state in states) == len(at_once)
    await world.pass_time(2 * HOUR)
    assert [r for r in world.fetcher.requests[asked:] if "blatt" in r.url] == at_once
    assert (await world.feed(other)).state.last_ok_at == world.clock.now
    for url in urls:
        world.show(url, "Nothing of note")
    await world.pass_time(HOUR)
    assert {(await world.feed(url)).state.last_ok_at for url in urls} == {world.clock.now}


@pytest.mark.fault("C7")
async def test_after_a_redirect_it_is_the_other_host_that_rests(world: World) -> None:
    moved, same_host, there = await opened(world, "alt", "alt.example:443/2", "neu")
    refused = Refused(429, timedelta(hours=3))
    refused.hops = (Hop(302, there),)
    world.fetcher.answers[moved] = refused
    await world.pass_time(HOUR)
    states = {url: (await world.feed(url)).state for url in (moved, same_host, there)}
    assert states[moved].due_reason == "Retry-After"
    assert states[there].due_reason == "Retry-After of its host"
    assert states[same_host].due_reason != "Retry-After of its host"


@pytest.mark.fault("C7")
async def test_feeds_that_are_not_due_yet_show_at_once_that_they_wait(world: World) -> None:
    due_first, due_later = await feeds_of_one_host(world, 2)
    later = await world.feed(due_later)
    state = replace(later.state, next_poll_at=world.clock() + 2 * HOUR)
    await world.parts.store.write(lambda tx: tx.feeds.settle([(later, state)]))
    world.fetcher.answers[due_first] = Refused(503, timedelta(hours=3))
    await world.pass_time()
    waiting = (await world.feed(due_later)).state
    assert waiting.next_poll_at == world.clock() + timedelta(hours=3)
    assert waiting.due_reason == "Retry-After of its host"


@pytest.mark.fault("C7")
async def test_a_feed_that_is_added_meanwhile_waits_with_its_host(world: World) -> None:
    (url,) = await feeds_of_one_host(world, 1)
    world.fetcher.answers[url] = Refused(429, timedelta(hours=3))
    await world.pass_time()
    asked = len(world.fetcher.requests)
    late = "https://blatt.example/late"
    await add(world, late)
    await world.pass_time(MINUTE)
    assert len(world.fetcher.requests) == asked
    assert (await world.feed(late)).state.due_reason == "Retry-After of its host"


@pytest.mark.fault("C7")
async def test_another_status_speaks_for_its_feed_alone(world: World) -> None:
    urls = await feeds_of_one_host(world, 2)
    world.fetcher.answers[urls[0]] = Refused(403, timedelta(hours=3))
    await world.pass_time()
    await world.pass_time()
    assert (await world.feed(urls[1])).state.last_ok_at == world.clock.now


# --- feeds that move, go, or only seem unchanged --------------------------------------------------


@dataclass
class MovingFetcher:
    """Sends those who ask for an address of `moved` on for good."""

    inner: FakeFetcher
    moved: dict[str, str] = field(default_factory=dict)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        target = self.moved.get(request.url)
        if target is None:
            return await self.inner.fetch(request)
        answer = await self.inner.fetch(replace(request, url=target))
        self.inner.requests[-1] = request
        return replace(answer, hops=(Hop(301, target),))


@pytest.mark.fault("C5")
async def test_a_feed_that_moved_is_asked_at_its_new_address_and_alerts_once(world: World) -> None:
    (old,) = await opened(world, "old")
    new = "https://new.example"
    fetcher = MovingFetcher(world.fetcher, {old: new})
    world.parts = replace(world.parts, fetcher=fetcher)
    for n in range(4):
        world.show(new, "Fear of an AI bubble", *(f"Nothing of note {m}" for m in range(n)))
        await world.pass_time()
    assert [r.url for r in world.fetcher.requests[1:]] == [old, old, old, new]
    feed = await world.feed(old)
    assert (feed.spec.url, feed.state.address) == (old, new)
    assert len(world.mail.sent) == 1


@pytest.mark.fault("C5")
async def test_a_page_at_the_new_address_is_not_taken_over(world: World) -> None:
    (old,) = await opened(world, "old")
    new = "https://new.example"
    world.show(new, "<html>")
    world.parts = replace(world.parts, fetcher=MovingFetcher(world.fetcher, {old: new}))
    for _ in range(5):
        await world.pass_time(timedelta(days=1))
    assert {r.url for r in world.fetcher.requests} == {old}
    assert (await world.feed(old)).state.address is None


@pytest.mark.fault("C6")
async def test_a_feed_that_is_gone_is_asked_weekly_and_comes_back(world: World) -> None:
    (url,) = await opened(world, "one")
    world.fetcher.answers[url] = Refused(410)
    await world.pass_time()
    assert (await world.feed(url)).state.next_poll_at == world.clock() + timedelta(days=7)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time(timedelta(days=7))
    assert (await world.feed(url)).state.failures == 0


@pytest.mark.fault("C8")
async def test_a_lying_etag_hides_news_for_a_day_at_most(world: World) -> None:
    (url,) = await opened(world, "one")
    honest = world.fetcher

    class LyingFetcher:
        """Says "not modified" to all who ask with a validator."""

        async def fetch(self, request: FetchRequest) -> FetchResult:
            if request.etag:
                return FetchResult(request.url, not_modified=True)
            return await honest.fetch(request)

    world.parts = replace(world.parts, fetcher=LyingFetcher())
    world.show(url, "Fear of an AI bubble")
    for _ in range(23):
        await world.pass_time()
    assert world.mail.titles == ["AI overbuild: Fear of an AI bubble"]


# --- the network ----------------------------------------------------------------------------------


@pytest.mark.fault("C11")
async def test_after_a_loss_feeds_come_back_over_a_minute(world: World) -> None:
    jitters = iter(n / 10 for n in range(10))
    urls = await opened(world, *(f"blatt{n}" for n in range(10)))
    for url in urls:
        world.fetcher.answers[url] = Unreachable("no route")
    world.parts = replace(world.parts, jitter=lambda: next(jitters))
    await world.pass_time()
    times = sorted([(await world.feed(url)).state.next_poll_at for url in urls])
    assert times[-1] - times[0] >= 0.9 * MINUTE
    assert times[-1] - world.clock() <= 2 * MINUTE


@pytest.mark.fault("C11")
async def test_a_host_that_is_down_is_not_the_network(world: World) -> None:
    urls = await feeds_of_one_host(world, 5)
    for url in urls:
        world.fetcher.answers[url] = Unreachable("no route")
    await world.pass_time()
    assert not world.parts.live.network_lost
    assert {(await world.feed(url)).state.failures for url in urls} == {1}


@pytest.mark.fault("C11")
async def test_a_feed_that_is_gone_for_a_week_hides_no_lost_network(world: World) -> None:
    gone, *urls = await opened(world, "gone", "one", "two")
    world.fetcher.answers[gone] = Refused(410)
    await world.pass_time()
    for url in urls:
        world.fetcher.answers[url] = Unreachable("no route")
    await world.pass_time()
    assert world.parts.live.network_lost
