"""What has happened: frozen facts in the past tense, small enough to lose.

They live in memory only; the truth is in the database, and `pipeline.look` emits them again
from there. An event therefore carries no payload that a handler could not re-read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedsDue:
    """Feeds have reached their `next_poll_at`."""

    feed_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArticlesAdded:
    """New revisions wait for a verdict."""

    count: int


@dataclass(frozen=True, slots=True)
class FeedFailed:
    """A poll failed; the feed backs off."""

    feed_id: int
    error: str


@dataclass(frozen=True, slots=True)
class PageDue:
    """An article's own web page may be read: the feed's text left its verdict open."""

    article_id: int


@dataclass(frozen=True, slots=True)
class BaselineImported:
    """First fetches are judged and not yet reported: "imported N, M would have matched"."""

    count: int


@dataclass(frozen=True, slots=True)
class ArticlesFlagged:
    """Flagged articles wait for a story."""

    count: int


@dataclass(frozen=True, slots=True)
class StoriesChanged:
    """Stories were opened, or articles have joined them."""

    story_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlertQueued:
    """Outbox rows wait for delivery."""

    count: int


@dataclass(frozen=True, slots=True)
class AlertSent:
    """A channel has taken a message."""

    outbox_id: int
    channel: str


@dataclass(frozen=True, slots=True)
class ChannelFailed:
    """A channel did not take a message; `final` when the row is dead."""

    outbox_id: int
    channel: str
    error: str
    final: bool


@dataclass(frozen=True, slots=True)
class HousekeepingDue:
    """It is time that the program looks after itself: notices, space, retention, backup."""


@dataclass(frozen=True, slots=True)
class DigestDue:
    """A digest's local time has come (or was missed while the program was down)."""

    name: str
    local_date: str


Event = (
    FeedsDue
    | ArticlesAdded
    | FeedFailed
    | PageDue
    | BaselineImported
    | ArticlesFlagged
    | StoriesChanged
    | AlertQueued
    | AlertSent
    | ChannelFailed
    | DigestDue
    | HousekeepingDue
)
