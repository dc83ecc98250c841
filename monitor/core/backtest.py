"""What a replay of the archive comes to: alerts a week, a strip of weeks, titles around the line.

An alert is a story that is told for the first time, over however many channels; what follows of it
is an update. A story counts for each topic it is of.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.model import FIRST, Delivery, OutboxRow, Scored, Story, Subject

WEEK = timedelta(days=7)
DAY = timedelta(days=1)

BINS = 20
"""Bars of a histogram of scores, each a twentieth wide."""

STEPS = 1_000
"""Thresholds are looked for by the thousandth,"""

LOWEST = 50
"""from 0.05 on: below that lies all that has nothing to do with a topic."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message a channel took. `stories` are those it tells of, several for a summary."""

    at: datetime
    channel: str
    occasion: str
    stories: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What was sent from `since` until `until`, oldest first, and all stories there were by id.

    `first` says when and over which channels each story was told at all, also before `since`.
    `counts` are the pipeline's counters since `since`.
    """

    since: datetime
    until: datetime
    sent: tuple[Sent, ...]
    stories: Mapping[int, Story]
    first: Mapping[int, tuple[datetime, tuple[str, ...]]]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story and when it was first told; `articles` are the ids of its members."""

    at: datetime
    title: str
    topics: tuple[str, ...]
    score: float
    sources: int
    channels: tuple[str, ...]
    articles: frozenset[int]


Ranked = tuple[float, int]
"""A score, and the id of the revision that has it."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Revisions by a topic's score, ascending: `ids` belong to `scores`, place by place."""

    scores: tuple[float, ...]
    ids: tuple[int, ...]

    def reaching(self, threshold: float) -> tuple[int, ...]:
        """Those that a threshold takes."""
        return self.ids[bisect_left(self.scores, threshold) :]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, or fewer where the archive begins within them, and the alerts in them."""

    begins_at: datetime
    days: float
    alerts: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A story that two configurations tell over different channels; () means not at all."""

    story: ToldStory
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What another configuration tells that this one does not, no longer tells, tells elsewhere."""

    more: tuple[Moved, ...]
    less: tuple[Moved, ...]
    elsewhere: tuple[Moved, ...]


def follow_course(
    rows: Iterable[OutboxRow],
    stories: Mapping[int, Story],
    counts: Mapping[str, int],
    since: datetime,
    until: datetime,
) -> Course:
    """Read off an outbox, whole and oldest row first, what was sent when, and who heard of what."""
    rows = list(rows)
    sent = sorted(_list_sent(rows), key=lambda one: one.at)
    first: dict[int, tuple[datetime, tuple[str, ...]]] = {}
    for one in sent:
        for story in one.stories:
            at, channels = first.get(story, (one.at, ()))
            first[story] = at, tuple(dict.fromkeys((*channels, one.channel)))
    return Course(
        since, until, tuple(one for one in sent if one.at >= since), stories, first, counts
    )


def _list_sent(rows: Sequence[OutboxRow]) -> Iterable[Sent]:
    folded: dict[int, list[int]] = {}
    for row in rows:
        if row.folded_into is not None:
            folded.setdefault(row.folded_into, []).append(int(row.alert.subject_id))
    for row in rows:
        alert = row.alert
        if row.state is Delivery.SENT and row.settled_at is not None:
            if alert.subject is Subject.SUMMARY:
                told = tuple(dict.fromkeys(folded.get(row.id, ())))
            else:
                told = (int(alert.subject_id),)
            yield Sent(row.settled_at, alert.channel, alert.occasion, told)


def list_told(course: Course) -> tuple[ToldStory, ...]:
    """The stories first told within the course, oldest first."""
    told = (
        ToldStory(
            at,
            story.title,
            story.topics,
            story.score,
            story.sources,
            channels,
            frozenset(member.article.id for member in story.members),
        )
        for story, at, channels in (
            (course.stories[id_], at, channels) for id_, (at, channels) in course.first.items()
        )
        if at >= course.since
    )
    return tuple(sorted(told, key=lambda one: one.at))


def count_sent(sent: Iterable[Sent]) -> dict[str, int]:
    """How many messages were first alerts, updates, summaries."""
    counted = {"first alerts": 0, "updates": 0, "summaries": 0}
    for one in sent:
        kind = {FIRST: "first alerts", "folded": "summaries"}.get(one.occasion, "updates")
        counted[kind] += 1
    return counted


def measure_rate(count: int, since: datetime, until: datetime) -> float:
    """So many in the span are how many a week; a span of less than a day counts as one."""
    return count * (WEEK / max(until - since, DAY))


def split_weeks(moments: Iterable[datetime], since: datetime, until: datetime) -> tuple[Week, ...]:
    """Count by spans of seven days that end now, oldest first; the first may be shorter."""
    ages = [(until - moment) // WEEK for moment in moments]
    spans = max(-((since - until) // WEEK), 1)
    begins = [max(since, until - (age + 1) * WEEK) for age in range(spans)]
    ends = (until, *begins)
    weeks = [
        Week(begin, (end - begin) / DAY, sum(min(at, spans - 1) == age for at in ages))
        for age, (begin, end) in enumerate(zip(begins, ends, strict=False))
    ]
    return tuple(reversed(weeks))


def count_scores(ranking: Ranking) -> tuple[int, ...]:
    """How many scores lie in each twentieth from 0 to 1; 1 counts to the last."""
    ends = [bisect_left(ranking.scores, bar / BINS) for bar in range(1, BINS)]
    return tuple(end - begin for begin, end in pairwise((0, *ends, len(ranking.ids))))


def rank_scores(scored: Iterable[Scored], topic: str) -> Ranking:
    """Rank all revisions that a topic has scored."""
    found = ((one.scores.get(topic), one.revision_id) for one in scored)
    return _rank((s.value, id_) for s, id_ in found if s is not None and s.value is not None)


def rank_articles(scored: Iterable[Scored], topic: str, since: datetime) -> Ranking:
    """Rank the articles seen since then, each by the revision that a topic scores best."""
    revisions = [one for one in scored if one.seen_at >= since]
    articles = {one.revision_id: one.article_id for one in revisions}
    ranking = rank_scores(revisions, topic)
    # Ascending, so that the best one stays.
    best = {
        articles[id_]: (score, id_) for score, id_ in zip(ranking.scores, ranking.ids, strict=True)
    }
    return _rank(best.values())


def _rank(found: Iterable[Ranked]) -> Ranking:
    ranked = sorted(found)
    return Ranking(tuple(score for score, _ in ranked), tuple(id_ for _, id_ in ranked))


def find_line(
    ranking: Ranking, threshold: float, most: int
) -> tuple[tuple[Ranked, ...], tuple[Ranked, ...]]:
    """What lies just above a threshold, or on it, and what just under; the nearest first."""
    line = bisect_left(ranking.scores, threshold)
    above, under = slice(line, line + most), slice(max(line - most, 0), line)
    return (
        tuple(zip(ranking.scores[above], ranking.ids[above], strict=True)),
        tuple(zip(ranking.scores[under], ranking.ids[under], strict=True))[::-1],
    )


def compare(before: Sequence[ToldStory], after: Sequence[ToldStory]) -> Difference:
    """Compare what was told; stories that share an article are the same one."""
    channels_before, channels_after = _list_channels(before), _list_channels(after)
    pairs = [Moved(one, one.channels, _hear(one, channels_after)) for one in before]
    more = (Moved(one, _hear(one, channels_before), one.channels) for one in after)
    return Difference(
        more=tuple(moved for moved in more if not moved.before),
        less=tuple(moved for moved in pairs if not moved.after),
        elsewhere=tuple(
            moved for moved in pairs if moved.after and set(moved.after) != set(moved.before)
        ),
    )


def _list_channels(told: Iterable[ToldStory]) -> dict[int, tuple[str, ...]]:
    """The channels that heard of each article's story."""
    return {id_: story.channels for story in told for id_ in story.articles}


def _hear(story: ToldStory, channels: Mapping[int, Collection[str]]) -> tuple[str, ...]:
    heard = (name for id_ in sorted(story.articles) for name in channels.get(id_, ()))
    return tuple(dict.fromkeys(heard))
