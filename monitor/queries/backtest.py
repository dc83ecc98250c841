"""What a configuration would have told: the answer of `backtest`, and of the page's slider."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.backtest import (
    Course,
    Difference,
    Ranked,
    Ranking,
    ToldStory,
    Week,
    count_scores,
    count_sent,
    find_line,
    list_told,
    measure_rate,
    split_weeks,
)
from monitor.ports import Transaction

TITLES = 10
"""So many titles are shown on each side of a line."""

NOT_REPLAYED = (
    "channels are taken to accept every message at once; outages are not repeated",
    "stories that were split or merged by hand are as the program would have made them",
    "pages of articles are read as they were: other thresholds might have asked for others",
)
"""What no replay can know."""

BEGINS = "before {:%Y-%m-%d} there are no articles, or storage.keep took their texts: not counted"
"""What one cannot that was asked for more than there is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A topic's threshold among the scores it gave the articles."""

    topic: str
    threshold: float
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """An article with its score."""

    article: int
    title: str
    feed: str
    link: str | None
    score: float
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class TopicLine:
    """What of a topic would have been told. `histogram` counts articles by twentieths of a score.

    `above` and `under` are the articles nearest to the threshold, the nearest first.
    """

    name: str
    threshold: float
    per_week: float
    alerts: int
    weeks: tuple[Week, ...]
    histogram: tuple[int, ...]
    above: tuple[ScoreLine, ...]
    under: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """What a channel would have been sent."""

    channel: str
    messages: int
    first_alerts: int
    updates: int
    summaries: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """What would have been told between `since` and `until`. An alert is a story told first.

    `per_week` and `alerts` count each story once, though it may be of several topics. `counts` are
    the reasons why others were not told, or later. `notes` say what of it cannot be known.
    """

    since: datetime
    until: datetime
    per_week: float
    alerts: int
    weeks: tuple[Week, ...]
    topics: tuple[TopicLine, ...]
    channels: tuple[ChannelCount, ...]
    counts: Mapping[str, int]
    told: tuple[ToldStory, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two configurations would have told of the same archive."""

    before: Backtest
    after: Backtest
    difference: Difference


def describe_course(
    tx: Transaction,
    course: Course,
    lines: Sequence[Line],
    asked_since: datetime,
    notes: tuple[str, ...] = (),
) -> Backtest:
    """Describe what a replay came to, in all and for topics with these lines.

    `notes` are what is known already that the replay leaves out.
    """
    told = list_told(course)
    return Backtest(
        since=course.since,
        until=course.until,
        per_week=_rate(course, told),
        alerts=len(told),
        weeks=_weeks(course, told),
        topics=tuple(_describe_topic(tx, course, told, line) for line in lines),
        channels=_count_channels(course),
        counts=dict(course.counts),
        told=told,
        notes=(*notes, *_list_notes(course, asked_since)),
    )


def _describe_topic(
    tx: Transaction, course: Course, told: Iterable[ToldStory], line: Line
) -> TopicLine:
    above, under = find_line(line.ranking, line.threshold, TITLES)
    of_it = [story for story in told if line.topic in story.topics]
    return TopicLine(
        name=line.topic,
        threshold=line.threshold,
        per_week=_rate(course, of_it),
        alerts=len(of_it),
        weeks=_weeks(course, of_it),
        histogram=count_scores(line.ranking),
        above=_read_titles(tx, above),
        under=_read_titles(tx, under),
    )


def _read_titles(tx: Transaction, ranked: tuple[Ranked, ...]) -> tuple[ScoreLine, ...]:
    found = tx.scores.load([revision for _, revision in ranked])
    return tuple(
        ScoreLine(
            one.article.id,
            one.article.title,
            one.article.feed_name,
            one.article.link,
            score,
            one.article.seen_at,
        )
        for one, (score, _) in zip(found, ranked, strict=True)
    )


def _rate(course: Course, told: Collection[ToldStory]) -> float:
    return measure_rate(len(told), course.since, course.until)


def _weeks(course: Course, told: Iterable[ToldStory]) -> tuple[Week, ...]:
    return split_weeks((story.at for story in told), course.since, course.until)


def _count_channels(course: Course) -> tuple[ChannelCount, ...]:
    names = sorted({one.channel for one in course.sent})
    counted = {name: count_sent(s for s in course.sent if s.channel == name) for name in names}
    return tuple(
        ChannelCount(name, sum(n.values()), n["first alerts"], n["updates"], n["summaries"])
        for name, n in counted.items()
    )


def _list_notes(course: Course, asked_since: datetime) -> tuple[str, ...]:
    if course.since <= asked_since:
        return NOT_REPLAYED
    return BEGINS.format(course.since), *NOT_REPLAYED
