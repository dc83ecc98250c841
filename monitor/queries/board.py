"""Stories as a page shows them: what they are, why, who reports them, what was said and done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Evidence, Flagged, Story, Verdict
from monitor.core.silence import Silence, find_silence
from monitor.ports import Transaction
from monitor.queries.outbox import OutboxLine, list_told
from monitor.queries.stories import (
    MemberLine,
    StoryLine,
    get_story,
    outline_member,
    outline_story,
)

Words = Mapping[int, Mapping[str, bool]]
"""What a person said of articles: by article and topic."""


@dataclass(frozen=True, slots=True)
class Card:
    """A story at a glance.

    `lead` is its first report, on which a person's word is said; `evidence` that of its best one,
    on `best_topic`. `sources` has the newest report of each feed. `told_at` is when the first
    channel took its first alert; `silence` is what keeps it from being told now.
    """

    story: StoryLine
    lead: MemberLine
    best_topic: str
    threshold: float
    evidence: tuple[Evidence, ...]
    sources: tuple[MemberLine, ...]
    wanted: bool | None
    told_at: datetime | None
    silence: Silence | None
    baseline: bool


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story, with its verdicts and the words said of it, by topic."""

    line: MemberLine
    verdicts: tuple[Verdict, ...]
    wanted: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story whole: its reports oldest first, and what was told of it."""

    card: Card
    reports: tuple[Report, ...]
    alerts: tuple[OutboxLine, ...]


def list_cards(
    tx: Transaction,
    now: datetime,
    limit: int,
    *,
    topic: str | None = None,
    skip: int = 0,
    best_since: datetime | None = None,
) -> tuple[Card, ...]:
    """Stories at a glance, the newest first, or the best of those seen since then."""
    found = tx.stories.list(limit, topic, skip=skip, best_since=best_since)
    stories = [story for story in found if story.members]
    return _make_cards(tx, stories, _read_words(tx, stories), now)


def show_card(tx: Transaction, story_id: int, now: datetime) -> Card:
    """One story at a glance. Raise `NotFound`."""
    story = get_story(tx, story_id)
    return _make_cards(tx, [story], _read_words(tx, [story]), now)[0]


def show_page(tx: Transaction, story_id: int, now: datetime) -> StoryPage:
    """One story whole. Raise `NotFound`."""
    story = get_story(tx, story_id)
    words = _read_words(tx, [story])
    reports = tuple(
        Report(outline_member(member), member.verdicts, words.get(member.article.id, {}))
        for member in story.members
    )
    return StoryPage(_make_cards(tx, [story], words, now)[0], reports, list_told(tx, story))


def _make_cards(
    tx: Transaction, stories: Sequence[Story], words: Words, now: datetime
) -> tuple[Card, ...]:
    silences = tx.silences.in_force(now)
    told = tx.outbox.first_told(story.id for story in stories)
    return tuple(
        _make_card(
            story,
            words.get(story.members[0].article.id, {}).get(story.topic),
            told.get(story.id),
            find_silence(story, silences, now),
        )
        for story in stories
    )


def _make_card(
    story: Story, wanted: bool | None, told_at: datetime | None, silence: Silence | None
) -> Card:
    best = max(story.members, key=lambda member: member.score)
    verdict = next(v for v in best.verdicts if v.topic == best.topics[0])
    return Card(
        story=outline_story(story),
        lead=outline_member(story.members[0]),
        best_topic=verdict.topic,
        threshold=verdict.threshold,
        evidence=verdict.evidence,
        sources=_choose_sources(story.members),
        wanted=wanted,
        told_at=told_at,
        silence=silence,
        baseline=story.baseline,
    )


def _choose_sources(members: Iterable[Flagged]) -> tuple[MemberLine, ...]:
    """The newest report of each feed, in the order in which feeds took the story up."""
    return tuple({member.article.feed_id: outline_member(member) for member in members}.values())


def _read_words(tx: Transaction, stories: Iterable[Story]) -> Words:
    """What a person said of the stories' articles."""
    words: dict[int, dict[str, bool]] = {}
    for label in tx.labels.on(member.article.id for story in stories for member in story.members):
        words.setdefault(label.article_id, {})[label.topic] = label.wanted
    return words
