"""Which archive is replayed, what of it is judged again, and which threshold tells how much."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pytest

from monitor.core.model import FeedSpec, Route, Signals
from monitor.core.silence import Matcher
from monitor.pipeline.archive import Archive, read_archive
from monitor.pipeline.backtest import Setup, backtest, compare_setups, find_threshold
from monitor.pipeline.housekeeping import FORGOTTEN
from monitor.pipeline.parts import Parts
from monitor.pipeline.silences import add_silence
from monitor.ports import Transaction
from monitor.queries.backtest import Backtest
from tests.builders import DAY, HOUR, add_verdicts, draft, verdict
from tests.pipeline.conftest import START, World
from tests.pipeline.fakes import OVERBUILD

NAMES = ("ai-overbuild",)
NOW = START + 30 * DAY


async def store_scores(
    world: World, scores: Iterable[tuple[float, float]], *, feed: str = "one", event: str = ""
) -> None:
    """Articles: how many days ago each was seen, its score; of one event or each of its own."""
    world.clock.now = NOW
    spec = FeedSpec(f"https://{feed}.example", feed)

    def job(tx: Transaction) -> None:
        feed_id = tx.feeds.add(spec, NOW).id
        for n, (ago, score) in enumerate(scores):
            words = " ".join(f"{word}{event or n}{feed}" for word in ("kai", "turm", "netz"))
            told = draft(feed_id, f"{n}", title=f"bubble {words}", text="", seen_at=NOW - ago * DAY)
            tx.articles.add([told])
            (article,) = tx.articles.waiting(1)
            judged = replace(verdict(score=score), model_version=OVERBUILD.version)
            found = Signals("de", words=frozenset(words.split()), shingles=(n,) * 4)
            add_verdicts(tx, article.revision_id, [judged], found)

    await world.parts.store.write(job)


async def read(world: World, days: int = 30) -> tuple[Parts, Archive, Setup]:
    parts, since = world.parts, NOW - days * DAY
    archive = await parts.store.read(lambda tx: read_archive(parts, since, tx))
    return parts, archive, Setup(parts.topics, parts.rules)


async def ask(world: World, days: int = 30) -> Backtest:
    return await backtest(*await read(world, days), NAMES)


async def test_a_backtest_says_what_was_told_and_what_just_not(world: World) -> None:
    await store_scores(world, [(20, 0.9), (10, 0.6), (9, 0.45), (3, 0.1), (2, 0.7)])
    answer = await ask(world)
    assert (answer.alerts, round(answer.per_week, 2)) == (3, round(3 * 7 / 20, 2))
    assert [week.alerts for week in answer.weeks] == [1, 1, 1]
    (topic,) = answer.topics
    assert (topic.alerts, topic.per_week) == (answer.alerts, answer.per_week)
    assert [line.score for line in topic.above] == [0.6, 0.7, 0.9]
    assert [line.score for line in topic.under] == [0.45, 0.1]
    assert (sum(topic.histogram), topic.histogram[12]) == (5, 1)
    (mail,) = answer.channels
    assert (mail.channel, mail.messages, mail.first_alerts) == ("mail", 3, 3)


async def test_what_was_told_before_the_time_asked_for_is_no_alert_in_it(world: World) -> None:
    """A story that opened before then goes on within it."""
    await store_scores(world, [(8, 0.9), (6, 0.8)], event="hafen")
    assert (await ask(world, days=7)).alerts == 0
    assert (await ask(world, days=30)).alerts == 1


async def test_the_archive_begins_where_its_articles_and_texts_begin(world: World) -> None:
    await store_scores(world, [(20, 0.9), (10, 0.9)])
    answer = await ask(world)
    assert answer.since == NOW - 20 * DAY
    assert "before 2026-03-11 there are no articles" in answer.notes[0]
    forgotten = (NOW - 15 * DAY).isoformat()
    await world.parts.store.write(lambda tx: tx.notes.set(FORGOTTEN, forgotten))
    answer = await ask(world)
    assert (answer.since, answer.alerts) == (NOW - 15 * DAY, 1)
    full = await ask(world, days=12)
    assert (full.since, full.notes[0][:8]) == (NOW - 12 * DAY, "channels")


async def test_scores_of_other_weights_are_judged_again(world: World) -> None:
    """Here the words say 0.95, whatever the old weights said; a bar can show how far it is."""
    await store_scores(world, [(9, 0.1), (3, 0.9)])
    parts, archive, setup = await read(world)
    newer = replace(setup, topics=(replace(OVERBUILD, version="newer"),))
    tracked: list[tuple[int, int]] = []
    answer = await backtest(parts, archive, newer, NAMES, lambda *seen: tracked.append(seen))
    assert tracked == [(0, 2), (2, 2)]
    assert {round(line.score, 2) for line in answer.topics[0].above} == {0.95}
    assert answer.alerts == 2
    await backtest(parts, archive, newer, NAMES, lambda *seen: tracked.append(seen))
    assert len(tracked) == 2  # once is enough
    stored = await parts.store.read(lambda tx: tx.scores.since(START))
    assert [one.scores["ai-overbuild"].value for one in stored] == [0.1, 0.9]  # nothing is written


async def test_what_was_under_the_line_is_analysed_when_it_is_to_be_above(world: World) -> None:
    await store_scores(world, [(9, 0.3), (6, 0.9)])
    parts, archive, setup = await read(world)
    assert (await backtest(parts, archive, setup, NAMES)).alerts == 1
    assert world.analyzer.batches == []
    assert (await backtest(parts, archive, setup.move(NAMES, 0.25), NAMES)).alerts == 2
    assert world.analyzer.batches == [1]


@pytest.mark.parametrize(
    ("per_week", "threshold"),
    [
        (1.0, 0.701),  # four stories in four weeks: those from 0.71 on, a thousandth above 0.7
        (1.5, 0.501),
        (100.0, 0.05),  # the lowest that is looked at
        (0.0, 0.951),
    ],
)
async def test_a_threshold_is_found_for_so_many_a_week(
    world: World, per_week: float, threshold: float
) -> None:
    scores = (0.3, 0.5, 0.6, 0.7, 0.71, 0.8, 0.9, 0.95)
    await store_scores(world, [(28 - n, score) for n, score in enumerate(scores)])
    parts, archive, setup = await read(world)
    found = await find_threshold(parts, archive, setup, NAMES, per_week)
    assert found == threshold
    answer = await backtest(parts, archive, setup.move(NAMES, found), NAMES)
    assert answer.per_week <= per_week


async def test_where_the_highest_threshold_tells_too_much_none_is_found(world: World) -> None:
    await store_scores(world, [(3, 1.0), (2, 1.0), (1, 1.0)])
    parts, archive, setup = await read(world)
    assert await find_threshold(parts, archive, setup, NAMES, 1.0) is None


async def test_two_configurations_are_compared(world: World) -> None:
    """A route moves the surest elsewhere, a threshold tells more, a feed is gone."""
    await store_scores(world, [(9, 0.95), (6, 0.6), (5, 0.3)])
    await store_scores(world, [(4, 0.7)], feed="two")
    parts, archive, before = await read(world)
    routes = (Route(("chat",), min_score=0.9), Route(("mail",)))
    after = Setup(
        (replace(OVERBUILD, threshold=0.2),),
        replace(before.rules, routes=routes),
        gone=frozenset({"https://two.example"}),
        notes=("feed three is new",),
    )
    found = await compare_setups(parts, archive, before, after)
    difference = found.difference
    assert [moved.story.score for moved in difference.more] == [0.3]
    assert [moved.story.score for moved in difference.less] == [0.7]
    (moved,) = difference.elsewhere
    assert (moved.story.score, moved.before, moved.after) == (0.95, ("mail",), ("chat",))
    assert (found.before.alerts, found.after.alerts) == (3, 3)
    assert found.after.notes[0] == "feed three is new"


async def test_a_feed_may_be_renamed_and_tagged(world: World) -> None:
    await store_scores(world, [(9, 0.95)])
    parts, archive, before = await read(world)
    spec = FeedSpec("https://one.example", "Eins", tags=("port",))
    rules = replace(before.rules, routes=(Route(("chat",), tags=("port",)), Route(("mail",))))
    after = Setup(before.topics, rules, feeds={spec.url: spec})
    (moved,) = (await compare_setups(parts, archive, before, after)).difference.elsewhere
    assert moved.after == ("chat",)


async def silence(world: World, matcher: Matcher, begin: datetime, until: datetime) -> int:
    return (await world.parts.store.write(lambda tx: add_silence(tx, matcher, until, "", begin)))[
        0
    ].id


async def test_a_silence_holds_from_its_begin_until_it_ended(world: World) -> None:
    """Also where a person ended it before its time."""
    await store_scores(world, [(9, 0.9), (6, 0.9), (3, 0.9)])
    every = Matcher(topic="ai-overbuild")
    id_ = await silence(world, every, NOW - 7 * DAY, NOW + DAY)
    assert (await ask(world)).alerts == 1
    await world.parts.store.write(lambda tx: tx.silences.expire(id_, NOW - 5 * DAY))
    assert (await ask(world)).alerts == 2


async def test_what_is_held_when_the_time_ends_is_not_sent(world: World) -> None:
    await store_scores(world, [(0.01, 0.9)])
    world.change(group_wait=HOUR)
    answer = await ask(world)
    assert (answer.alerts, answer.channels) == (0, ())


async def test_an_empty_archive_tells_nothing(world: World) -> None:
    world.clock.now = NOW
    answer = await ask(world)
    assert (answer.alerts, answer.per_week, answer.topics[0].above) == (0, 0.0, ())
