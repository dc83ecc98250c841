"""The operator is told of trouble once, and once when it is over, through the real outbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Delivery, Links, Outcome, Route
from monitor.errors import Refused, Unreachable
from monitor.pipeline.notices import WATCHED_SINCE
from monitor.pipeline.parts import Live
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

MINUTES = timedelta(minutes=11)


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


async def listened_for(world: World, span: timedelta) -> None:
    """Let the program have run without a break for so long."""
    since = (world.clock() - span).isoformat()
    await world.parts.store.write(lambda tx: tx.notes.set(WATCHED_SINCE, since))


@pytest.mark.fault("C6")
async def test_failing_feeds_are_told_of_once_and_once_more_on_recovery(world: World) -> None:
    urls = [await opened(world, name) for name in ("one", "two")]
    await opened(world, "good")
    world.mail.sent.clear()
    for url in urls:
        world.fetcher.answers[url] = Refused(500)
    for _ in range(4):
        await world.pass_time(timedelta(hours=25))
    for url in urls:
        world.show(url, "Nothing of note at all")
    await world.pass_time(timedelta(hours=25))
    for _ in range(3):
        await world.pass_time(MINUTES)
    assert world.mail.titles == ["2 feeds failing", "2 feeds recovered"]
    (links,) = (b for b in world.mail.sent[0].message.blocks if isinstance(b, Links))
    assert [(item.text, item.url) for item in links.items] == [("one", None), ("two", None)]
    assert links.items[0].meta == "since 2 March 2026, 14:00; HTTP 500"


@pytest.mark.fault("C6")
async def test_a_short_failure_is_not_worth_a_word(world: World) -> None:
    url = await opened(world)
    world.fetcher.answers[url] = Refused(500)
    await world.pass_time()
    world.show(url, "Nothing of note at all")
    await world.pass_time(timedelta(hours=25))
    assert world.mail.sent == []


@pytest.mark.fault("C11")
async def test_a_lost_network_is_one_notice_and_one_when_it_is_back(world: World) -> None:
    urls = [await opened(world, name) for name in ("one", "two", "three")]
    for url in urls:
        world.fetcher.answers[url] = Unreachable("no route")
    world.mail.sent.clear()
    for _ in range(5):
        await world.pass_time(timedelta(hours=9))
    for url in urls:
        world.show(url, "Nothing of note at all")
    for _ in range(3):
        await world.pass_time(MINUTES)
    assert world.mail.titles == ["No network", "The network is back"]


@pytest.mark.fault("E4")
async def test_a_dead_message_is_told_of_over_another_channel_and_so_is_recovery(
    world: World,
) -> None:
    world.change(routes=(Route(("mail", "chat")),))
    url = await opened(world)
    world.chat.sent.clear()
    world.mail.receipts = refuse(*[Outcome.PERMANENT] * 3)
    world.show(url, "Fear of an AI bubble")
    for _ in range(4):
        await world.pass_time()
    assert world.chat.titles == ["AI overbuild: Fear of an AI bubble", "Channel failing: mail"]
    assert "said permanent (outbox: " in repr(world.chat.sent[-1].message)
    world.show(url, "Quite other bubble entirely")
    for _ in range(3):
        await world.pass_time()
    assert world.chat.titles[3:] == ["Channel recovered: mail"]
    assert world.mail.titles[-1] == "Channel recovered: mail"


@pytest.mark.fault("E1")
async def test_a_channel_that_is_retried_for_an_hour_is_told_of_once(world: World) -> None:
    world.change(routes=(Route(("mail", "chat")),))
    url = await opened(world)
    world.chat.sent.clear()
    world.mail.receipts = refuse(*[Outcome.TEMPORARY] * 40)
    world.show(url, "Fear of an AI bubble")
    for _ in range(20):
        await world.pass_time(timedelta(minutes=10))
    assert world.chat.titles == ["AI overbuild: Fear of an AI bubble", "Channel failing: mail"]


async def test_a_pipeline_that_brings_nothing_new_is_told_of_once(world: World) -> None:
    await opened(world)
    await listened_for(world, timedelta(days=4))
    for _ in range(3):
        await world.pass_time()
    assert world.mail.titles == ["Unusually quiet: no new article"]


async def test_articles_without_a_find_are_told_of_once_and_the_next_alert_ends_it(
    world: World,
) -> None:
    url = await opened(world)
    world.show(url, "Still nothing of note")
    await world.pass_time()
    await listened_for(world, timedelta(days=15))
    for _ in range(3):
        await world.pass_time()
    assert world.mail.titles == ["Nothing found for unusually long"]
    world.show(url, "Fear of an AI bubble")
    for _ in range(3):
        await world.pass_time()
    assert world.mail.titles[1:] == ["AI overbuild: Fear of an AI bubble"]


async def test_a_time_switched_off_is_no_silence(world: World) -> None:
    await opened(world)
    await world.pass_time(timedelta(days=30))
    await world.pass_time(MINUTES)
    assert world.mail.sent == []


async def test_a_restart_tells_nothing_again(world: World) -> None:
    url = await opened(world)
    world.fetcher.answers[url] = Refused(500)
    for _ in range(4):
        await world.pass_time(timedelta(hours=25))
    world.parts = replace(world.parts, live=Live())
    for _ in range(4):
        await world.pass_time(timedelta(hours=25))
    assert world.mail.titles == ["Feed failing: one"]
    assert {row.state for row in await world.outbox()} == {Delivery.SENT}
