"""What a reader says by a link in a message: from the message that leaves to the label it makes."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import pytest

from monitor.core.model import Actions, Card, Envelope, Label, LabelSource, Link, Outcome
from monitor.core.vote import LIFETIME, Vote
from monitor.errors import Expired, Forged, NotFound
from monitor.pipeline import VOTE_KEY
from monitor.pipeline.labels import (
    Question,
    Said,
    make_ballot,
    open_question,
    say_word,
    take_vote,
    undo_vote,
)
from monitor.ports import Transaction
from tests.builders import DAY, HOUR
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

T = TypeVar("T")

KEY = bytes(range(32))
PAGE = "https://monitor.example.org"
TOPIC = "ai-overbuild"
BUBBLE = "Bank warns of an AI bubble"


async def opened(world: World, *names: str) -> list[str]:
    """Feeds past their baseline, and a page that takes votes."""
    await world.parts.store.write(lambda tx: tx.notes.set(VOTE_KEY, KEY.hex()))
    world.change(public_url=PAGE)
    urls = [await world.add_feed(name, (f"Nothing of note in {name}",)) for name in names]
    await world.settle()
    world.mail.sent.clear()
    return urls


async def told(world: World) -> tuple[str, str]:
    """The tokens for yes and no of a story that mail was told of."""
    (url,) = await opened(world, "one")
    world.show(url, BUBBLE)
    await world.pass_time()
    yes, no = tokens(votes(world.mail.sent[0]))
    return yes, no


def votes(envelope: Envelope) -> list[Link]:
    """The links by which a reader of the message votes."""
    links: list[Link] = []
    for block in envelope.message.blocks:
        if isinstance(block, Actions):
            links += block.items
        elif isinstance(block, Card):
            links += block.actions
    return links


def tokens(links: Iterable[Link]) -> list[str]:
    return [str(link.url).removeprefix(f"{PAGE}/vote/") for link in links]


async def write(world: World, job: Callable[[Transaction], T]) -> T:
    return await world.parts.store.write(job)


async def ask(world: World, token: str) -> Question:
    now = world.clock()
    return await world.parts.store.read(lambda tx: open_question(tx, token, {TOPIC}, now))


async def vote(world: World, token: str) -> Said:
    asked = await ask(world, token)
    return await write(world, partial(take_vote, vote=asked.vote, now=world.clock()))


async def undo(world: World, token: str) -> Said | None:
    asked = await ask(world, token)
    return await write(world, partial(undo_vote, vote=asked.vote, now=world.clock()))


async def labels(world: World) -> list[tuple[bool, LabelSource]]:
    found = await world.parts.store.read(lambda tx: tx.labels.of(TOPIC))
    return [(label.wanted, label.source) for label in found]


# --- saying it ------------------------------------------------------------------------------------


async def test_a_link_asks_first_and_says_nothing_until_it_is_told_to(world: World) -> None:
    yes, no = await told(world)
    asked = await ask(world, yes)
    assert (asked.vote.topic, asked.vote.wanted, asked.said) == (TOPIC, True, None)
    assert asked.article.title == BUBBLE
    assert not (await ask(world, no)).vote.wanted
    assert await labels(world) == []


async def test_a_vote_becomes_a_label_once(world: World) -> None:
    yes, _ = await told(world)
    first = await vote(world, yes)
    assert (first.changed, first.label.source) == (True, LabelSource.LINK)
    world.clock.advance(HOUR)
    again = await vote(world, yes)
    assert (again.changed, again.label) == (False, first.label)
    assert (await ask(world, yes)).said == first.label
    assert await labels(world) == [(True, LabelSource.LINK)]


async def test_the_other_link_changes_it_and_what_was_voted_may_be_taken_back(
    world: World,
) -> None:
    yes, no = await told(world)
    await vote(world, yes)
    assert (await vote(world, no)).changed
    assert await labels(world) == [(False, LabelSource.LINK)]
    assert await undo(world, yes) is None
    taken_back = await undo(world, no)
    assert taken_back is not None
    assert taken_back.article.title == BUBBLE
    assert await undo(world, no) is None
    assert await labels(world) == []
    assert (await vote(world, no)).changed


async def test_what_was_said_elsewhere_counts_as_said(world: World) -> None:
    yes, _ = await told(world)
    article = (await ask(world, yes)).article
    word = Label(article.id, TOPIC, True, LabelSource.COMMAND, world.clock())
    assert (await write(world, partial(say_word, label=word))).changed
    assert not (await vote(world, yes)).changed
    assert await labels(world) == [(True, LabelSource.COMMAND)]


# --- what is refused ------------------------------------------------------------------------------


async def test_a_link_counts_for_a_month(world: World) -> None:
    yes, _ = await told(world)
    world.clock.advance(LIFETIME - HOUR)
    assert (await vote(world, yes)).changed
    world.clock.advance(HOUR)
    with pytest.raises(Expired, match="no longer counts; `monitor label` says the same"):
        await ask(world, yes)


async def test_a_link_of_another_installation_or_of_none_is_forged(world: World) -> None:
    yes, _ = await told(world)
    for key in (bytes(32).hex(), None):
        await write(world, partial(lambda tx, key: tx.notes.set(VOTE_KEY, key), key=key))
        with pytest.raises(Forged):
            await ask(world, yes)
    assert await labels(world) == []


async def test_a_vote_on_what_is_gone_is_told(world: World) -> None:
    yes, _ = await told(world)
    now = world.clock()
    with pytest.raises(NotFound, match="the topic ai-overbuild is no longer looked for"):
        await world.parts.store.read(lambda tx: open_question(tx, yes, {"other"}, now))
    unknown = Vote(999, TOPIC, wanted=True, expires_at=now + DAY)
    with pytest.raises(NotFound, match="no article 999"):
        await write(world, partial(take_vote, vote=unknown, now=now))


# --- where the links are --------------------------------------------------------------------------


async def test_alerts_updates_and_digests_carry_them(world: World) -> None:
    one, two, three = await opened(world, "one", "two", "three")
    for url, title in ((one, BUBBLE), (two, f"{BUBBLE} again"), (three, f"{BUBBLE}, 3 billion")):
        world.show(url, title)
        await world.pass_time()
    first, update = world.mail.sent
    assert [(await ask(world, token)).article.title for token in tokens(votes(first))] == [
        BUBBLE, BUBBLE,
    ]  # fmt: skip
    assert (await ask(world, tokens(votes(update))[0])).article.title == f"{BUBBLE}, 3 billion"
    await world.pass_time(DAY)
    assert len(votes(world.chat.sent[-1])) == 2


async def test_a_repeat_has_the_same_links(world: World) -> None:
    (url,) = await opened(world, "one")
    world.mail.receipts = refuse(Outcome.AMBIGUOUS)
    world.show(url, BUBBLE)
    await world.pass_time()
    await world.pass_time()
    first, repeat = world.mail.sent
    assert repeat.possibly_repeated
    assert votes(repeat) == votes(first) != []


@pytest.mark.parametrize("missing", ["page", "key"])
async def test_without_a_page_or_a_key_nothing_changes(world: World, missing: str) -> None:
    (url,) = await opened(world, "one")
    if missing == "page":
        world.change(public_url=None)
    else:
        await write(world, lambda tx: tx.notes.set(VOTE_KEY, None))
    world.show(url, BUBBLE)
    await world.pass_time()
    await world.pass_time(DAY)
    sent = [*world.mail.sent, *world.chat.sent]
    assert len(sent) == 2
    assert [votes(envelope) for envelope in sent] == [[], []]


async def test_a_ballot_needs_both(world: World) -> None:
    await opened(world)
    now = world.clock()
    assert await world.parts.store.read(lambda tx: make_ballot(tx, None, now)) is None
    ballot = await world.parts.store.read(lambda tx: make_ballot(tx, PAGE, now))
    assert ballot is not None
    assert (ballot.key, ballot.expires_at) == (KEY, now + LIFETIME)
