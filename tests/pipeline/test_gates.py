"""Every article has one gate: one article for each, made by the real flow on a real store."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from monitor.core.delivery import ChannelRules
from monitor.core.events import AlertQueued, ArticlesAdded, FeedsDue
from monitor.core.model import Again, Answer, Article, Gate, Outcome, Route
from monitor.core.outbox import drop
from monitor.core.quiet import QuietHours
from monitor.core.render import say_answer
from monitor.core.silence import Matcher
from monitor.errors import Refused
from monitor.pipeline.claim import claim_next
from monitor.pipeline.correct import split_by_hand
from monitor.pipeline.silences import add_silence
from monitor.ports import Transaction
from monitor.queries.gates import count_gates, find_answer
from tests.builders import DAY, HOUR, MINUTE
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

TITLE = "Bank warns of an AI bubble"
AGAIN = f"{TITLE} again"
COSTS = f"{TITLE}, cost 3 billion"
DULL = "Cloud group opens a canteen"
NOTED = "Nothing of note"
CHANNELS = frozenset({"mail", "chat"})
MICROSECOND = timedelta(microseconds=1)

Scene = Callable[[World], Coroutine[Any, Any, object]]


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, (NOTED,))
    await world.settle()
    return url


async def show(world: World, *titles: str, name: str = "one") -> None:
    """Let a feed bring these, and everything be done that follows."""
    world.show(await opened(world, name), *titles)
    await world.pass_time()


async def find(world: World, title: str) -> list[Article]:
    articles = await world.parts.store.read(lambda tx: tx.articles.newest(99))
    return [article for article in articles[::-1] if article.title == title]


async def ask(
    world: World, title: str = TITLE, *, nth: int = 0, channels: frozenset[str] = CHANNELS
) -> Answer:
    """The answer for the article of this title, and that all answers add up to what was read."""
    now = world.clock() + MICROSECOND
    article = (await find(world, title))[nth]

    def read(tx: Transaction) -> tuple[Answer, Counter[Gate], dict[Gate, int], int]:
        since = now - DAY
        told = [find_answer(tx, one, channels, now) for one in tx.articles.newest(99)]
        gates = Counter(one.gate for one in told if one.article.first_seen_at >= since)
        counted = count_gates(tx, tx.stories.recent(since), since, channels, now)
        answer = find_answer(tx, article, channels, now)
        return answer, gates, counted, tx.articles.health(since, now).articles

    answer, gates, counted, articles = await world.parts.store.read(read)
    assert counted == gates
    assert sum(counted.values()) == articles
    return answer


# --- before the verdict ---------------------------------------------------------------------------


async def baseline(world: World) -> None:
    await world.add_feed("one", (TITLE,))
    await world.settle()


async def unjudged(world: World) -> None:
    url = await opened(world)
    world.show(url, TITLE)
    await world.handle(FeedsDue(((await world.feed(url)).id,)))


async def unplaced(world: World) -> None:
    await unjudged(world)
    await world.handle(ArticlesAdded(1))


async def told(world: World) -> None:
    await show(world, TITLE)


async def duplicate(world: World) -> None:
    await opened(world, "two")
    await show(world, TITLE)
    world.show("https://two.example", TITLE)
    await world.pass_time()


async def unrouted(world: World) -> None:
    world.change(routes=(Route(("mail",), min_sources=2),))
    await show(world, TITLE)


async def silenced(world: World) -> None:
    now = world.clock()
    matcher = Matcher(topic="ai-overbuild")
    await world.parts.store.write(lambda tx: add_silence(tx, matcher, now + DAY, "known", now))
    await show(world, TITLE)


async def waiting(world: World) -> None:
    world.change(group_wait=HOUR)
    await show(world, TITLE)


async def dropped(world: World) -> None:
    await waiting(world)

    def give_up(tx: Transaction) -> None:
        (row,) = tx.outbox.waiting()
        tx.outbox.save(drop(row, world.clock(), "by hand"))

    await world.parts.store.write(give_up)


async def quiet(world: World) -> None:
    night = QuietHours(((time(22), time(7)),), "Europe/Berlin")
    world.change(channels={"mail": replace(ChannelRules(), quiet=night)})
    await opened(world)
    world.clock.now = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    await show(world, TITLE)


async def capped(world: World) -> None:
    world.change(channels={"mail": replace(ChannelRules(), max_per_hour=1)})
    await show(world, "Another bubble, in tulips and bulbs of the Dutch")
    world.show("https://one.example", TITLE)
    await world.pass_time(30 * MINUTE)


async def retried(world: World) -> None:
    await opened(world)
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    await show(world, TITLE)


async def dead(world: World) -> None:
    await opened(world)
    world.mail.receipts = refuse(*[Outcome.PERMANENT] * 3)
    await show(world, TITLE)
    for _ in range(3):
        await world.pass_time()


async def sending(world: World) -> None:
    await waiting(world)
    world.clock.advance(HOUR)
    await world.parts.store.write(partial(claim_next, world.parts, "mail"))


@pytest.mark.parametrize(
    ("scene", "gate", "says"),
    [
        (baseline, Gate.BASELINE, "It was in the feed one already when that was read for the"),
        (unjudged, Gate.UNJUDGED, "It was read (1 March 2026, 13:00) and waits for its verdict."),
        (unplaced, Gate.UNPLACED, "It matches and waits to be put into a story. ai-overbuild: 95%"),
        (unrouted, Gate.UNROUTED, f"No route takes story 1, “{TITLE}”."),
        (silenced, Gate.SILENCED, "Story 1 was silenced: silence 1 (topic ai-overbuild): known."),
        (dropped, Gate.DROPPED, "The message to mail was given up: by hand."),
        (quiet, Gate.QUIET, "mail has quiet hours until 2 March 2026, 07:00; it will be told then"),
        (
            capped,
            Gate.CAP,
            "mail has reached its cap (at most 1 an hour); held",
        ),
        (waiting, Gate.QUEUED, "It is ready to be sent to mail, due 1 March 2026, 15:00."),
        (retried, Gate.RETRY, "mail has not taken it yet (said temporary); next try 1 March 2026,"),
        (dead, Gate.DEAD, "mail did not take the message, given up on 1 March 2026, 16:00: said p"),
        (sending, Gate.SENDING, "It is being sent to mail now."),
        (told, Gate.TOLD, "Told on 1 March 2026, 14:00 via mail."),
    ],
)
async def test_one_article_for_each_gate(world: World, scene: Scene, gate: Gate, says: str) -> None:
    await scene(world)
    answer = await ask(world)
    assert answer.gate is gate
    assert say_answer(answer, "en", "Europe/Berlin").startswith(says)


async def test_what_could_not_be_judged_says_why(world: World) -> None:
    await show(world, "poison")
    answer = await ask(world, "poison")
    assert answer.gate is Gate.UNSCORED
    assert say_answer(answer, "en", "UTC") == "It could not be judged: killed after 5 s."


async def test_a_score_under_the_threshold_is_told_with_it(world: World) -> None:
    await show(world, DULL)
    answer = await ask(world, DULL)
    assert answer.gate is Gate.BELOW
    assert say_answer(answer, "en", "UTC") == "No topic took it. ai-overbuild: 5%, threshold 50%."


async def test_a_page_that_is_still_to_be_read_may_change_the_verdict(world: World) -> None:
    world.fetcher.answers["https://one.example/Chipmaker-in-doubt"] = Refused(503)
    await show(world, "Chipmaker in doubt")
    answer = await ask(world, "Chipmaker in doubt")
    assert answer.gate is Gate.PAGE
    assert "tried again 1 March 2026, 13:05, HTTP 503" in say_answer(answer, "en", "UTC")


# --- in a story -----------------------------------------------------------------------------------


async def test_a_copy_names_the_report_it_is_a_copy_of(world: World) -> None:
    await duplicate(world)
    first, copy = await find(world, TITLE)
    answer = await ask(world, nth=1)
    assert (answer.gate, answer.article.id) == (Gate.DUPLICATE, copy.id)
    assert answer.copy_of == first
    assert say_answer(answer, "en", "UTC").startswith(
        f"It is a copy of article {first.id} (one) in story 1. Told on 1 March 2026, 13:00"
    )
    assert (await ask(world)).gate is Gate.TOLD


async def test_a_report_that_adds_nothing_is_told_by_the_first(world: World) -> None:
    await opened(world, "two")
    await show(world, TITLE)
    world.show("https://two.example", AGAIN)
    await world.pass_time()
    answer = await ask(world, AGAIN)
    assert (answer.gate, answer.again) == (Gate.STORY_TOLD, Again.NOTHING_NEW)
    assert say_answer(answer, "en", "UTC") == (
        f"It belongs to story 1, “{TITLE}”. Told on 1 March 2026, 13:00 via mail."
        " The article brought nothing new to it."
    )


async def test_a_report_that_came_within_the_group_wait_is_counted_in_the_first(
    world: World,
) -> None:
    await opened(world, "two")
    world.change(group_wait=2 * HOUR)
    await show(world, TITLE)
    world.show("https://two.example", AGAIN)
    await world.pass_time()
    assert (await ask(world, AGAIN)).gate is Gate.QUEUED
    await world.pass_time()
    answer = await ask(world, AGAIN)
    assert (answer.gate, answer.again) == (Gate.STORY_TOLD, Again.JOINED)


async def test_a_report_that_adds_something_is_told_as_an_update(world: World) -> None:
    world.change(cool_down=90 * MINUTE)
    await opened(world, "two")
    await show(world, TITLE)
    world.show("https://two.example", COSTS)
    await world.pass_time()
    answer = await ask(world, COSTS)
    assert answer.gate is Gate.COOL_DOWN
    assert say_answer(answer, "en", "UTC").endswith("after 1 March 2026, 14:30.")
    assert (await ask(world)).gate is Gate.TOLD
    await world.pass_time()
    assert (await ask(world, COSTS)).gate is Gate.TOLD


async def test_after_three_updates_a_report_is_left_to_the_digest(world: World) -> None:
    names = [f"feed{n}" for n in range(5)]
    for name in names:
        await opened(world, name)
    shown = [f"{TITLE}, cost {n**3 + 1} billion" for n in range(5)]
    for name, title in zip(names, shown, strict=True):
        world.show(f"https://{name}.example", title)
        await world.pass_time()
    answers = [await ask(world, title) for title in shown]
    assert [answer.gate for answer in answers] == [*[Gate.TOLD] * 4, Gate.STORY_TOLD]
    assert answers[-1].again is Again.SPENT


async def test_reports_of_a_story_that_nobody_heard_of_share_its_gate(world: World) -> None:
    await opened(world, "two")
    await silenced(world)
    world.show("https://two.example", AGAIN)
    await world.pass_time()
    assert (await ask(world, AGAIN)).gate is Gate.SILENCED


async def test_a_report_that_was_split_off_remembers_what_was_told_of_it(world: World) -> None:
    await opened(world, "two")
    await show(world, TITLE)
    world.show("https://two.example", AGAIN)
    await world.pass_time()
    (article,) = await find(world, AGAIN)
    likeness = world.parts.likeness
    await world.parts.store.write(lambda tx: split_by_hand(tx, likeness, 1, [article.id]))
    assert (await ask(world)).gate is Gate.TOLD
    assert (await ask(world, AGAIN)).gate is Gate.STORY_TOLD


# --- on the way -----------------------------------------------------------------------------------


async def test_what_was_held_is_told_together_with_others(world: World) -> None:
    await quiet(world)
    world.show("https://one.example", TITLE, "Another bubble, in tulips and bulbs of the Dutch")
    await world.pass_time(30 * MINUTE)
    await world.pass_time(9 * HOUR)
    answer = await ask(world)
    assert answer.gate is Gate.TOLD
    assert "together with others in message 5" in say_answer(answer, "en", "UTC")


async def test_of_several_channels_the_one_that_told_counts(world: World) -> None:
    world.change(routes=(Route(("mail", "chat")),))
    await opened(world)
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    await show(world, TITLE)
    answer = await ask(world)
    assert answer.gate is Gate.TOLD
    assert [row.alert.channel for row in answer.rows] == ["chat"]


@pytest.mark.parametrize("scene", [retried, dead, waiting])
async def test_a_channel_that_is_no_longer_configured_is_named(world: World, scene: Scene) -> None:
    await scene(world)
    answer = await ask(world, channels=frozenset({"chat"}))
    assert answer.gate is Gate.UNCONFIGURED
    said = say_answer(answer, "en", "UTC")
    assert said == "The channel mail is no longer configured."


async def test_a_day_of_everything_adds_up(world: World) -> None:
    await duplicate(world)
    world.show("https://one.example", TITLE, DULL, "poison", AGAIN, COSTS)
    await world.pass_time()
    await unjudged(world)
    gates = [(await ask(world, title)).gate for title in (NOTED, TITLE, DULL, "poison", COSTS)]
    assert gates == [Gate.BASELINE, Gate.TOLD, Gate.BELOW, Gate.UNSCORED, Gate.TOLD]


async def test_without_texts_and_signals_each_article_still_has_its_gate(world: World) -> None:
    await duplicate(world)
    await world.handle(AlertQueued(0))
    await world.forget_texts()
    now = world.clock() + MICROSECOND
    articles = await world.parts.store.read(lambda tx: tx.articles.newest(99))
    answers = [
        await world.parts.store.read(partial(find_answer, article=a, channels=None, now=now))
        for a in articles
    ]
    # The copy is no longer known as one by its text, but by its fingerprint.
    assert Counter(answer.gate for answer in answers) == {
        Gate.BASELINE: 2,
        Gate.TOLD: 1,
        Gate.DUPLICATE: 1,
    }
