"""What a replay comes to: rates, weeks, the line, and what two configurations tell differently."""

from datetime import datetime, timedelta

import pytest

from monitor.core.backtest import (
    Difference,
    Moved,
    ToldStory,
    compare,
    count_scores,
    count_sent,
    find_line,
    follow_course,
    list_told,
    measure_rate,
    rank_articles,
    rank_scores,
    split_weeks,
)
from monitor.core.model import (
    Delivery,
    OutboxRow,
    Score,
    Scored,
    Story,
    Subject,
)
from tests.builders import DAY, HOUR, NOW, alert

BEGIN = NOW - 30 * DAY


# --- alerts a week --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alerts", "span", "a_week"),
    [
        (18, timedelta(days=30), 4.2),
        (3, timedelta(days=7), 3.0),
        (1, timedelta(days=3.5), 2.0),
        (0, timedelta(days=30), 0.0),
        (1, timedelta(minutes=5), 7.0),  # the first day: less than a day counts as one
    ],
)
def test_alerts_are_counted_by_the_week(alerts: int, span: timedelta, a_week: float) -> None:
    assert measure_rate(alerts, NOW - span, NOW) == pytest.approx(a_week)


def test_weeks_end_now_and_the_oldest_is_as_long_as_what_is_left() -> None:
    moments = [NOW, NOW - HOUR, NOW - 7 * DAY + HOUR, NOW - 8 * DAY, NOW - 29 * DAY, BEGIN]
    weeks = split_weeks(moments, BEGIN, NOW)
    assert [(week.days, week.alerts) for week in weeks] == [(2, 2), (7, 0), (7, 0), (7, 1), (7, 3)]
    assert weeks[0].begins_at == BEGIN


@pytest.mark.parametrize(("days", "weeks"), [(0, 1), (1, 1), (7, 1), (8, 2), (14, 2), (30, 5)])
def test_there_is_a_bar_for_each_week_that_began(days: int, weeks: int) -> None:
    found = split_weeks([NOW], NOW - days * DAY, NOW)
    assert (len(found), sum(week.alerts for week in found)) == (weeks, 1)


# --- the line -------------------------------------------------------------------------------------


def scored(revision: int, value: float | None, *, article: int = 0, ago: timedelta = DAY) -> Scored:
    """A revision; each is an article of its own unless said otherwise."""
    scores = {"ai-overbuild": Score(value, "1")}
    return Scored(article or revision, revision, NOW - ago, scores, has_signals=False)


SCORED = [scored(1, 0.2), scored(2, 0.6), scored(3, 0.5), scored(4, 0.49), scored(5, None)]


@pytest.mark.parametrize(
    ("threshold", "above", "under"),
    [
        (0.5, [3, 2], [4, 1]),  # on the line is above
        (0.55, [2], [3, 4]),
        (0.05, [1, 4], []),
        (0.99, [], [2, 3]),
    ],
)
def test_the_nearest_on_each_side_of_the_line(
    threshold: float, above: list[int], under: list[int]
) -> None:
    found = find_line(rank_scores(SCORED, "ai-overbuild"), threshold, most=2)
    assert [[id_ for _, id_ in side] for side in found] == [above, under]


def test_an_article_stands_on_the_line_once_by_its_best_revision() -> None:
    edited = [scored(1, 0.3, article=7), scored(2, 0.8, article=7), scored(3, 0.4, article=7)]
    old = [scored(4, 0.9, ago=60 * DAY)]
    assert rank_articles([*edited, *old], "ai-overbuild", BEGIN).ids == (2,)
    assert rank_scores([*edited, *old], "ai-overbuild").ids == (1, 3, 2, 4)
    assert rank_scores(edited, "microsoft-openai").ids == ()


def test_scores_are_counted_by_twentieths() -> None:
    values = (0.0, 0.049, 0.05, 0.5, 0.95, 1.0)
    bars = count_scores(rank_scores([scored(n, v) for n, v in enumerate(values)], "ai-overbuild"))
    assert (len(bars), bars[0], bars[1], bars[10], bars[19]) == (20, 2, 1, 1, 2)
    assert sum(bars) == len(values)


# --- what was told --------------------------------------------------------------------------------


def story(id_: int) -> Story:
    return Story(id_, "ai-overbuild", ("ai-overbuild",), f"Halle {id_}", 0.9, NOW, NOW)


def row(
    id_: int,
    story_id: int,
    at: datetime,
    *,
    occasion: str = "first",
    state: Delivery = Delivery.SENT,
    channel: str = "mail",
    folded_into: int | None = None,
    subject: Subject = Subject.STORY,
) -> OutboxRow:
    told = alert(str(story_id), occasion, channel, subject)
    return OutboxRow(id_, told, state, 1, at, at, settled_at=at, folded_into=folded_into)


def test_an_alert_is_a_story_told_first_over_however_many_channels() -> None:
    rows = [
        row(1, 1, BEGIN - HOUR),  # told before, so what follows is an update
        row(2, 1, BEGIN + HOUR, occasion="update-1"),
        row(3, 2, BEGIN + HOUR),
        row(4, 2, BEGIN + 2 * HOUR, channel="chat"),
        row(5, 3, BEGIN + 3 * HOUR, state=Delivery.FOLDED, folded_into=7),
        row(6, 4, BEGIN + 3 * HOUR, state=Delivery.FOLDED, folded_into=7),
        row(7, 5, BEGIN + 4 * HOUR, occasion="folded", subject=Subject.SUMMARY),
        row(8, 5, BEGIN + 5 * HOUR, state=Delivery.DROPPED),
    ]
    course = follow_course(rows, {n: story(n) for n in range(1, 6)}, {}, BEGIN, NOW)
    told = [(one.title, one.at - BEGIN, one.channels) for one in list_told(course)]
    assert told == [
        ("Halle 2", HOUR, ("mail", "chat")),
        ("Halle 3", 4 * HOUR, ("mail",)),
        ("Halle 4", 4 * HOUR, ("mail",)),
    ]
    assert count_sent(course.sent) == {"first alerts": 2, "updates": 1, "summaries": 1}


# --- two configurations ---------------------------------------------------------------------------


def told(title: str, *articles: int, channels: tuple[str, ...] = ("mail",)) -> ToldStory:
    return ToldStory(NOW, title, ("ai-overbuild",), 0.9, 1, channels, frozenset(articles))


def test_stories_that_share_an_article_are_the_same() -> None:
    before = (told("Halle", 1, 2), told("Kai", 3), told("Turm", 4))
    after = (
        told("Halle", 2, 5),
        told("Kai", 3, channels=("mail", "chat")),
        told("Netz", 6),
    )
    assert compare(before, after) == Difference(
        more=(Moved(after[2], (), ("mail",)),),
        less=(Moved(before[2], ("mail",), ()),),
        elsewhere=(Moved(before[1], ("mail",), ("mail", "chat")),),
    )
    assert compare(before, before) == Difference((), (), ())
