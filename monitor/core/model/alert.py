"""A decision to tell a channel, and what it tells of."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.core.model.message import Message


class Subject(StrEnum):
    """What an outbox row tells of."""

    STORY = "story"
    SUMMARY = "summary"
    DIGEST = "digest"
    NOTICE = "notice"


FIRST = "first"
"""The occasion of a story's first alert."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A decision to tell a channel, unique per (subject, subject_id, occasion, channel).

    `subject_id` is a story's id, the id of the first row of a summary, a digest's name, or a
    notice's key. `occasion` is "first", "update-1" … "update-3", "folded" for a summary, a digest's
    local date, or the notice's own occasion. `reason` says why.
    `article_id` is the article that it tells of (None: none, or an older program queued it).
    """

    subject: Subject
    subject_id: str
    occasion: str
    channel: str
    reason: str
    message: Message | None = None
    article_id: int | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt."""
        return f"{self.subject}-{self.subject_id}-{self.occasion}-{self.channel}"

    @property
    def is_first(self) -> bool:
        """Whether it tells a channel of a story for the first time."""
        return self.subject is Subject.STORY and self.occasion == FIRST

    @property
    def is_update(self) -> bool:
        """Whether it tells a channel what is new in a story."""
        return self.subject is Subject.STORY and self.occasion != FIRST
