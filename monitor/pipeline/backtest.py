"""What a configuration would have told of the stored archive, which threshold tells how much.

Replays are quick beside reading: an `Archive` that was read once answers again and again.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from monitor.core.backtest import LOWEST, STEPS, Course, compare, list_told, measure_rate
from monitor.core.classifier import Topic
from monitor.core.model import FeedSpec, Flagged
from monitor.pipeline.archive import Archive, Track, prepare, say_nothing
from monitor.pipeline.parts import Parts, Rules
from monitor.pipeline.replay import Past, replay
from monitor.queries.backtest import Backtest, Comparison, Line, describe_course

Key = tuple[tuple[int, tuple[str, ...]], ...]
"""Flagged revisions, each with the topics that flag it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a configuration says of who is told what.

    `feeds` describes feeds by address, where that is not as stored; articles of `gone` ones would
    not have come. `notes` are for a person: what of it cannot be replayed. `played` keeps what
    replays of one archive came to, also for setups that were moved from this one: a threshold that
    flags the same articles tells the same.
    """

    topics: tuple[Topic, ...]
    rules: Rules
    feeds: Mapping[str, FeedSpec] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    played: dict[Key, Course] = field(default_factory=dict, compare=False)

    def move(self, names: Collection[str], threshold: float) -> "Setup":
        """The same with another threshold for these topics."""
        moved = (
            replace(topic, threshold=threshold) if topic.name in names else topic
            for topic in self.topics
        )
        return replace(self, topics=tuple(moved))


async def backtest(
    parts: Parts,
    archive: Archive,
    setup: Setup,
    names: Collection[str],
    track: Track = say_nothing,
) -> Backtest:
    """Say what a setup would have told, and describe the named topics of it.

    Raise `WorkerError` where articles cannot be judged.
    """
    course = await _rehearse(parts, archive, setup, track)
    topics = [topic for topic in setup.topics if topic.name in names]
    lines = await asyncio.to_thread(_draw_lines, archive, topics)
    return await parts.store.read(
        lambda tx: describe_course(tx, course, lines, archive.asked_since, setup.notes)
    )


async def find_threshold(
    parts: Parts,
    archive: Archive,
    setup: Setup,
    names: Collection[str],
    per_week: float,
    track: Track = say_nothing,
) -> float | None:
    """The lowest threshold of these topics that tells at most so many of their stories a week.

    By halving: it tells no more, a thousandth less does (where that is not below what is looked
    at). None: the highest still tells more. What would be told hardly ever grows with a threshold;
    only where an article that ties two stories together falls away.
    """
    low, high = LOWEST - 1, STEPS
    while high - low > 1:
        middle = (low + high) // 2
        moved = setup.move(names, middle / STEPS)
        if await _count(parts, archive, moved, names, track) <= per_week:
            high = middle
        else:
            low = middle
    return high / STEPS if high < STEPS else None


async def compare_setups(
    parts: Parts, archive: Archive, before: Setup, after: Setup, track: Track = say_nothing
) -> Comparison:
    """Say what another setup would have told more, less or elsewhere."""
    one, other = [
        await backtest(parts, archive, setup, [topic.name for topic in setup.topics], track)
        for setup in (before, after)
    ]
    return Comparison(one, other, compare(one.told, other.told))


def rehearse(parts: Parts, archive: Archive, setup: Setup) -> Course:
    """Replay an archive that is prepared for the setup's topics."""
    flagged = archive.pick(setup.topics)
    key = tuple((one.article.revision_id, one.topics) for one in flagged)
    if key not in setup.played:
        setup.played[key] = _replay(parts, archive, setup, flagged)
    return setup.played[key]


def _replay(parts: Parts, archive: Archive, setup: Setup, flagged: Iterable[Flagged]) -> Course:
    feeds = {id_: setup.feeds.get(spec.url, spec) for id_, spec in archive.feeds.items()}
    gone = {id_ for id_, spec in archive.feeds.items() if spec.url in setup.gone}
    read = [_rename(one, feeds) for one in flagged if one.article.feed_id not in gone]
    acting = replace(parts, topics=setup.topics, rules=setup.rules, likeness=archive.likeness)
    past = Past(read, archive.silences, feeds)
    return replay(acting, past, archive.since, archive.until)


async def _rehearse(parts: Parts, archive: Archive, setup: Setup, track: Track) -> Course:
    await prepare(parts, archive, setup.topics, track)
    # In a thread of its own: the loop of a daemon that serves the page goes on.
    return await asyncio.to_thread(rehearse, parts, archive, setup)


def _draw_lines(archive: Archive, topics: Iterable[Topic]) -> list[Line]:
    return [
        Line(topic.name, topic.threshold, archive.rank_articles(topic.name)) for topic in topics
    ]


def _rename(one: Flagged, feeds: Mapping[int, FeedSpec]) -> Flagged:
    """Articles carry their feed's name, for which a silence may ask."""
    name = feeds[one.article.feed_id].name
    if name == one.article.feed_name:
        return one
    return replace(one, article=replace(one.article, feed_name=name))


async def _count(
    parts: Parts, archive: Archive, setup: Setup, names: Collection[str], track: Track
) -> float:
    course = await _rehearse(parts, archive, setup, track)
    told = [story for story in list_told(course) if set(names) & set(story.topics)]
    return measure_rate(len(told), archive.since, archive.until)
