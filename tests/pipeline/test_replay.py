"""A replay of the archive sends what the daemon's handlers sent: the same, and as many."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from random import Random

import pytest

from monitor.core.backtest import Course
from monitor.core.classifier import Topic
from monitor.core.delivery import ChannelRules
from monitor.core.model import Delivery, OutboxRow, Route, Story, Subject
from monitor.core.quiet import QuietHours
from monitor.core.silence import Matcher
from monitor.pipeline import Live
from monitor.pipeline.archive import prepare, read_archive
from monitor.pipeline.backtest import Setup, rehearse
from monitor.pipeline.silences import add_silence
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import DAY, HOUR
from tests.pipeline.conftest import START, World
from tests.pipeline.fakes import OVERBUILD

BEGIN = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""Six in the morning in Berlin; an hour later it is no longer quiet."""

FEEDS = ("one", "two", "three")
NIGHT = QuietHours(((time(22), time(7)),), "Europe/Berlin")

WORDS = ("alten", "lauen", "rosen", "toten", "wolken")

EVENTS = tuple(
    tuple(f"{start}{end}" for end in ("hafen", "werk", "netz", "bank"))
    for start in ("Elbe", "Saale", "Weser", "Oder")
)

HOURS = (2, 3, 8, 17, 18, 21, 25)
"""Some within an hour of each other, some at night."""

News = Mapping[int, Sequence[tuple[str, str]]]
"""By hours since `BEGIN` what feeds show anew: the feed and `guid|title`."""

Message = tuple[datetime, str, str, frozenset[frozenset[str]]]
"""When (to the minute), over which channel and on which occasion, of which stories.

A story is the titles of its articles.
"""

OHIO = "Fear of a bubble as cloud group leaves Ohio"
WEEK: News = {
    # A story, a copy of it, and what is worth an update.
    3: [("one", f"a1|{OHIO}"), ("two", f"a2|{OHIO}")],
    5: [("three", f"a3|{OHIO}, cost 3 billion")],
    6: [("one", "b1|Harbour lease ends: no bubble, doubt remains")],
    # Quiet for mail: two stories and an update are one summary in the morning.
    20: [
        ("one", "c1|Turbine maker Weserwind hears of bubble"),
        ("three", "c2|Sparkasse: Börsenwert bubble"),
    ],
    22: [("three", f"a4|{OHIO}, cost 9 billion")],
    # So sure that it may wake somebody.
    23: [("one", "d1|Rechnungshof doubt: Nordkabel bubble")],
    # Silenced: by its words, by its story, by a feed that nobody else reports.
    30: [("one", "e1|Glasshouse bubble grows")],
    31: [("two", f"a5|{OHIO} and Utah, cost 40 billion")],
    32: [("three", "f1|Kupferpreis bubble, Chile")],
    # Nothing, until its publisher edits it.
    40: [("one", "g1|Kabelwerk opens, Porto")],
    44: [("one", "g1|Kabelwerk opens, Porto bubble")],
    # More within an hour than chat takes; the last of the hour is a summary.
    52: [("two", f"h{n}|bubble {word}berg {word}hausen") for n, word in enumerate(WORDS)],
    53: [("two", "i1|Tulpen bubble")],
    # Eight days later it is another event, whatever it is called.
    52 + 8 * 24: [("one", f"j1|{OHIO}")],
}


SILENCES = {29: Matcher(words=("glasshouse",)), 31: Matcher(story=1), 32: Matcher(feed="three")}

DOUBTS: News = {
    2: [("one", "a1|Zoll doubt: Kaimauer"), ("two", "b1|Bank Nordufer hears of bubble")],
    4: [("three", "a2|Zoll doubt: Kaimauer, 40 billion"), ("one", "c1|Nothing on Monday")],
    6: [("two", "b2|Bank Nordufer hears of bubble, doubt")],
}


def invent(random: Random) -> News:
    """News of four events, over a day: what is added, copied, edited and doubted is chance."""
    news = defaultdict(list)
    for n in range(24):
        event = " ".join(random.choices(EVENTS[n % 4], k=3))
        added = random.choice(("", ", doubt", f", {random.randrange(90)} billion"))
        line = f"{random.randrange(16)}|bubble {event}{added}"
        news[random.choice(HOURS)].append((random.choice(FEEDS), line))
    return news


class Daemon:
    """The daemon's handlers, an hour at a time, on feeds that show what the table says."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def read(self, news: News, silences: Mapping[int, Matcher]) -> None:
        """Let hours pass, and in each let feeds show what they have; each morning is looked at."""
        mornings = [hour for hour in range(1, 75, 24) if hour < max(news) + 24]
        for hour in sorted({*news, *(hour + 1 for hour in news), *silences, *mornings}):
            self.world.clock.now = BEGIN + hour * HOUR
            shown = defaultdict(list)
            for feed, line in news.get(hour, ()):
                shown[feed].append(line)
            for feed, lines in shown.items():
                self.world.show(f"https://{feed}.example", *lines)
            if hour in silences:
                await self.world.parts.store.write(partial(self._silence, silences[hour]))
            await self.world.settle()

    def _silence(self, matcher: Matcher, tx: Transaction) -> None:
        now = self.world.clock()
        add_silence(tx, matcher, now + DAY, "", now)

    async def sent(self) -> list[Message]:
        """What was sent of stories."""
        rows = await self.world.outbox()
        stories = await self.world.parts.store.read(lambda tx: tx.stories.list(1_000))
        titles = {str(story.id): list_titles(story) for story in stories}
        return order(
            (row.settled_at, row.alert.channel, row.alert.occasion, titles_of(row, rows, titles))
            for row in rows
            if row.settled_at and row.state is Delivery.SENT and row.alert.subject in TOLD
        )


TOLD = (Subject.STORY, Subject.SUMMARY)


def titles_of(
    row: OutboxRow, rows: Sequence[OutboxRow], titles: Mapping[str, frozenset[str]]
) -> frozenset[frozenset[str]]:
    """The stories a message tells of."""
    folded = [other.alert.subject_id for other in rows if other.folded_into == row.id]
    return frozenset(titles[id_] for id_ in folded or [row.alert.subject_id])


def list_titles(story: Story) -> frozenset[str]:
    return frozenset(member.article.title for member in story.members)


def order(told: Iterable[Message]) -> list[Message]:
    """By channel, and there as they were sent: between two channels it is chance."""
    ordered = sorted(told, key=lambda one: (one[1], one[0]))
    return [(at.replace(second=0, microsecond=0), *what) for at, *what in ordered]  # type: ignore[misc]


async def opened(world: World) -> Daemon:
    """Feeds past their baseline, and rules of every kind."""
    world.change(
        routes=(
            Route(("chat",), feeds=("two",)),
            Route(("chat",), min_score=0.99),
            Route(("mail",)),
        ),
        channels={
            "mail": replace(ChannelRules(), quiet=NIGHT, break_through=0.98),
            "chat": replace(ChannelRules(), max_per_hour=3),
        },
        digests=(),
        full_text=False,
    )
    world.clock.now = START
    for name in FEEDS:
        await world.add_feed(name, (f"Nothing of note in {name}",))
    await world.settle()
    return Daemon(world)


async def replayed(world: World, topics: tuple[Topic, ...] | None = None) -> Course:
    """What a replay of its archive sends, with these topics in place of its own."""
    parts = world.parts
    archive = await parts.store.read(lambda tx: read_archive(parts, START, tx))
    setup = Setup(topics or parts.topics, parts.rules)
    await prepare(parts, archive, setup.topics)
    return rehearse(parts, archive, setup)


def messages(course: Course) -> list[Message]:
    """As `Daemon.sent` tells them."""
    titles = {id_: list_titles(story) for id_, story in course.stories.items()}
    return order(
        (one.at, one.channel, one.occasion, frozenset(titles[id_] for id_ in one.stories))
        for one in course.sent
    )


async def test_a_replay_sends_what_the_daemon_sent(world: World) -> None:
    daemon = await opened(world)
    await daemon.read(WEEK, SILENCES)
    sent, course = await daemon.sent(), await replayed(world)
    assert messages(course) == sent
    assert Counter((channel, occasion) for _, channel, occasion, _ in sent) == {
        ("chat", "first"): 6,
        ("chat", "update-1"): 1,
        ("chat", "update-2"): 1,
        ("chat", "folded"): 1,
        ("mail", "first"): 3,
        ("mail", "update-1"): 1,
        ("mail", "folded"): 1,
    }
    assert course.counts["alerts silenced"] == await world.count("alerts silenced") == 4
    assert course.counts["alerts folded"] == await world.count("alerts folded") == 6


async def test_another_threshold_is_foretold(world: World, tmp_path: Path) -> None:
    """What was under the line when it was judged has no signals yet: it is analysed now."""
    lower = (replace(OVERBUILD, threshold=0.2),)
    first = await opened(world)
    await first.read(DOUBTS, {})
    foretold = messages(await replayed(world, lower))
    store = open_store(tmp_path / "other.sqlite", now=START)
    parts = replace(world.parts, store=store, topics=lower, live=Live())
    other = await opened(replace(world, parts=parts))
    await other.read(DOUBTS, {})
    assert foretold == await other.sent()
    assert len(foretold) > len(await first.sent())
    await store.close()


@pytest.mark.parametrize("seed", range(2))
async def test_a_replay_of_any_news_sends_what_the_daemon_sent(world: World, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    daemon = await opened(world)
    await daemon.read(invent(random), {random.choice(HOURS): Matcher(words=("hafen",))})
    assert messages(await replayed(world)) == await daemon.sent()
