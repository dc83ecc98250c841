"""A feed, what polling learns of it, and what it gives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Origin(StrEnum):
    """Where a feed came from: `config.toml`, or the command line (kept in the database)."""

    CONFIG = "config"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as a person names it. `interval` None means the `[polling] interval`."""

    url: str
    name: str
    interval: timedelta | None = None
    tags: tuple[str, ...] = ()
    origin: Origin = Origin.CONFIG


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling has learned about a feed. A fresh feed is due at once and has no baseline."""

    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    baseline_at: datetime | None = None
    failures: int = 0
    failing_since_at: datetime | None = None
    last_error: str | None = None
    due_reason: str = "new"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed the store knows: identity, what a person said of it, what polling learned."""

    id: int
    spec: FeedSpec
    state: FeedState


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One conditional GET."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """An answer with status 200 (a body) or 304 (`body` None, `not_modified` True)."""

    url: str
    not_modified: bool
    body: bytes | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the feed gave it; HTML is already turned into plain text by the parser.

    `link` is absolute, as given; `canonical_link` is normalised with tracking parameters removed;
    both are None when missing or not http(s).
    """

    guid: str | None
    link: str | None
    canonical_link: str | None
    title: str
    text: str
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document: its entries in document order, and what could not be read of it."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
