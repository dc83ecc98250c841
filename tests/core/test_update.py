"""When a story that was told is worth another word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import update as stage
from monitor.core.model import (
    FIRST,
    Alert,
    Article,
    Delivery,
    Flagged,
    OutboxRow,
    Signals,
    Story,
    Subject,
    Verdict,
)
from monitor.core.update import Kind, News, Watch

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WATCH = Watch(frozenset({"NVIDIA", "ORACLE"}), sources=5)


def flagged(
    n: int,
    title: str,
    *,
    headline: tuple[tuple[str, str], ...] = (),
    concepts: str = "",
    numbers: tuple[str, ...] = (),
    shingles: tuple[int, ...] = (),
    language: str = "en",
) -> Flagged:
    article = Article(
        n, n, n, f"feed {n}", None, title, "", language, NOW, NOW, NOW, f"{n}", baseline=False
    )
    signals = Signals(
        language,
        concepts=frozenset(concepts.split()) | {concept for concept, _ in headline},
        headline=headline,
        numbers=frozenset(numbers),
        shingles=shingles,
    )
    return Flagged(article, (Verdict("ai-overbuild", 0.9, True, 0.5),), signals)


def story(*members: Flagged, sources: int = 1, baseline: bool = False) -> Story:
    return Story(
        5, "ai-overbuild", ("ai-overbuild",), members[0].article.title, 0.9, NOW, NOW, members,
        sources, baseline,
    )  # fmt: skip


def row(
    occasion: str = FIRST,
    channel: str = "mail",
    state: Delivery = Delivery.SENT,
    created_at: datetime = NOW,
) -> OutboxRow:
    alert = Alert(Subject.STORY, "5", occasion, channel, "default route")
    return OutboxRow(1, alert, state, 1, NOW, created_at)


FIRST_REPORT = flagged(
    1,
    "Cloud group gives up data centre in Ohio",
    concepts="ORACLE",
    numbers=("2 gigawatt", "80 billion", "2027"),
    shingles=(1, 2, 3, 4),
)


@pytest.mark.parametrize(
    ("new", "news"),
    [
        # a new actor: in the title, and not named by any report before
        (
            flagged(2, "Nvidia steps in", headline=(("NVIDIA", "Nvidia"),)),
            [News(Kind.ACTOR, ("Nvidia",))],
        ),
        (flagged(2, "Oracle steps in", headline=(("ORACLE", "Oracle"),)), []),
        (flagged(2, "Doubts grow", headline=(("BUBBLE", "Doubts"),)), []),
        (flagged(2, "Doubts grow", concepts="NVIDIA"), []),
        # a new figure: with a unit, in the title, not a known one rounded
        (flagged(2, "It will cost 3 billion dollars"), [News(Kind.NUMBER, ("3 billion",))]),
        (flagged(2, "3,5 Mrd. Euro", language="de"), [News(Kind.NUMBER, ("3.5 billion",))]),
        (flagged(2, "Part of a plan for 79 billion dollars"), []),
        (flagged(2, "All over by 2028"), []),
        (flagged(2, "More to come", numbers=("3 billion",)), []),
        (flagged(2, "2 gigawatts less, 7.5 percent"), [News(Kind.NUMBER, ("7.5 percent",))]),
        # a statement, a correction
        (flagged(2, "Konzern bestätigt Rückzug", language="de"), [News(Kind.STATEMENT)]),
        (flagged(2, "Cloud group denies report"), [News(Kind.STATEMENT)]),
        (flagged(2, "Korrektur: nur Ohio", language="de"), [News(Kind.CORRECTION)]),
        (flagged(2, "Agency retracts report on Ohio"), [News(Kind.CORRECTION)]),
        (flagged(2, "Kurskorrektur an der Börse", language="de"), []),
        (flagged(2, "Stocks enter a correction"), []),
        (flagged(2, "Correction of chip shares begins"), []),
        (flagged(2, "Dementia centre opens in Ohio"), []),
        # both at once
        (
            flagged(2, "Nvidia confirms it", headline=(("NVIDIA", "Nvidia"),)),
            [News(Kind.STATEMENT), News(Kind.ACTOR, ("Nvidia",))],
        ),
        # the same in other words, and a wire copy whatever its title says
        (flagged(2, "Ohio data centre is given up by cloud group"), []),
        (flagged(2, "Nvidia confirms 3 billion", shingles=(1, 2, 3, 9)), []),
    ],
)  # fmt: skip
def test_what_is_new(new: Flagged, news: Sequence[News]) -> None:
    before = story(FIRST_REPORT)
    after = story(FIRST_REPORT, new)
    assert stage.find_news(before, after, WATCH) == tuple(news)


@pytest.mark.parametrize(
    ("before", "after", "told"), [(4, 5, True), (3, 6, True), (5, 6, False), (3, 4, False)]
)
def test_many_independent_sources_are_news_once(before: int, after: int, told: bool) -> None:
    new = flagged(2, "Cloud group leaves Ohio")
    news = stage.find_news(
        story(FIRST_REPORT, sources=before), story(FIRST_REPORT, new, sources=after), WATCH
    )
    assert news == ((News(Kind.SOURCES, (str(after),)),) if told else ())


def test_a_second_denial_is_no_news() -> None:
    denied, again = flagged(2, "Group denies report"), flagged(3, "Group denies everything")
    before = story(FIRST_REPORT, denied)
    assert stage.find_news(before, story(FIRST_REPORT, denied, again), WATCH) == ()


CONFIRMED = flagged(2, "Cloud group confirms retreat")


def updates(told: Sequence[OutboxRow], watch: Watch = WATCH, now: datetime = NOW) -> list[str]:
    before, after = story(FIRST_REPORT), story(FIRST_REPORT, CONFIRMED)
    alerts = stage.decide_updates(before, after, told, watch, now)
    return [f"{alert.channel} {alert.occasion}" for alert in alerts]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], []),
        ([row()], ["mail update-1"]),
        ([row(), row("update-1")], ["mail update-2"]),
        ([row(), row("update-1"), row("update-2")], ["mail update-3"]),
        ([row(), row("update-1"), row("update-2"), row("update-3")], []),
        ([row(), row(channel="chat")], ["mail update-1", "chat update-1"]),
        ([row(), row(channel="chat", state=Delivery.DEAD)], ["mail update-1"]),
        ([row(state=Delivery.DROPPED)], []),
        ([row(state=Delivery.FOLDED)], ["mail update-1"]),
        ([row(state=Delivery.RETRY)], ["mail update-1"]),
        ([row(state=Delivery.PENDING)], ["mail update-1"]),
    ],
)
def test_channels_that_heard_of_the_story_hear_at_most_three_updates(
    told: list[OutboxRow], expected: list[str]
) -> None:
    assert updates(told) == expected


def test_who_joins_while_the_first_alert_waits_for_more_joins_silently() -> None:
    waiting = replace(WATCH, group_wait=timedelta(minutes=30))
    pending = row(state=Delivery.PENDING)
    assert updates([pending], waiting, NOW + timedelta(minutes=29)) == []
    assert updates([pending], waiting, NOW + timedelta(minutes=30)) == ["mail update-1"]
    assert updates([row()], waiting, NOW) == ["mail update-1"]


def test_baseline_stories_are_never_told() -> None:
    before = story(FIRST_REPORT, baseline=True)
    after = story(FIRST_REPORT, CONFIRMED, baseline=True)
    assert stage.decide_updates(before, after, [row()], WATCH, NOW) == ()


SAID = {
    "en": "somebody confirms or denies something; new in it: Nvidia and Oracle; "
    "the figure 1.5 billion; 5 independent sources report it by now",
    "de": "jemand bestätigt oder bestreitet etwas; neu dabei: Nvidia und Oracle; "
    "die Zahl 1,5 Milliarden; 5 unabhängige Quellen berichten inzwischen",
}


@pytest.mark.parametrize(("language", "said"), SAID.items())
def test_the_reason_is_what_a_person_would_say(language: str, said: str) -> None:
    news = (
        News(Kind.STATEMENT),
        News(Kind.ACTOR, ("Nvidia", "Oracle")),
        News(Kind.NUMBER, ("1.5 billion",)),
        News(Kind.SOURCES, ("5",)),
    )
    assert stage.say_news(news, language) == said


TITLES = st.sampled_from(
    ["Group confirms", "Group leaves", "It costs {n} billion", "Nvidia joins", "Correction: Ohio"]
)


@given(st.lists(TITLES, max_size=30))
def test_whatever_is_reported_a_channel_hears_three_updates_at_most(titles: list[str]) -> None:
    members, told = [FIRST_REPORT], [row()]
    for n, title in enumerate(titles, 2):
        new = flagged(n, title.format(n=n * n), headline=(("NVIDIA", "Nvidia"),))
        before, after = story(*members), story(*members, new)
        told += [
            row(alert.occasion, alert.channel)
            for alert in stage.decide_updates(before, after, told, WATCH, NOW)
        ]
        members.append(new)
    occasions = [one.alert.occasion for one in told]
    assert occasions == [FIRST, "update-1", "update-2", "update-3"][: len(occasions)]
