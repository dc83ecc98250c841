"""Which articles tell of one event."""

from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core import story as stage
from monitor.core.model import Article, Flagged, Signals, Story, Verdict

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def flagged(
    n: int,
    title: str,
    *,
    words: str = "",
    numbers: str = "",
    shingles: tuple[int, ...] = (),
    vector: tuple[float, ...] | None = None,
    hours: float = 0,
    feed: int | None = None,
    topic: str = "ai-overbuild",
    score: float = 0.8,
) -> Flagged:
    article = Article(
        id=n,
        revision_id=n,
        feed_id=feed or n,
        feed_name=f"feed {feed or n}",
        link=f"https://a.example/{n}",
        title=title,
        text="",
        language="en",
        published_at=NOW,
        first_seen_at=NOW + timedelta(hours=hours),
        fingerprint=f"{n}",
        baseline=False,
    )
    signals = Signals(
        "en",
        words=frozenset(words.split()),
        numbers=frozenset(numbers.split()),
        shingles=shingles,
        vector=array("f", vector).tobytes() if vector else None,
    )
    return Flagged(article, (Verdict(topic, score, True, 0.5),), signals)


def opened(first: Flagged, story_id: int = 1) -> Story:
    return replace(stage.open_story(first), id=story_id)


LEASES = flagged(
    1,
    "Cloud group hands back two halls in Ohio",
    words="halls ohio hands back leases tenant",
    numbers="2 300mw 2026",
    shingles=(1, 2, 3, 4),
    vector=(1.0, 0.0),
)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (flagged(2, "Other words", shingles=(1, 2, 9, 9)), "same text"),
        (flagged(2, "In Ohio cloud group hands back two halls"), "same title"),
        (
            flagged(2, "Tenant leaves", words="halls ohio leases tenant leaves", numbers="300mw"),
            "same words and figures",
        ),
        (
            flagged(2, "Zwei Hallen", words="ohio leer", numbers="300mw 9", vector=(0.8, 0.6)),
            "same meaning",
        ),
        (flagged(2, "Bubble talk returns to the markets", vector=(0.8, 0.6)), "nothing in common"),
        (
            flagged(2, "Group opens halls", words="halls opens ribbon mayor", numbers="7"),
            "nothing in common",
        ),
        (
            flagged(2, "Jahresausblick", words="ohio", numbers="2026", vector=(0.8, 0.6)),
            "nothing in common",
        ),
    ],
)
def test_four_ways_to_be_alike(other: Flagged, reason: str) -> None:
    assert stage.compare(LEASES, other)[1] == reason
    assert stage.compare(other, LEASES)[1] == reason


def test_an_article_joins_the_story_it_resembles_most() -> None:
    stories = [
        opened(flagged(2, "Cloud group hands back three halls in Utah"), 1),
        opened(flagged(3, "Cloud group hands back two halls in Ohio, again"), 2),
    ]
    placement = stage.place(LEASES, stories)
    assert placement.story is stories[1]
    assert placement.reason == "same title as article 3"


@pytest.mark.parametrize(("days", "joins"), [(0, True), (7, True), (7.1, False)])
def test_a_story_takes_members_for_a_week_after_its_last_one(days: float, joins: bool) -> None:
    later = flagged(2, LEASES.article.title, hours=24 * days)
    assert (stage.place(later, [opened(LEASES)]).story is not None) is joins


def test_a_story_keeps_its_first_title_and_gathers_topics() -> None:
    other = flagged(2, "Copy", topic="microsoft-openai", score=0.9, hours=2)
    story = stage.join_story(opened(LEASES), other)
    assert (story.title, story.topic) == (LEASES.article.title, "ai-overbuild")
    assert story.topics == ("ai-overbuild", "microsoft-openai")
    assert (story.score, story.last_seen_at) == (0.9, NOW + timedelta(hours=2))


def test_copies_of_one_text_and_one_feed_count_as_one_source() -> None:
    wire = flagged(2, "Wire copy", shingles=(1, 2, 3, 4))
    same_feed = flagged(3, "Follow-up", feed=1)
    own = flagged(4, "Own report", shingles=(7, 7, 7, 7))
    assert stage.count_sources([LEASES, wire, same_feed, own]) == 2


def test_vectors_of_different_encoders_are_not_compared() -> None:
    assert stage.cosine(array("f", [1.0]).tobytes(), array("f", [1.0, 0.0]).tobytes()) == 0.0
