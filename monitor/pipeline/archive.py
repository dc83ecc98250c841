"""The stored archive as a backtest needs it: the scores of all, the signals of what may be flagged.

What was judged by other weights than those in force is judged again, and what was under the line
then is analysed where it is to be above now. Nothing of that is written down.
"""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from monitor.core.backtest import Ranking, rank_articles, rank_scores
from monitor.core.classifier import NEAR, Topic
from monitor.core.likeness import Fit, Likeness, Traits
from monitor.core.model import FeedSpec, Flagged, Score, Scored, Signals, Verdict
from monitor.core.silence import Silence
from monitor.core.story import WINDOW
from monitor.pipeline.classify import BATCH, Judged, judge_articles
from monitor.pipeline.housekeeping import FORGOTTEN
from monitor.pipeline.parts import Parts
from monitor.pipeline.scratch import PastSilence
from monitor.ports import Transaction

Track = Callable[[int, int], None]
"""Told how many articles were judged again, and of how many."""


def say_nothing(done: int, of: int) -> None:
    """Track nothing."""


@dataclass(frozen=True)
class Remembering(Likeness):
    """Answers once, however many replays ask: what it says of revisions never changes."""

    seen: dict[int, Traits] = field(default_factory=dict, compare=False)
    keys: dict[int, frozenset[str]] = field(default_factory=dict, compare=False)
    fits: dict[tuple[int, ...], Fit] = field(default_factory=dict, compare=False)
    compared: dict[tuple[int, int], float] = field(default_factory=dict, compare=False)

    def traits(self, flagged: Flagged) -> Traits:
        """Read off what is compared."""
        key = flagged.article.revision_id
        if key not in self.seen:
            self.seen[key] = super().traits(flagged)
        return self.seen[key]

    def find_keys(self, flagged: Flagged) -> frozenset[str]:
        """What an article on the same event probably has one of."""
        key = flagged.article.revision_id
        if key not in self.keys:
            self.keys[key] = super().find_keys(flagged)
        return self.keys[key]

    def fit(self, flagged: Flagged, others: Sequence[Flagged]) -> Fit:
        """How likely it tells of the event that the others tell of."""
        key = flagged.article.revision_id, *[other.article.revision_id for other in others]
        if key not in self.fits:
            self.fits[key] = super().fit(flagged, others)
        return self.fits[key]

    def compare(self, a: Traits, b: Traits) -> float:
        """Log-odds that both tell of one event."""
        key = id(a), id(b)  # `seen` keeps them, so no other traits get their ids
        if key not in self.compared:
            self.compared[key] = super().compare(a, b)
        return self.compared[key]


@dataclass(slots=True)
class Archive:
    """What is replayed. `since` is what is asked of; a story's `WINDOW` before it is replayed too.

    `asked_since` is earlier where the archive, or the texts in it, begin later than was asked.
    `scored` is by revision; `known` holds what was read or judged again, `judged` the topics and
    versions for which that was looked at. `all` and `best` rank revisions and articles by topic.
    """

    asked_since: datetime
    since: datetime
    until: datetime
    scored: dict[int, Scored]
    silences: tuple[PastSilence, ...]
    likeness: Remembering
    known: dict[int, Flagged] = field(default_factory=dict)
    feeds: dict[int, FeedSpec] = field(default_factory=dict)
    judged: set[tuple[str, str]] = field(default_factory=set)
    all: dict[str, Ranking] = field(default_factory=dict)
    best: dict[str, Ranking] = field(default_factory=dict)

    def pick(self, topics: Sequence[Topic]) -> list[Flagged]:
        """The articles these topics flag, each in its first revision that they flag.

        `prepare` has come before.
        """
        first: dict[int, Scored] = {}
        for scored in self.flag(topics):
            first.setdefault(scored.article_id, scored)
        return [_flag(self.known[one.revision_id], one, topics) for one in first.values()]

    def flag(self, topics: Iterable[Topic]) -> list[Scored]:
        """The revisions these topics flag, the one seen first first."""
        flagged = {
            id_ for topic in topics for id_ in self.rank(topic.name).reaching(topic.threshold)
        }
        return sorted(
            (self.scored[id_] for id_ in flagged),
            key=lambda one: (one.seen_at, one.article_id, one.revision_id),
        )

    def rank(self, topic: str) -> Ranking:
        """All revisions by a topic's score."""
        if topic not in self.all:
            self.all[topic] = rank_scores(self.scored.values(), topic)
        return self.all[topic]

    def rank_articles(self, topic: str) -> Ranking:
        """The articles of the time asked for by a topic's score."""
        if topic not in self.best:
            self.best[topic] = rank_articles(self.scored.values(), topic, self.since)
        return self.best[topic]


def read_archive(parts: Parts, since: datetime, tx: Transaction) -> Archive:
    """Read the scores from then on. Before retention took the texts nothing can be replayed."""
    now, forgotten, table = parts.clock(), tx.notes.get(FORGOTTEN), parts.likeness
    oldest = tx.scores.begin() or now
    if forgotten:
        oldest = max(oldest, datetime.fromisoformat(forgotten))
    scored = tx.scores.since(max(since - WINDOW, oldest))
    return Archive(
        asked_since=since,
        since=min(max(since, oldest), now),
        until=now,
        scored={one.revision_id: one for one in scored},
        silences=tuple(_recall(tx, silence) for silence in reversed(tx.silences.list())),
        likeness=Remembering(table.rarity, table.rarest, table.plain, table.semantic),
    )


async def prepare(
    parts: Parts,
    archive: Archive,
    topics: tuple[Topic, ...],
    track: Track = lambda _done, _of: None,
) -> None:
    """Make ready what these topics, at their thresholds, may flag; the loop goes on meanwhile.

    Raise `WorkerError` where the analyser cannot be had.
    """
    versions = {(topic.name, topic.version) for topic in topics}
    if not versions <= archive.judged:
        await _judge(
            parts, archive, await to_thread(_list_outdated, archive, topics), topics, track
        )
        archive.judged |= versions
    wanted = await to_thread(_list_wanted, archive, topics)
    await _judge(parts, archive, [one for one in wanted if not one.has_signals], topics, track)
    await _load(parts, archive, [one.revision_id for one in wanted if one.has_signals])


async def _load(parts: Parts, archive: Archive, revision_ids: Sequence[int]) -> None:
    """Read what was flagged then, and what is said of the feeds it came from."""
    found = await parts.store.read(partial(_load_revisions, revision_ids))
    archive.known.update((one.article.revision_id, one) for one in found)
    feeds = {one.article.feed_id for one in archive.known.values()} - archive.feeds.keys()
    archive.feeds.update(await parts.store.read(lambda tx: tx.feeds.specs(feeds)))


async def _judge(
    parts: Parts,
    archive: Archive,
    revisions: Sequence[Scored],
    topics: tuple[Topic, ...],
    track: Track,
) -> None:
    judging = replace(parts, topics=topics)
    for start in range(0, len(revisions), BATCH):
        track(start, len(revisions))
        ids = [one.revision_id for one in revisions[start : start + BATCH]]
        stored = await parts.store.read(partial(_load_revisions, ids))
        for judged in await judge_articles(judging, [one.article for one in stored]):
            _take(archive, judged, topics)
    if revisions:
        track(len(revisions), len(revisions))
        archive.all.clear()
        archive.best.clear()


def _load_revisions(revision_ids: Sequence[int], tx: Transaction) -> tuple[Flagged, ...]:
    return tx.scores.load(revision_ids)


def _take(archive: Archive, judged: Judged, topics: Iterable[Topic]) -> None:
    """Take over scores where the stored ones are of other weights, and signals that may be asked.

    Of those others there may be fifty thousand, so they are forgotten.
    """
    article = judged.article
    stored, fresh = archive.scored[article.revision_id], {v.topic: v for v in judged.verdicts}
    changed = {
        topic.name: Score(fresh[topic.name].score, topic.version)
        for topic in topics
        if _is_of_other(stored.scores.get(topic.name), topic)
    }
    scored = replace(stored, scores={**stored.scores, **changed})
    archive.scored[article.revision_id] = scored
    least = min(NEAR, *(topic.threshold for topic in topics))
    if any(_reaches(score, least) for score in scored.scores.values()):
        signals = judged.signals or Signals(article.language or "")
        # What was compared already stays as it was compared.
        archive.known.setdefault(article.revision_id, Flagged(article, judged.verdicts, signals))


def _flag(known: Flagged, scored: Scored, topics: Iterable[Topic]) -> Flagged:
    """The article as it would have waited for its story."""
    evidence = {verdict.topic: verdict.evidence for verdict in known.verdicts}
    verdicts = (
        Verdict(
            topic.name,
            scored.scores[topic.name].value,
            _reaches(scored.scores[topic.name], topic.threshold),
            topic.threshold,
            evidence.get(topic.name, ()),
            topic.version,
        )
        for topic in topics
    )
    return replace(known, verdicts=tuple(sorted(verdicts, key=lambda one: one.topic)))


def _list_outdated(archive: Archive, topics: Iterable[Topic]) -> list[Scored]:
    """What other weights than a topic's have judged, or none."""
    return [
        one
        for one in archive.scored.values()
        if any(_is_of_other(one.scores.get(topic.name), topic) for topic in topics)
    ]


def _list_wanted(archive: Archive, topics: Iterable[Topic]) -> list[Scored]:
    """What is flagged and not known yet."""
    return [one for one in archive.flag(topics) if one.revision_id not in archive.known]


def _reaches(score: Score | None, threshold: float) -> bool:
    return score is not None and score.value is not None and score.value >= threshold


def _is_of_other(score: Score | None, topic: Topic) -> bool:
    return score is None or score.version != topic.version


def _recall(tx: Transaction, silence: Silence) -> PastSilence:
    story = tx.stories.get(silence.matcher.story) if silence.matcher.story else None
    members = story.members if story else ()
    return PastSilence(silence, tuple(member.article.id for member in members))
