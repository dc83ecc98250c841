"""Where an article's way from a feed to a reader ends, or waits, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model.article import Article
from monitor.core.model.outbox import OutboxRow
from monitor.core.model.page import Page
from monitor.core.model.story import Story
from monitor.core.model.verdict import Verdict


class Gate(StrEnum):
    """Where an article's way can end or wait, in the order of the flow; TOLD is its goal.

    NOT_COVERED and NOT_LISTED are for addresses that no feed gave. What was given up stands before
    what still moves: of a story's channels the one that got farthest counts.
    """

    NOT_COVERED = "not-covered"
    NOT_LISTED = "not-listed"
    BASELINE = "baseline"
    UNJUDGED = "unjudged"
    UNSCORED = "unscored"
    PAGE = "page-to-be-read"
    BELOW = "below-threshold"
    UNPLACED = "no-story-yet"
    DUPLICATE = "duplicate"
    STORY_TOLD = "story-already-told"
    UNROUTED = "no-route"
    SILENCED = "silenced"
    DROPPED = "dropped"
    UNCONFIGURED = "channel-not-configured"
    DEAD = "channel-dead"
    COOL_DOWN = "cool-down"
    QUIET = "quiet-hours"
    CAP = "hourly-cap"
    QUEUED = "queued"
    RETRY = "retrying"
    SENDING = "sending"
    TOLD = "told"


ORDER = tuple(Gate)
"""The gates as an article passes them."""

UNJUST = frozenset({Gate.PAGE, Gate.BELOW})
"""Those at which it is asked what spoke for an article, and what against it."""


class Step(StrEnum):
    """What an article waits for."""

    VERDICT = "verdict"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an article has come that is in no story.

    `baseline`: a first fetch brought it. `step` None: nothing is to be done. `unscored`: some topic
    could not judge it. `page`: its own page is still to be read.
    """

    baseline: bool
    step: Step | None
    unscored: bool
    page: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of an article's story, each folded row replaced by its summary.

    `own` are the rows that tell of this very article, `rows` all of them. `copy_of` is an earlier
    article of the story with the same text or the same page.
    """

    baseline: bool
    rows: tuple[OutboxRow, ...]
    own: tuple[OutboxRow, ...] = ()
    copy_of: int | None = None


class Again(StrEnum):
    """Why an article of a story that was told is not told as an update."""

    JOINED = "joined"
    NOTHING_NEW = "nothing-new"
    SPENT = "updates-spent"


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer of a stored article: its gate, with the facts.

    `rows` are those that decided it; `again` is set for STORY_TOLD, `copy_of` for DUPLICATE.
    """

    gate: Gate
    article: Article
    verdicts: tuple[Verdict, ...] = ()
    page: Page | None = None
    story: Story | None = None
    rows: tuple[OutboxRow, ...] = ()
    copy_of: Article | None = None
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """A feed that covers a host: by its own address, or by links of its articles (`articles`).

    `newest_at` is when the last article of that host was first seen. `entries` counts those of the
    last document (None: not known), `span` is how far they reach back at the feed's usual rhythm.
    """

    feed: str
    url: str
    articles: int
    newest_at: datetime | None
    first_read_at: datetime | None
    last_ok_at: datetime | None
    next_poll_at: datetime
    failing_since_at: datetime | None = None
    error: str | None = None
    entries: int | None = None
    span: timedelta | None = None
    wait: timedelta | None = None

    @property
    def has_gaps(self) -> bool:
        """Whether articles may come and go between two polls that follow each other."""
        return self.span is not None and self.wait is not None and self.span < self.wait


@dataclass(frozen=True, slots=True)
class Unread:
    """The one answer of an address that no feed gave; `feeds` cover its host."""

    link: str
    host: str
    feeds: Sequence[Coverage] = ()

    @property
    def gate(self) -> Gate:
        """Which of the two it is."""
        return Gate.NOT_LISTED if self.feeds else Gate.NOT_COVERED
