"""Which stories there are, and what one is made of."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Flagged, Story
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.outbox import OutboxLine, list_told


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story as a list shows it."""

    id: int
    topic: str
    topics: tuple[str, ...]
    title: str
    score: float
    articles: int
    sources: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class MemberLine:
    """An article of a story."""

    article: int
    title: str
    feed: str
    language: str | None
    link: str | None
    score: float
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class StoryAnswer:
    """A story with its articles and what was said of it."""

    story: StoryLine
    articles: tuple[MemberLine, ...]
    alerts: tuple[OutboxLine, ...]


def list_stories(tx: Transaction, limit: int, topic: str | None = None) -> tuple[StoryLine, ...]:
    """The newest stories."""
    return tuple(outline_story(story) for story in tx.stories.list(limit, topic))


def show_story(tx: Transaction, story_id: int) -> StoryAnswer:
    """One story whole. Raise `NotFound`."""
    story = get_story(tx, story_id)
    members = tuple(outline_member(member) for member in story.members)
    return StoryAnswer(outline_story(story), members, list_told(tx, story))


def get_story(tx: Transaction, story_id: int) -> Story:
    """The story of this id. Raise `NotFound`."""
    story = tx.stories.get(story_id)
    if story is None:
        raise NotFound(f"no story {story_id}; `monitor stories list` shows which there are")
    return story


def outline_story(story: Story) -> StoryLine:
    """A story as one line."""
    return StoryLine(
        id=story.id,
        topic=story.topic,
        topics=story.topics,
        title=story.title,
        score=story.score,
        articles=len(story.members),
        sources=story.sources,
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
    )


def outline_member(member: Flagged) -> MemberLine:
    """An article of a story as one line."""
    article = member.article
    return MemberLine(
        article=article.id,
        title=article.title,
        feed=article.feed_name,
        language=article.language,
        link=article.link,
        score=member.score,
        first_seen_at=article.first_seen_at,
    )
