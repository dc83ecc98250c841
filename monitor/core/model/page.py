"""An article's own web page, which is read where the feed's text leaves a verdict open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PageState(StrEnum):
    """What became of a page.

    WAITING to be read · TAKEN: its text is the article's newest revision · REFUSED: it was read and
    holds no better text · FAILED: it could not be read · SPARED: no longer needed, not read.
    """

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"
    FAILED = "failed"
    SPARED = "spared"


@dataclass(frozen=True, slots=True)
class Page:
    """An article's page, asked for once in the article's life. `host` is its link's host:port.

    `reason` says why its text was not taken, or why it still waits.
    """

    article_id: int
    host: str
    asked_at: datetime
    due_at: datetime
    state: PageState = PageState.WAITING
    attempts: int = 0
    reason: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at a page brought: the state it is to have, and the text where it is TAKEN.

    WAITING: it may be there later, not before `wait` where the server wished one.
    """

    state: PageState
    text: str = ""
    reason: str = ""
    wait: timedelta | None = None
