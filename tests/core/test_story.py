"""Which articles tell of one event."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import story as stage
from monitor.core.likeness import Likeness
from monitor.core.model import Article, Flagged, Signals, Story, Verdict

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

LIKENESS = Likeness(
    rarity={"group": 1.0, "again": 0.0},
    rarest=5.0,
    plain={
        "words": 20.0,
        "title": 4.0,
        "title in text": 4.0,
        "numbers": 3.0,
        "concepts": 0.0,
        "other language": 0.0,
        "time": -2.0,
        "bias": -8.0,
    },
    semantic={},
)
"""Weights of round numbers: what is tested is how stories are made, whatever the weights."""


def flagged(
    n: int,
    title: str,
    *,
    words: str = "",
    numbers: str = "",
    shingles: tuple[int, ...] = (),
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
        seen_at=NOW + timedelta(hours=hours),
        fingerprint=f"{n}",
        baseline=False,
    )
    signals = Signals(
        "en",
        words=frozenset(words.split()),
        numbers=frozenset(numbers.split()),
        shingles=shingles,
    )
    return Flagged(article, (Verdict(topic, score, True, 0.5),), signals)


def opened(*members: Flagged, story_id: int = 1) -> Story:
    story = replace(stage.open_story(members[0]), id=story_id)
    for member in members[1:]:
        story = stage.join_story(story, member)
    return story


def place(
    article: Flagged, stories: Sequence[Story], apart: Sequence[frozenset[int]] = ()
) -> stage.Placement:
    return stage.place(article, stories, LIKENESS, apart)


LEASES = flagged(1, "Cloud group hands back two halls in Ohio", words="tenant leases")
UTAH = flagged(2, "Cloud group hands back three towers in Utah", words="desert valley")
BUBBLE = flagged(3, "Central banker calls bubble talk premature", words="speech sydney")


@pytest.mark.parametrize(
    ("other", "joins"),
    [
        (flagged(9, "In Ohio cloud group hands back two halls", words="tenant"), True),
        (flagged(9, "Tenant gives up leases", words="halls ohio", numbers="300mw"), True),
        (flagged(9, "Group opens school", words="ribbon mayor"), False),
        (flagged(9, "", words=""), False),
    ],
)
def test_an_article_joins_the_story_it_is_like_or_opens_one(other: Flagged, joins: bool) -> None:
    assert (place(other, [opened(LEASES)]).story is not None) is joins


def test_it_joins_the_story_it_is_most_like_and_says_why() -> None:
    stories = [opened(UTAH, story_id=1), opened(LEASES, story_id=2)]
    again = flagged(9, "Cloud group hands back two halls in Ohio, again", words="tenant leases")
    placement = place(again, stories)
    assert placement.story is stories[1]
    assert placement.reason == "100% like its articles, nearest article 1"


def test_one_near_member_does_not_tie_an_article_to_a_story_of_others() -> None:
    """Else follow-up upon follow-up would chain events that have nothing in common."""
    follow_up = flagged(4, "Banker of bubble speech resigns over halls in Ohio", words="sydney")
    chained = opened(LEASES, flagged(5, LEASES.article.title), flagged(6, LEASES.article.title))
    chained = stage.join_story(chained, follow_up)
    late = flagged(9, "Banker of bubble speech resigns", words="sydney")
    assert place(late, [opened(follow_up)]).story is not None
    assert place(late, [chained]).story is None


@pytest.mark.parametrize(("days", "joins"), [(0, True), (2, True), (7.1, False)])
def test_a_story_takes_members_for_a_week_after_its_last_one(days: float, joins: bool) -> None:
    later = flagged(9, LEASES.article.title, words="tenant leases", hours=24 * days)
    assert (place(later, [opened(LEASES)]).story is not None) is joins


def test_a_story_keeps_its_first_title_and_gathers_topics() -> None:
    other = flagged(2, "Copy", topic="microsoft-openai", score=0.9, hours=2)
    story = opened(LEASES, other)
    assert (story.title, story.topic) == (LEASES.article.title, "ai-overbuild")
    assert story.topics == ("ai-overbuild", "microsoft-openai")
    assert (story.score, story.last_seen_at) == (0.9, NOW + timedelta(hours=2))


def test_copies_of_one_text_and_one_feed_count_as_one_source() -> None:
    first = flagged(1, "Report", shingles=(1, 2, 3, 4))
    wire = flagged(2, "Wire copy", shingles=(1, 2, 3, 9))
    same_feed = flagged(3, "Follow-up", feed=1)
    own = flagged(4, "Own report", shingles=(7, 7, 7, 7))
    assert stage.count_sources([first, wire, same_feed, own]) == 2


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_in_which_reports_arrive_changes_no_story(order: tuple[int, ...]) -> None:
    reports = [
        LEASES,
        flagged(4, "Two halls in Ohio: cloud group hands them back", words="tenant leases"),
        BUBBLE,
        flagged(5, "Bubble talk premature, central banker says", words="speech sydney"),
    ]
    stories: dict[int, Story] = {}
    for report in (reports[n] for n in order):
        found = place(report, list(stories.values())).story
        story = (
            stage.join_story(found, report) if found else opened(report, story_id=len(stories) + 1)
        )
        stories[story.id] = story
    made = {frozenset(m.article.id for m in story.members) for story in stories.values()}
    assert made == {frozenset({1, 4}), frozenset({3, 5})}


# --- corrected by hand ----------------------------------------------------------------------------


def test_a_split_parts_the_members_and_tells_both_anew() -> None:
    story = opened(LEASES, flagged(2, "Towers in Utah", topic="towers", score=0.9, hours=1), BUBBLE)
    kept, new = stage.split_story(story, [2])
    assert [m.article.id for m in kept.members] == [1, 3]
    assert (kept.id, kept.score, kept.sources) == (1, 0.8, 2)
    assert [m.article.id for m in new.members] == [2]
    assert (new.id, new.title, new.topics, new.score) == (0, "Towers in Utah", ("towers",), 0.9)
    assert new.first_seen_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("articles", "complaint"),
    [
        ([7], "article 7 is not in story 1"),
        ([1, 2], "name some of the 2 articles, not all"),
        ([], "name some of the 2 articles, not all"),
    ],
)
def test_what_cannot_be_split_is_said(articles: list[int], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        stage.split_story(opened(LEASES, UTAH), articles)


def test_a_copy_of_what_was_split_off_follows_it() -> None:
    """A feed that gives new ids at each fetch must not undo the correction."""
    kept, new = opened(LEASES, flagged(4, LEASES.article.title)), opened(UTAH, story_id=2)
    copy = flagged(9, "Cloud group hands back three towers in Utah", words="desert valley")
    lenient = replace(LIKENESS, plain={**LIKENESS.plain, "bias": 0.0})
    apart = [frozenset({1, 2})]
    for stories in ([kept, new], [new, kept]):
        found = stage.place(copy, stories, lenient, apart).story
        assert found is not None
        assert found.id == 2
    closed = replace(new, last_seen_at=NOW - timedelta(days=8))
    assert stage.place(copy, [kept, closed], lenient, apart).story is None
    assert stage.place(copy, [kept, closed], lenient).story is kept


def test_what_is_like_either_part_of_a_merged_story_joins_it() -> None:
    many = [flagged(n, LEASES.article.title, words="tenant leases") for n in (1, 4, 5, 6, 7)]
    merged = stage.merge_stories(opened(*many), opened(BUBBLE, story_id=2))
    assert merged.id == 1
    assert len(merged.members) == 6
    assert merged.title == LEASES.article.title
    for like in (many[0], BUBBLE):
        again = replace(like, article=replace(like.article, id=9))
        placement = place(again, [merged])
        assert placement.story is merged
        joined = stage.join_story(merged, again, placement.part)
        parts = {m.article.id: p for m, p in zip(joined.members, joined.parts, strict=True)}
        assert parts[9] == parts[like.article.id]
    with pytest.raises(ValueError, match="story 1 cannot be merged with itself"):
        stage.merge_stories(merged, merged)


@given(st.sets(st.integers(1, 6), min_size=1, max_size=5), st.lists(st.booleans(), max_size=3))
def test_however_it_is_corrected_an_article_is_in_one_story(
    gone: set[int], merges: list[bool]
) -> None:
    story = opened(*(flagged(n, f"Report {n}", hours=n) for n in range(1, 7)))
    kept, new = stage.split_story(story, gone)
    for _ in merges:
        merged = stage.merge_stories(kept, replace(new, id=2))
        assert [m.article.id for m in merged.members] == [1, 2, 3, 4, 5, 6]
        kept, new = stage.split_story(merged, gone)
    held = [m.article.id for one in (kept, new) for m in one.members]
    assert sorted(held) == [1, 2, 3, 4, 5, 6]
    assert {m.article.id for m in new.members} == gone
