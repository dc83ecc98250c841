"""Digests, from the database to a channel: when, of what, to whom, and what if it is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor import queries
from monitor.core.article import make_draft
from monitor.core.events import DigestDue
from monitor.core.model import Card, Delivery, DigestPlan, Entry, OutboxRow, Outcome
from monitor.core.outbox import revive
from monitor.pipeline import begin_digests, look
from monitor.pipeline.digest import compile_digest, note_made
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAILY = DigestPlan("daily", 7, 0, "Europe/Berlin", ("chat",))


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    return url


async def publish(world: World, url: str, *titles: str) -> None:
    """Articles that are read an hour later."""
    world.show(url, *titles)
    await world.pass_time()


def told(world: World, n: int = -1) -> list[str]:
    """The stories a digest tells, by their titles."""
    blocks = world.chat.sent[n].message.blocks
    return [block.link.text for block in blocks if isinstance(block, Card) and block.tag]


async def digests(world: World) -> list[OutboxRow]:
    return [row for row in await world.outbox() if row.alert.subject == "digest"]


# --- when ---------------------------------------------------------------------------------------


@pytest.mark.fault("A6", "A7")
async def test_the_digest_comes_once_per_local_date_also_after_a_downtime(world: World) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    await world.pass_time(timedelta(days=3))
    await world.pass_time(HOUR)
    assert len(world.chat.sent) == 1
    assert "Fear of an AI bubble" in repr(world.chat.sent[0].message)
    await world.pass_time(DAY)
    assert len(world.chat.sent) == 2


async def test_the_first_digest_lists_what_the_baseline_matched(world: World) -> None:
    await world.add_feed("one", ("An old bubble story",))
    await world.settle()
    await world.pass_time(DAY)
    assert "An old bubble story" in repr(world.chat.sent[0].message)


async def test_the_digest_waits_for_articles_that_are_not_judged_yet(world: World) -> None:
    await opened(world)
    world.clock.advance(timedelta(hours=18, minutes=5))
    feed = await world.feed("https://one.example")
    entry = Entry("g", None, None, "Fear of an AI bubble", "")
    draft = make_draft(entry, feed, world.clock() - timedelta(minutes=10), baseline=False)
    await world.parts.store.write(lambda tx: tx.articles.add([draft]))
    assert not any(isinstance(event, DigestDue) for event in await look(world.parts))
    await world.settle()
    assert "Fear of an AI bubble" in repr(world.chat.sent[0].message)


async def test_a_new_digest_tells_of_no_time_before_it(world: World) -> None:
    await opened(world)
    await world.pass_time(timedelta(days=3))
    world.chat.sent.clear()
    plans = (DigestPlan("new", 9, 0, "Europe/Berlin", ("chat",)),)
    world.change(digests=plans)
    await world.parts.store.write(lambda tx: begin_digests(tx, plans, world.clock()))
    await world.settle()
    assert world.chat.sent == []


async def test_a_changed_time_leaves_no_hole_between_two_digests(world: World) -> None:
    url = await opened(world)
    await world.pass_time(DAY)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time(HOUR)
    world.change(digests=(DigestPlan("daily", 18, 0, "Europe/Berlin", ("chat",)),))
    await world.pass_time(timedelta(days=1, hours=6))
    assert "Fear of an AI bubble" in repr(world.chat.sent[-1].message)


@pytest.mark.fault("A6")
async def test_a_clock_that_jumps_back_brings_no_second_digest(world: World) -> None:
    await opened(world)
    await world.pass_time(timedelta(days=2))
    world.clock.advance(timedelta(days=-1))
    await world.settle()
    assert len(world.chat.sent) == 1


async def test_a_weekly_digest_covers_its_week(world: World) -> None:
    friday = replace(DAILY, name="weekly", days=(4,))
    world.change(digests=(friday,))
    await world.parts.store.write(lambda tx: begin_digests(tx, [friday], world.clock()))
    url = await opened(world)
    titles = {"Fear of an AI bubble", "Landlords regret the bubble", "Bank sees bubble everywhere"}
    for title in titles:
        await publish(world, url, title)
        await world.pass_time(DAY)
    assert await digests(world) == []
    await world.pass_time(3 * DAY)
    (row,) = await digests(world)
    assert (row.alert.occasion, row.state) == ("2026-03-06", Delivery.SENT)
    assert set(told(world)) == titles
    assert "since 27 February" in repr(world.chat.sent[0].message.blocks[0])


async def test_two_digests_tell_their_own_topics_to_their_own_channels(world: World) -> None:
    other = DigestPlan("other", 8, 0, "Europe/London", ("mail",), topics=("microsoft-openai",))
    world.change(digests=(replace(DAILY, language="de"), other))
    await world.parts.store.write(lambda tx: begin_digests(tx, [other], world.clock()))
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(DAY)
    assert told(world) == ["Fear of an AI bubble"]
    assert world.chat.titles == ["Übersicht daily: 2. März 2026"]
    assert world.mail.titles[-1] == "Digest other: 2 March 2026"
    assert not any(isinstance(block, Card) for block in world.mail.sent[-1].message.blocks)


async def test_a_date_is_compiled_once_however_often_it_is_asked_for(world: World) -> None:
    await opened(world)
    await world.pass_time(DAY)
    for event in (DigestDue("daily", "2026-03-02"), DigestDue("daily", "2026-02-27")):
        assert await compile_digest(world.parts, event) == []
    assert len(await digests(world)) == 1


async def test_what_is_not_judged_in_time_is_left_to_the_next_digest(world: World) -> None:
    """The analyser hangs over the digest's time; the digest does not wait for it for ever."""
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    world.show(url, "A bubble nobody has read yet")
    world.clock.advance(16 * HOUR)
    for event in await look(world.parts):
        if not isinstance(event, DigestDue):
            await world.handle(event)
    world.clock.advance(2 * HOUR)
    (due,) = [event for event in await look(world.parts) if isinstance(event, DigestDue)]
    await world.handle(due)
    await world.settle()
    assert told(world) == ["Fear of an AI bubble"]
    await world.pass_time(DAY)
    assert told(world) == ["A bubble nobody has read yet"]


async def test_an_old_article_that_was_edited_holds_up_no_digest(world: World) -> None:
    url = await opened(world)
    await world.pass_time(DAY)
    await publish(world, url, "Fear of an AI bubble")
    world.clock.advance(HOUR)
    feed = await world.feed(url)
    edited = make_draft(
        Entry("Nothing of note", None, None, "Nothing of note", "Now with a text"),
        feed, world.clock(), baseline=False,
    )  # fmt: skip
    world.clock.advance(17 * HOUR)
    await world.parts.store.write(lambda tx: tx.articles.add([edited]))
    (due,) = [event for event in await look(world.parts) if isinstance(event, DigestDue)]
    await world.handle(due)
    await world.settle()
    assert told(world) == ["Fear of an AI bubble"]


# --- what ---------------------------------------------------------------------------------------


async def test_an_old_article_that_an_edit_makes_relevant_is_told_the_day_it_was_edited(
    world: World,
) -> None:
    url = await opened(world)
    await publish(world, url, "A harbour orders cranes")
    await world.pass_time(3 * DAY)
    before = len(world.chat.sent)
    feed = await world.feed(url)
    edited = make_draft(
        Entry("A harbour orders cranes", None, None, "Cranes are cancelled, fear of a bubble", ""),
        feed, world.clock(), baseline=False,
    )  # fmt: skip
    await world.parts.store.write(lambda tx: tx.articles.add([edited]))
    await world.settle()
    await world.pass_time(DAY)
    assert len(world.chat.sent) > before
    assert told(world) == ["Cranes are cancelled, fear of a bubble"]
    await world.pass_time(DAY)
    assert "Cranes are cancelled" not in repr(world.chat.sent[-1].message)


async def test_a_digest_says_what_is_new_and_what_nearly_was(world: World) -> None:
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(DAY)
    (story,) = await world.parts.store.read(lambda tx: tx.stories.list(9))
    near = replace(world.parts.topics[0], threshold=0.99)
    world.parts = replace(world.parts, topics=(near,))
    await publish(world, url, "Another bubble, nearly")
    world.clock.advance(HOUR)
    made = await world.preview(DAILY, None)
    assert story.id not in [one.id for one in made.stories]
    assert [miss.article.title for miss in made.near] == ["Another bubble, nearly"]
    assert [count for _, count in made.days[-2:]] == [1, 0]


async def test_a_story_whose_text_is_no_longer_kept_is_told_by_its_title(world: World) -> None:
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.forget_texts()
    await world.pass_time(DAY)
    assert told(world) == ["Fear of an AI bubble"]


async def test_the_footer_counts_what_was_not_delivered(world: World) -> None:
    url = await opened(world)
    world.mail.receipts = refuse(*[Outcome.PERMANENT] * 3)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(HOUR)
    await world.pass_time(HOUR)
    made = await world.preview(DAILY, None)
    assert (made.health.channels, made.health.dead) == (("mail",), 1)


# --- told, or lost ------------------------------------------------------------------------------


async def list_digests(world: World) -> list[tuple[str, str, bool]]:
    lines = await world.parts.store.read(lambda tx: queries.list_digests(tx, 9))
    return [(line.occasion, line.state, line.told_at is not None) for line in lines]


async def test_a_digest_counts_as_told_only_when_its_channel_took_it(world: World) -> None:
    await opened(world)
    world.chat.receipts = refuse(Outcome.TEMPORARY)
    await world.pass_time(DAY)
    assert await list_digests(world) == [("2026-03-02", "retry", False)]
    await world.pass_time(HOUR)
    assert await list_digests(world) == [("2026-03-02", "sent", True)]


async def die(world: World) -> None:
    """The channel refuses the digest that is due until it is given up."""
    world.chat.receipts = refuse(*[Outcome.PERMANENT] * 3)
    await world.pass_time(DAY)
    await world.pass_time(timedelta(minutes=10))
    await world.pass_time(timedelta(minutes=10))
    *_, last = (row for row in await digests(world) if row.alert.channel == "chat")
    assert last.state is Delivery.DEAD


async def test_the_next_digest_tells_what_a_dead_one_would_have(world: World) -> None:
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await die(world)
    await publish(world, url, "A second bubble, elsewhere")
    await die(world)
    await publish(world, url, "Landlords regret the bubble")
    await world.pass_time(DAY)
    assert set(told(world)) == {
        "Fear of an AI bubble",
        "A second bubble, elsewhere",
        "Landlords regret the bubble",
    }
    await world.pass_time(DAY)
    assert told(world) == []


async def test_only_the_channel_that_lost_it_is_told_again(world: World) -> None:
    world.change(digests=(replace(DAILY, channels=("chat", "mail")),))
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    world.mail.sent.clear()
    await die(world)
    await world.pass_time(DAY)
    assert told(world) == ["Fear of an AI bubble"]
    first, second = (
        [block.link.text for block in sent.message.blocks if isinstance(block, Card)]
        for sent in world.mail.sent
        if sent.message.title.startswith("Digest")
    )
    assert (first, second) == (["Fear of an AI bubble"], [])


async def test_a_dead_digest_that_was_revived_is_not_told_twice(world: World) -> None:
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await die(world)
    (dead,) = await digests(world)
    await world.parts.store.write(lambda tx: tx.outbox.save(revive(dead, world.clock())))
    await world.pass_time(HOUR)
    assert told(world) == ["Fear of an AI bubble"]
    await world.pass_time(DAY)
    assert told(world) == []


# --- on demand ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "titles"), [("2026-03-02", ["Fear of an AI bubble"]), (None, [])])
async def test_a_digest_on_demand_is_of_a_date_or_of_the_time_since_the_last(
    world: World, day: str | None, titles: list[str]
) -> None:
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(DAY)
    assert [story.title for story in (await world.preview(DAILY, day)).stories] == titles


async def test_a_date_that_was_made_is_shown_as_it_was_told(world: World) -> None:
    """After a downtime of three days it covers them, also when it is asked for again."""
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(3 * DAY)
    (row,) = await digests(world)
    made = await world.preview(DAILY, row.alert.occasion)
    assert [story.title for story in made.stories] == ["Fear of an AI bubble"]


async def test_a_date_sent_by_hand_before_its_time_is_not_made_again(world: World) -> None:
    """What comes after it, on the same day, is in the next one."""
    url = await opened(world)
    await publish(world, url, "Fear of an AI bubble")
    await world.pass_time(15 * HOUR)
    early = await world.preview(DAILY, "2026-03-02")
    assert [story.title for story in early.stories] == ["Fear of an AI bubble"]
    await world.parts.store.write(lambda tx: note_made(tx, early))
    await publish(world, url, "Landlords regret the bubble")
    await world.pass_time(12 * HOUR)
    assert await digests(world) == []
    await world.pass_time(DAY)
    assert told(world) == ["Landlords regret the bubble"]
