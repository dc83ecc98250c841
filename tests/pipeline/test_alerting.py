"""Who hears of a story when: routes, silences, quiet hours, caps, outages, on the real store."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import pairwise

from monitor.core.delivery import ChannelRules
from monitor.core.model import (
    Card,
    Delivery,
    Envelope,
    Links,
    OutboxRow,
    Outcome,
    Paragraph,
    Route,
    Subject,
)
from monitor.core.quiet import QuietHours
from monitor.core.silence import Matcher
from monitor.core.vote import Vote, read_token
from monitor.pipeline import VOTE_KEY, recover_in_flight
from monitor.pipeline.claim import claim_next
from monitor.pipeline.silences import add_silence
from monitor.ports import Transaction
from tests.builders import DAY, HOUR, MINUTE, alert
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

SECOND = timedelta(seconds=1)
NIGHT = QuietHours(((time(22), time(7)),), "Europe/Berlin")
EVENING = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
TOPIC = "AI overbuild: "


def titles(n: int, first: int = 1) -> tuple[str, ...]:
    """Titles that are stories of their own: nothing but the topic's word is in two of them."""
    numbers = range(first, first + n)
    return tuple(f"bubble {' '.join(f'{word}{k:03}' for word in 'abcdefgh')}" for k in numbers)


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


def ask_of(world: World, channel: str = "mail", **rules: object) -> None:
    world.change(channels={channel: replace(ChannelRules(), **rules)})  # type: ignore[arg-type]


async def evening(world: World) -> str:
    """A feed, and an hour in which mail is to be left alone."""
    url = await opened(world)
    ask_of(world, quiet=NIGHT, break_through=0.97)
    world.clock.now = EVENING
    await world.settle()
    world.clock.now = EVENING + 2 * HOUR
    return url


async def rows(world: World) -> list[OutboxRow]:
    """The rows about stories, oldest first."""
    told = (Subject.STORY, Subject.SUMMARY)
    return [row for row in await world.outbox() if row.alert.subject in told]


async def states(world: World) -> list[Delivery]:
    return [row.state for row in await rows(world)]


def listed(envelope: Envelope) -> list[str]:
    """The titles a summary lists."""
    (links,) = [block for block in envelope.message.blocks if isinstance(block, Links)]
    return [link.text for link in links.items]


# --- routes ---------------------------------------------------------------------------------------


async def test_a_route_speaks_when_the_story_has_grown_enough(world: World) -> None:
    world.change(routes=(Route(("chat",), min_sources=2), Route(("mail",))))
    one, two = await opened(world), await opened(world, "two")
    world.show(one, "Bank warns of an AI bubble")
    await world.pass_time()
    assert (len(world.mail.sent), len(world.chat.sent)) == (1, 0)
    world.show(two, "Bank warns of an AI bubble again")
    await world.pass_time()
    assert (len(world.mail.sent), len(world.chat.sent)) == (1, 1)
    assert "from 2 sources on" in repr(world.chat.sent[0].message)


async def test_a_route_may_ask_for_a_feed(world: World) -> None:
    world.change(routes=(Route(("chat",), feeds=("two.example",)), Route(("mail",))))
    one, two = await opened(world), await opened(world, "two")
    first, second = titles(2)
    world.show(one, first)
    world.show(two, second)
    await world.pass_time()
    assert (world.mail.titles, world.chat.titles) == ([TOPIC + first], [TOPIC + second])


async def test_what_is_routed_to_nobody_is_counted(world: World) -> None:
    world.change(routes=(Route(()),))
    url = await opened(world)
    world.show(url, *titles(1))
    await world.pass_time()
    assert await world.count("no channel routed") == 1


async def test_within_the_group_wait_later_reports_join_silently(world: World) -> None:
    one, two = await opened(world), await opened(world, "two")
    world.change(group_wait=2 * HOUR)
    world.show(one, "Bank warns of an AI bubble")
    await world.pass_time()
    world.show(two, "Bank warns of an AI bubble again")
    await world.pass_time()
    assert world.mail.sent == []
    await world.pass_time()
    assert len(world.mail.sent) == 1
    assert "('Sources', '2')" in repr(world.mail.sent[0].message)


# --- silences -------------------------------------------------------------------------------------


async def silence(world: World, matcher: Matcher, span: timedelta) -> int:
    """Silence for a while; count what is dropped at once."""
    now = world.clock()

    def job(tx: Transaction) -> int:
        return add_silence(tx, matcher, now + span, "known", now)[1]

    return await world.parts.store.write(job)


async def test_a_silenced_story_is_dropped_stays_untold_and_is_in_the_digest(world: World) -> None:
    url = await opened(world)
    assert await silence(world, Matcher(topic="ai-overbuild"), 2 * HOUR) == 0
    first, second = titles(2)
    world.show(url, first)
    await world.pass_time()
    world.show(url, first, f"{first} again", second)
    await world.pass_time()
    assert world.mail.titles == [TOPIC + second]
    dropped, sent = (await world.outbox())[-2:]
    assert (dropped.state, sent.state) == (Delivery.DROPPED, Delivery.SENT)
    assert dropped.note == "silence 1 (topic ai-overbuild): known"
    assert await world.count("alerts silenced") == 1
    await world.pass_time(DAY)
    assert first in repr(world.chat.sent[-1].message)


async def test_a_silence_drops_what_waits(world: World) -> None:
    url = await opened(world)
    world.change(group_wait=30 * MINUTE)
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    first, second = titles(2)
    world.show(url, first)
    await world.pass_time()
    await world.pass_time(30 * MINUTE)
    world.show(url, first, second)
    await world.pass_time(10 * SECOND)
    assert (await states(world))[-1] is Delivery.RETRY
    assert await silence(world, Matcher(words=("a001",)), HOUR) == 1
    await world.pass_time(20 * MINUTE)
    await world.pass_time(30 * MINUTE)
    assert world.mail.titles == [TOPIC + first, TOPIC + second]
    assert await states(world) == [Delivery.DROPPED, Delivery.SENT]


async def test_a_message_in_flight_when_it_is_silenced_is_not_tried_again(world: World) -> None:
    url = await opened(world)
    world.change(group_wait=MINUTE)
    world.show(url, *titles(1))
    await world.pass_time()
    world.clock.advance(MINUTE)
    await world.parts.store.write(partial(claim_next, world.parts, "mail"))
    assert await silence(world, Matcher(story=1), HOUR) == 0
    await world.settle()
    assert world.mail.sent == []
    assert await states(world) == [Delivery.DROPPED]


# --- quiet hours ----------------------------------------------------------------------------------


async def test_a_night_becomes_one_message_in_the_morning(world: World) -> None:
    url = await evening(world)
    one, two, three = titles(3)
    world.show(url, one)
    await world.settle()
    world.show(url, one, two, three)
    await world.pass_time()
    assert world.mail.sent == []
    assert await world.count("alerts held") == 3
    await world.pass_time(8 * HOUR)
    (card,) = world.mail.sent
    assert card.message.title == "3 stories that waited"
    assert sorted(listed(card)) == [one, two, three]
    *folded, summary = await rows(world)
    assert {(row.state, row.folded_into) for row in folded} == {(Delivery.FOLDED, summary.id)}
    assert (summary.state, summary.alert.subject) == (Delivery.SENT, Subject.SUMMARY)


async def test_a_summary_says_what_where_and_how_sure(world: World) -> None:
    url = await evening(world)
    world.show(url, *titles(2))
    await world.settle()
    await world.pass_time(9 * HOUR)
    intro, links, _ = world.mail.sent[0].message.blocks
    assert intro == Paragraph("Instead of a message each, the best first:")
    assert isinstance(links, Links)
    assert links.items[0].meta == "AI overbuild · one · 95%"
    assert links.items[0].url == f"{url}/{titles(1)[0].replace(' ', '-')}"


async def test_a_summary_asks_of_each_story_where_a_page_takes_the_answer(world: World) -> None:
    await world.parts.store.write(lambda tx: tx.notes.set(VOTE_KEY, bytes(32).hex()))
    world.change(public_url="https://monitor.example.org")
    url = await evening(world)
    world.show(url, *titles(2))
    await world.settle()
    await world.pass_time(9 * HOUR)
    cards = [block for block in world.mail.sent[0].message.blocks if isinstance(block, Card)]
    links = [str(link.url).rpartition("/")[2] for card in cards for link in card.actions]
    votes = [read_token(token, bytes(32), world.clock()) for token in links]
    told = [(vote.article_id, vote.topic, vote.wanted) for vote in votes if isinstance(vote, Vote)]
    assert sorted(told) == [(id_, "ai-overbuild", word) for id_ in (2, 3) for word in (False, True)]


async def test_one_story_that_waited_goes_as_itself(world: World) -> None:
    url = await evening(world)
    world.show(url, *titles(1))
    await world.settle()
    await world.pass_time(9 * HOUR)
    assert world.mail.titles == [TOPIC + titles(1)[0]]


async def test_other_channels_are_not_quiet(world: World) -> None:
    world.change(routes=(Route(("mail", "chat")),))
    url = await evening(world)
    world.chat.sent.clear()
    world.show(url, *titles(1))
    await world.settle()
    assert (len(world.mail.sent), len(world.chat.sent)) == (0, 1)


async def test_a_high_score_breaks_through_and_overtakes_what_waits(world: World) -> None:
    url = await evening(world)
    ask_of(world, quiet=NIGHT, break_through=0.95)
    world.show(url, *titles(1))
    await queue_held(world)
    assert world.mail.titles == [TOPIC + titles(1)[0]]


async def queue_held(world: World) -> None:
    """A digest that has to wait for the morning."""
    digest = replace(alert("daily", "2026-03-01", subject=Subject.DIGEST), message=None)
    now = world.clock()
    await world.parts.store.write(lambda tx: tx.outbox.queue([digest], now, now))
    await world.settle()


async def test_a_story_that_grows_enough_in_the_night_breaks_through(world: World) -> None:
    url = await evening(world)
    world.show(url, *titles(1))
    await world.settle()
    ask_of(world, quiet=NIGHT, break_through=0.95)
    world.show(url, *titles(1), f"{titles(1)[0]} again")
    await world.pass_time()
    assert world.mail.titles == [TOPIC + titles(1)[0]]


async def test_what_waits_when_quiet_hours_begin_waits_on(world: World) -> None:
    url = await opened(world)
    ask_of(world, quiet=NIGHT)
    world.change(group_wait=2 * HOUR)
    world.clock.now = EVENING
    world.show(url, *titles(2))
    await world.settle()
    await world.pass_time(2 * HOUR)
    assert world.mail.sent == []
    await world.pass_time(9 * HOUR)
    assert world.mail.titles == ["2 stories that waited"]


async def test_quiet_hours_that_are_switched_off_end_at_once(world: World) -> None:
    url = await evening(world)
    world.show(url, *titles(2))
    await world.settle()
    ask_of(world)
    await world.parts.store.write(lambda tx: tx.outbox.release(world.clock()))
    await world.settle()
    assert world.mail.titles == ["2 stories that waited"]


async def test_a_hold_by_a_clock_that_was_wrong_does_not_last(world: World) -> None:
    url = await evening(world)
    world.clock.now += 300 * DAY
    world.show(url, *titles(1))
    await world.settle()
    assert (await states(world)) == [Delivery.PENDING]
    world.clock.now = EVENING + 14 * HOUR
    await world.parts.store.write(
        lambda tx: tx.outbox.save(replace(tx.outbox.waiting()[0], due_at=world.clock.now))
    )
    await world.settle()
    assert len(world.mail.sent) == 1


# --- caps, outages --------------------------------------------------------------------------------


async def test_over_the_cap_the_rest_of_the_hour_is_one_message(world: World) -> None:
    url = await opened(world)
    ask_of(world, max_per_hour=3)
    shown = titles(8)
    world.show(url, *shown[:5])
    await world.pass_time()
    assert world.mail.titles == [TOPIC + shown[0], TOPIC + shown[1], "3 stories that waited"]
    world.show(url, *shown)
    await world.pass_time(30 * MINUTE)
    assert len(world.mail.sent) == 3
    await world.pass_time(31 * MINUTE)
    assert world.mail.titles[3:] == ["3 stories that waited"]
    assert sorted(listed(world.mail.sent[3])) == sorted(shown[5:])


async def test_an_outage_ends_with_one_single_and_one_summary(world: World) -> None:
    url = await opened(world)
    world.mail.receipts = refuse(*[Outcome.TEMPORARY] * 40)
    shown = titles(30)
    for count in range(1, 31):
        world.show(url, *shown[:count])
        await world.pass_time(10 * SECOND)
        world.clock.advance(15 * MINUTE)
    world.mail.receipts.clear()
    failed = len(world.mail.sent)
    await world.pass_time(2 * HOUR)
    delivered = world.mail.sent[failed:]
    assert world.mail.titles[failed:] == [TOPIC + shown[0], "29 stories that waited"]
    assert sorted(listed(delivered[1])) == sorted(shown[1:])
    assert len({envelope.key for envelope in world.mail.sent}) == 2


async def test_messages_of_a_burst_are_spread(world: World) -> None:
    url = await opened(world)
    ask_of(world, gap=2 * SECOND)
    times: list[datetime] = []
    world.mail.before = lambda: times.append(world.clock())
    world.show(url, *titles(4))
    await world.pass_time()
    assert [later - sooner for sooner, later in pairwise(times)] == [2 * SECOND] * 3


async def test_a_row_whose_story_is_gone_holds_nobody_up(world: World) -> None:
    url = await opened(world)
    now = world.clock()
    await world.parts.store.write(lambda tx: tx.outbox.queue([alert("99")], now, now))
    world.show(url, *titles(1))
    await world.pass_time()
    assert world.mail.titles == [TOPIC + titles(1)[0]]
    assert (await world.outbox())[-2].note == "its story is gone"


async def test_a_summary_leaves_out_a_story_that_is_gone(world: World) -> None:
    url = await evening(world)
    now = world.clock()
    await world.parts.store.write(lambda tx: tx.outbox.queue([alert("99")], now, now))
    world.show(url, *titles(2))
    await world.settle()
    await world.pass_time(9 * HOUR)
    assert listed(world.mail.sent[0]) == list(titles(2))
    assert await states(world) == ["dropped", "folded", "folded", "sent"]


async def test_an_update_waits_for_the_cool_down(world: World) -> None:
    url = await opened(world)
    world.change(cool_down=30 * MINUTE)
    world.show(url, *titles(1))
    await world.pass_time()
    update, now = alert("1", "update-1"), world.clock()
    await world.parts.store.write(lambda tx: tx.outbox.queue([update], now, now))
    await world.pass_time(10 * MINUTE)
    assert len(world.mail.sent) == 1
    assert (await world.outbox())[-1].due_at == now + 30 * MINUTE
    await world.pass_time(20 * MINUTE)
    assert len(world.mail.sent) == 2


# --- at most once ---------------------------------------------------------------------------------


async def test_a_channel_that_never_repeats_tells_of_the_doubt_elsewhere(world: World) -> None:
    url = await opened(world)
    world.change(routes=(Route(("mail",), min_score=0.5), Route(("chat",))))
    ask_of(world, repeats=False)
    world.change(group_wait=MINUTE)
    world.show(url, *titles(1))
    await world.pass_time()
    world.clock.advance(MINUTE)
    await world.parts.store.write(partial(claim_next, world.parts, "mail"))
    assert await recover_in_flight(world.parts) == 1
    await world.settle()
    assert world.mail.sent == []
    assert await states(world) == [Delivery.DEAD]
    assert "told nothing twice" in repr(world.chat.sent[-1].message)


async def test_a_timeout_is_not_repeated_where_nothing_may_be(world: World) -> None:
    world.change(routes=(Route(("mail",), min_score=0.5), Route(("chat",))))
    url = await opened(world)
    ask_of(world, repeats=False)
    world.mail.receipts = refuse(Outcome.AMBIGUOUS)
    world.show(url, *titles(1))
    await world.pass_time()
    await world.pass_time()
    assert (len(world.mail.sent), await states(world)) == (1, [Delivery.DEAD])
    assert "it may have arrived" in repr(world.chat.sent[-1].message)
