"""A digest that was asked for, what goes into it, and one that was made."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.model.article import Article
from monitor.core.model.story import Flagged, Story

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest a person asked for, at `hour`:`minute` of the IANA `timezone`.

    `days` are weekdays (0 is Monday), at least one. No `topics` means all.
    """

    name: str
    hour: int
    minute: int
    timezone: str
    channels: tuple[str, ...]
    language: str = "en"
    days: tuple[int, ...] = EVERY_DAY
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledDigest:
    """A digest that was made: what became of its messages is in the outbox, under its date.

    It covers [since_at, until_at); a channel whose earlier ones were lost is told of those too.
    """

    name: str
    local_date: str
    since_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What was read in a span of time. `failing` pairs a feed's name with its error.

    `channels` names those that take nothing now; `dead` counts the messages given up in the span.
    `languages` says how many articles came in each, None for an unknown one; `quiet` names feeds
    that answer but bring nothing, for longer than chance explains.
    """

    articles: int
    feeds_ok: int
    feeds: int
    failing: tuple[tuple[str, str], ...] = ()
    channels: tuple[str, ...] = ()
    dead: int = 0
    languages: tuple[tuple[str | None, int], ...] = ()
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article that a topic nearly took."""

    article: Article
    topic: str
    score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class DigestInput:
    """All a digest is made of. It covers [since_at, until_at).

    `topics` pairs a name with its label, in display order. `days` pairs a local date with its
    count of matching articles, oldest first.
    """

    plan_name: str
    local_date: str
    since_at: datetime
    until_at: datetime
    stories: tuple[Story, ...]
    baseline: tuple[Flagged, ...]
    health: Health
    topics: tuple[tuple[str, str], ...] = ()
    near: tuple[NearMiss, ...] = ()
    days: tuple[tuple[date, int], ...] = ()
