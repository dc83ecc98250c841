"""A feed or a topic that falls silent is told of once, with the odds, and once when it is back."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from monitor.core.model import Links, Signals, Verdict
from monitor.errors import Refused
from monitor.pipeline.lulls import note_break, read_breaks
from monitor.pipeline.parts import Live
from monitor.ports import Transaction
from tests.builders import DAY, HOUR, MINUTE, add_articles, draft, signals, verdict
from tests.pipeline.conftest import START, World
from tests.pipeline.fakes import OVERBUILD

BACK = timedelta(days=30)
EACH_HOUR = tuple(START - BACK + n * HOUR for n in range(1, BACK // HOUR))


async def settled(
    world: World, name: str, times: Sequence[datetime] = EACH_HOUR, *, flagged: bool = False
) -> str:
    """A feed that has been read without a break, and brought an article at each of these times."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    feed = await world.feed(url)
    begun = times[0] - HOUR
    state = replace(feed.state, baseline_at=begun, read_since_at=begun)
    await world.parts.store.write(lambda tx: tx.feeds.settle([(feed, state)]))
    drafts = [draft(feed.id, f"{at:%y%m%d%H}", seen_at=at + MINUTE) for at in times]
    articles = await add_articles(world.parts.store, *drafts)
    found = [verdict(OVERBUILD.name)]
    for n in range(0, len(articles) if flagged else 0, 400):
        told = {one.revision_id: (found, signals()) for one in articles[n : n + 400]}
        await world.parts.store.write(partial(_judge, told))
    with closing(sqlite3.connect(world.path)) as database, database:
        database.execute("UPDATE article SET waits_for = NULL")
    return url


def _judge(told: Mapping[int, tuple[list[Verdict], Signals]], tx: Transaction) -> None:
    tx.verdicts.add(told)


async def watched(world: World, *, flagged: bool = False) -> tuple[str, str]:
    """A feed with such an archive, and another that can be heard."""
    one, two = await settled(world, "one", flagged=flagged), await world.add_feed("two", ("Other",))
    await world.settle()
    world.parts = replace(world.parts, live=Live())
    world.mail.sent.clear()
    return one, two


async def pass_hours(world: World, hours: int, *busy: str) -> None:
    """Let hours pass in which these feeds bring something."""
    for _ in range(hours):
        for url in busy:
            world.show(url, f"Nothing of note at {world.clock():%d %H}")
        await world.pass_time()


async def test_a_feed_that_falls_silent_is_told_of_once_and_so_is_its_return(world: World) -> None:
    one, two = await watched(world)
    await pass_hours(world, 3, one, two)
    await pass_hours(world, 4, two)
    assert world.mail.titles == []
    await pass_hours(world, 4, two)
    assert world.mail.titles == ["Unusually quiet: one"]
    (links,) = (b for b in world.mail.sent[0].message.blocks if isinstance(b, Links))
    (item,) = links.items
    assert item.text == "one"
    # The hour's poll and the look at who is silent run side by side: either may come first.
    said = r"nothing new for ([45]) hours; usually \1 articles at this time; happens in 1 of .+"
    assert re.fullmatch(said, item.meta or "")
    await pass_hours(world, 3, one, two)
    assert world.mail.titles == ["Unusually quiet: one", "News again: one"]


@pytest.mark.parametrize(("weeks", "told"), [(10, 0), (22, 1)])
async def test_a_feed_of_one_article_in_two_weeks_is_known_from_a_year(
    world: World, weeks: int, told: int
) -> None:
    times = [START - n * 7 * DAY for n in range(50, weeks - 1, -2)]
    await settled(world, "one", times)
    two = await world.add_feed("two", ("Other",))
    await world.settle()
    world.parts = replace(world.parts, live=Live())
    world.mail.sent.clear()
    await pass_hours(world, 8, two)
    silent = [title for title in world.mail.titles if "one" in title]
    assert len(silent) == told


async def test_a_restart_and_a_new_day_tell_nothing_again(world: World) -> None:
    _, two = await watched(world)
    await pass_hours(world, 8, two)
    world.parts = replace(world.parts, live=Live())
    await pass_hours(world, 26, two)
    assert world.mail.titles == ["Unusually quiet: one"]


async def test_the_digest_names_who_is_silent(world: World) -> None:
    _, two = await watched(world)
    await pass_hours(world, 8, two)
    health = (await world.preview(world.parts.rules.digests[0], None)).health
    assert health.quiet == ("one",)


async def test_a_feed_that_fails_is_not_silent(world: World) -> None:
    one, two = await watched(world)
    world.fetcher.answers[one] = Refused(500)
    await pass_hours(world, 9, two)
    world.show(one, "Nothing of note")
    await pass_hours(world, 5, two)
    assert world.mail.titles == []
    await pass_hours(world, 8, two)
    assert world.mail.titles == ["Unusually quiet: one"]


async def test_while_all_are_silent_none_is_blamed(world: World) -> None:
    await watched(world)
    await pass_hours(world, 20)
    assert [title for title in world.mail.titles if "no new article" in title]
    quiet = "feed-quiet"
    assert [row for row in await world.outbox() if row.alert.subject_id == quiet] == []


async def test_a_time_switched_off_is_no_silence(world: World) -> None:
    _, two = await watched(world)
    await pass_hours(world, 1, two)
    world.clock.advance(DAY)
    await pass_hours(world, 4, two)
    assert world.mail.titles == []
    breaks = await world.parts.store.read(read_breaks)
    assert [end - begin >= DAY for begin, end in breaks] == [True]


async def test_a_silent_feed_that_is_removed_has_not_come_back(world: World) -> None:
    one, two = await watched(world)
    await pass_hours(world, 8, two)
    await world.parts.store.write(lambda tx: tx.feeds.remove(one))
    await pass_hours(world, 5, two)
    assert world.mail.titles == ["Unusually quiet: one"]


async def test_a_topic_that_nothing_matches_any_more_is_told_of(world: World) -> None:
    one, two = await watched(world, flagged=True)
    await pass_hours(world, 9, one, two)
    assert world.mail.titles == ["Nothing for unusually long on: AI overbuild"]
    world.show(two, "Fear of an AI bubble")
    await pass_hours(world, 3, one)
    assert world.mail.titles[1:] == [
        "AI overbuild: Fear of an AI bubble",
        "Something again on: AI overbuild",
    ]


async def test_breaks_that_follow_each_other_are_one(world: World) -> None:
    now = world.clock()
    spans = [(0, 2), (2, 3), (5, 6), (24 * 400, 24 * 400 + 1)]
    noted = []
    for begin, end in spans:
        job = partial(note_break, begin=now + begin * HOUR, end=now + end * HOUR)
        await world.parts.store.write(job)
        breaks = await world.parts.store.read(read_breaks)
        noted.append([((a - now) // HOUR, (b - now) // HOUR) for a, b in breaks])
    assert noted == [[(0, 2)], [(0, 3)], [(0, 3), (5, 6)], [(9600, 9601)]]
