"""The flow from a feed to a message, on the real store."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from monitor.core.events import AlertQueued, ArticlesAdded, ArticlesFlagged, Event, FeedsDue
from monitor.core.model import Delivery, FeedSpec, Outcome, Paragraph, Route
from monitor.errors import NotAFeed, Refused, Unreachable
from monitor.pipeline import look, recover_in_flight
from monitor.pipeline.claim import claim_next
from monitor.pipeline.classify import classify
from monitor.pipeline.deliver import deliver
from monitor.pipeline.poll import poll
from tests.pipeline.conftest import World
from tests.pipeline.fakes import BrokenEncoder, FakeEncoder, refuse

SHORT = timedelta(minutes=20)


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


async def test_a_new_article_of_the_topic_is_told_once(world: World) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble", "Nothing of note")
    await world.pass_time()
    await world.pass_time()
    assert world.mail.titles == ["AI overbuild: Fear of an AI bubble"]
    assert [row.state for row in await world.outbox()][1:] == [Delivery.SENT]


async def test_articles_on_one_event_are_one_story_with_one_alert(world: World) -> None:
    one, two = await opened(world), await opened(world, "two")
    world.show(one, "Bank warns of an AI bubble")
    world.show(two, "Bank warns of an AI bubble again")
    await world.pass_time()
    story = (await world.parts.store.read(lambda tx: tx.stories.list(10)))[0]
    assert len(world.mail.sent) == 1
    assert (len(story.members), story.sources) == (2, 2)
    assert await world.count("story already told") == 1


@pytest.mark.fault("D6")
async def test_the_first_fetch_is_a_baseline_told_of_in_one_message(world: World) -> None:
    await world.add_feed("one", ("An old bubble story", "Old news"))
    await world.add_feed("two", ("Another old bubble", "Older news", "Oldest news"))
    await world.settle()
    assert len(world.mail.sent) == 1
    (paragraph, *_) = world.mail.sent[0].message.blocks
    assert paragraph == Paragraph("Imported 5, 2 would have matched.")
    assert await world.count("baseline") == 2
    assert await world.count("alerts") == 0


async def test_without_baseline_the_first_fetch_alerts(world: World) -> None:
    world.change(baseline=False)
    await world.add_feed("one", ("An old bubble story",))
    await world.settle()
    assert world.mail.titles == ["AI overbuild: An old bubble story"]


@pytest.mark.fault("D4")
async def test_an_edit_alerts_only_when_it_becomes_relevant(world: World) -> None:
    url = await opened(world)
    world.show(url, "Talk of an AI bubble")
    await world.pass_time()
    world.fetcher.answers[url] = b"Talk of an AI bubble\n# changed"
    await world.pass_time()
    assert len(world.mail.sent) == 1


async def test_routes_choose_the_channel(world: World) -> None:
    world.change(routes=(Route(("chat",), topic="ai-overbuild"), Route(("mail",))))
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert (len(world.chat.sent), len(world.mail.sent)) == (1, 0)
    assert "route: topic ai-overbuild" in repr(world.chat.sent[0].message)


async def test_group_wait_holds_the_alert_back(world: World) -> None:
    url = await opened(world)
    world.change(group_wait=timedelta(minutes=30))
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert world.mail.sent == []
    await world.pass_time(timedelta(minutes=30))
    assert len(world.mail.sent) == 1


@pytest.mark.fault("D9")
async def test_an_article_that_cannot_be_read_is_unscored_with_its_reason(world: World) -> None:
    url = await opened(world)
    world.show(url, "poison bubble", "Fear of an AI bubble")
    await world.pass_time()
    (article,) = await world.parts.store.read(lambda tx: tx.articles.find(f"{url}/poison-bubble"))
    (verdict,) = await world.parts.store.read(lambda tx: tx.verdicts.of(article.id))
    assert (verdict.score, verdict.reason) == (None, "killed after 5 s")
    assert len(world.mail.sent) == 1


async def test_vectors_are_kept_with_flagged_articles(world: World) -> None:
    url = await opened(world)
    world.parts = replace(world.parts, encoder=FakeEncoder())
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    (story,) = await world.parts.store.read(lambda tx: tx.stories.list(1))
    assert story.members[0].signals.vector is not None


# --- polling --------------------------------------------------------------------------------------


@pytest.mark.fault("C8")
async def test_polls_are_conditional_and_an_unchanged_body_is_not_parsed(world: World) -> None:
    url = await opened(world)
    await world.pass_time()
    assert world.fetcher.requests[-1].etag == '"v1"'
    assert (await world.feed(url)).state.last_polled_at == world.clock.now
    world.fetcher.answers[url] = None
    await world.pass_time()
    assert (await world.feed(url)).state.last_ok_at == world.clock.now


async def test_a_poll_is_told_what_was_read_before(world: World) -> None:
    url = await opened(world)
    first = world.fetcher.answers[url]
    world.show(url, "Fear of an AI bubble", "Nothing of note")
    await world.pass_time()
    assert world.parser.given == [b"", first]


@pytest.mark.fault("A1")
async def test_what_could_not_be_stored_counts_as_not_read(world: World) -> None:
    url = await world.add_feed("one", ("Nothing of note",))
    with closing(sqlite3.connect(world.path)) as database:
        refuse_articles = "BEFORE INSERT ON article BEGIN SELECT RAISE(ABORT, 'no'); END"
        database.execute(f"CREATE TRIGGER refuse {refuse_articles}")
        await world.settle()
        assert (await world.feed(url)).state.marks == b""
        database.execute("DROP TRIGGER refuse")
    await world.pass_time()
    assert world.parser.given == [b"", b""]
    assert await world.count("articles") == 1
    assert (await world.feed(url)).state.marks == world.fetcher.answers[url]


async def test_a_web_page_is_an_error_of_that_feed_alone(world: World) -> None:
    broken, good = await opened(world, "broken"), await opened(world, "good")
    world.show(broken, "<html>")
    world.show(good, "Fear of an AI bubble")
    await world.pass_time()
    state = (await world.feed(broken)).state
    assert (state.failures, state.last_error) == (1, str(NotAFeed("a web page, not a feed")))
    assert len(world.mail.sent) == 1


async def test_a_broken_entry_is_an_error_and_the_good_ones_are_kept(world: World) -> None:
    url = await opened(world)
    world.show(url, "# entry 2 cannot be read", "Fear of an AI bubble")
    await world.pass_time()
    assert (await world.feed(url)).state.last_error == "# entry 2 cannot be read"
    assert len(world.mail.sent) == 1


@pytest.mark.fault("C7")
async def test_retry_after_is_kept(world: World) -> None:
    url = await opened(world)
    world.fetcher.answers[url] = Refused(429, timedelta(hours=3))
    await world.pass_time()
    state = (await world.feed(url)).state
    assert state.next_poll_at == world.clock.now + timedelta(hours=3)


@pytest.mark.fault("C11")
async def test_a_lost_network_blames_no_feed_and_ends_by_itself(world: World) -> None:
    urls = [await opened(world, name) for name in ("one", "two", "three")]
    for url in urls:
        world.fetcher.answers[url] = Unreachable("no route")
    await world.pass_time()
    await world.pass_time()
    assert world.parts.live.network_lost
    assert {(await world.feed(url)).state.failures for url in urls} == {0}
    for url in urls:
        world.show(url, f"Bubble of {url}")
    await world.pass_time()
    assert not world.parts.live.network_lost


@pytest.mark.fault("C11")
async def test_two_dead_feeds_are_not_a_lost_network_while_others_answer(world: World) -> None:
    dead = [await opened(world, name) for name in ("one", "two")]
    await opened(world, "three")
    for url in dead:
        world.fetcher.answers[url] = Unreachable("no route")
    for _ in range(3):
        await world.pass_time()
    assert not world.parts.live.network_lost
    assert {(await world.feed(url)).state.failures for url in dead} == {3}


async def test_a_poll_that_breaks_unexpectedly_ends_no_other_and_rests(world: World) -> None:
    broken, good = await opened(world, "broken"), await opened(world, "good")
    del world.fetcher.answers[broken]
    world.show(good, "Fear of an AI bubble")
    await world.pass_time()
    assert len(world.mail.sent) == 1
    assert [r.url for r in world.fetcher.requests].count(broken) == 2


async def test_a_feed_that_comes_back_has_a_new_baseline(world: World) -> None:
    url = await opened(world)
    await world.parts.store.write(lambda tx: tx.feeds.remove(url))
    world.show(url, "Bubble of last month", "Bubble of last week")
    await world.parts.store.write(lambda tx: tx.feeds.add(FeedSpec(url, "one"), world.clock()))
    await world.pass_time()
    assert await world.count("alerts") == 0


@pytest.mark.fault("A6")
async def test_after_a_clock_that_was_wrong_feeds_are_polled_again(world: World) -> None:
    url = await opened(world)
    await world.pass_time(timedelta(days=1))
    world.clock.advance(timedelta(days=-1))
    asked = len(world.fetcher.requests)
    world.show(url, "Fear of an AI bubble")
    await world.settle()
    assert len(world.fetcher.requests) == asked + 1


async def test_an_encoder_that_fails_costs_the_vectors_only(world: World) -> None:
    url = await opened(world)
    world.parts = replace(world.parts, encoder=BrokenEncoder())
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert len(world.mail.sent) == 1


async def test_a_feed_that_was_removed_meanwhile_stores_nothing(world: World) -> None:
    url = await opened(world)
    feed = await world.feed(url)
    world.show(url, "Fear of an AI bubble")
    await world.parts.store.write(lambda tx: tx.feeds.remove(url))
    await world.pass_time()
    assert not await world.parts.store.read(lambda tx: tx.feeds.find(feed.spec.url))
    assert world.mail.sent == []


# --- delivery -------------------------------------------------------------------------------------


@pytest.mark.fault("E1")
async def test_a_failing_channel_is_tried_again_with_the_same_key(world: World) -> None:
    url = await opened(world)
    world.mail.receipts = refuse(Outcome.TEMPORARY, Outcome.TEMPORARY)
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert len(world.mail.sent) == 1
    await world.pass_time(timedelta(seconds=31))
    await world.pass_time(timedelta(seconds=61))
    assert len({(e.key, e.message) for e in world.mail.sent}) == 1
    assert (await world.outbox())[-1].attempts == 3


@pytest.mark.fault("E1", "E3")
async def test_order_per_channel_is_kept_over_a_failure(world: World) -> None:
    url = await opened(world)
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    world.show(url, "First fear of the AI bubble")
    await world.pass_time(SHORT)
    world.show(url, "First fear of the AI bubble", "Quite other bubble entirely")
    world.clock.advance(timedelta(seconds=20))
    await world.settle()
    await world.pass_time(SHORT)
    assert world.mail.titles == [
        "AI overbuild: First fear of the AI bubble",
        "AI overbuild: First fear of the AI bubble",
        "AI overbuild: Quite other bubble entirely",
    ]


@pytest.mark.fault("A2")
async def test_a_kill_while_sending_repeats_with_the_same_key_and_says_so(world: World) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    world.change(group_wait=timedelta(minutes=1))
    await world.pass_time()
    world.clock.advance(timedelta(minutes=1))
    await world.parts.store.write(partial(claim_next, world.parts, "mail"))
    assert await recover_in_flight(world.parts) == 1
    await world.settle()
    (envelope,) = world.mail.sent
    assert (envelope.possibly_repeated, envelope.key) == (True, "test-story-1-first-mail")


async def test_a_row_cut_off_while_running_blocks_its_channel_for_one_tick_only(
    world: World,
) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    world.change(group_wait=timedelta(minutes=1))
    await world.pass_time()
    world.clock.advance(timedelta(minutes=1))
    await world.parts.store.write(partial(claim_next, world.parts, "mail"))
    await world.settle()
    assert (await world.outbox())[-1].state is Delivery.SENT


async def test_a_channel_with_a_bug_is_not_believed_to_have_sent(world: World) -> None:
    url = await opened(world)
    world.mail.before = fail
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    row = (await world.outbox())[-1]
    assert (row.state, row.ambiguous) == (Delivery.RETRY, True)


def fail() -> None:
    raise KeyError("a bug of this channel")


async def test_what_is_not_due_yet_is_not_claimed(world: World) -> None:
    url = await opened(world)
    world.change(group_wait=timedelta(hours=1))
    world.show(url, "Fear of an AI bubble")
    await world.pass_time()
    assert await world.parts.store.write(partial(claim_next, world.parts, "mail")) is None


async def test_a_channel_that_left_the_configuration_ends_as_dead(world: World) -> None:
    world.change(routes=(Route(("gone",)),))
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    for _ in range(4):
        await world.pass_time()
    row = (await world.outbox())[-1]
    assert (row.state, row.error) == (Delivery.DEAD, "channel gone is no longer configured")


async def test_while_stopping_nothing_is_claimed(world: World) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    world.change(group_wait=timedelta(minutes=1))
    await world.pass_time()
    world.parts.live.stopping = True
    world.clock.advance(timedelta(minutes=2))
    assert await deliver(world.parts, AlertQueued(1)) == []
    assert (await world.outbox())[-1].state is Delivery.PENDING


# --- recovery -------------------------------------------------------------------------------------


async def test_what_waits_is_found_again_from_the_state(world: World) -> None:
    url = await opened(world)
    world.show(url, "Fear of an AI bubble")
    world.clock.advance(SHORT)
    world.parts.live.kept_at = world.clock()
    (due,) = await look(world.parts)
    assert isinstance(due, FeedsDue)
    emitted: list[Event] = []
    assert await poll(replace(world.parts, emit=emitted.extend), due) == []
    assert emitted == [ArticlesAdded(1)]
    assert await look(world.parts) == [ArticlesAdded(0)]
    assert await classify(world.parts, ArticlesAdded(1)) == [ArticlesFlagged(1)]
    assert await look(world.parts) == [ArticlesFlagged(0)]
    await world.settle()
    assert len(world.mail.sent) == 1
