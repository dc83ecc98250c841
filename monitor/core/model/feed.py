"""A feed, what polling learns of it, and what it gives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Origin(StrEnum):
    """Where a feed came from: `config.toml`, or the command line (kept in the database)."""

    CONFIG = "config"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as a person names it. `interval` None means the `[polling] interval`.

    `full_text` tells whether its articles' pages may be read; None means as `[polling]` says.
    """

    url: str
    name: str
    interval: timedelta | None = None
    tags: tuple[str, ...] = ()
    origin: Origin = Origin.CONFIG
    full_text: bool | None = None


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a document says of when to ask again: a pause, and what to skip, all in UTC.

    `skip_hours` are 0 to 23, `skip_days` 0 (Monday) to 6.
    """

    pause: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling has learned about a feed. A fresh feed is due at once and has no baseline.

    `whole_at` is when it last gave a whole document, `rhythm` the usual time between two articles,
    `news_at` when the newest one appeared. `address` is where it is asked since it has moved;
    `moved_to` is where its last `moves` answers said, one after the other, that it has moved.
    `marks` are what the parser remembers of the entries in the last document. `read_since_at` is
    since when it has been read without a long break.
    """

    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    marks: bytes = b""
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    baseline_at: datetime | None = None
    failures: int = 0
    failing_since_at: datetime | None = None
    last_error: str | None = None
    due_reason: str = "new"
    whole_at: datetime | None = None
    rhythm: timedelta | None = None
    news_at: datetime | None = None
    hints: FeedHints | None = None
    address: str | None = None
    moved_to: str | None = None
    moves: int = 0
    read_since_at: datetime | None = None


MARK_BYTES = 16
"""What the parser remembers of one entry in `FeedState.marks`."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed the store knows: identity, what a person said of it, what polling learned."""

    id: int
    spec: FeedSpec
    state: FeedState


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One conditional GET. `page`: a web page is wanted, not a feed.

    `feed` is the address of the feed that wants it, as the configuration names it (None: `url`
    itself): what is said there of asking that feed holds for this request. `room` is awaited before
    more than a little of a body is held, since many bodies at once would fill the memory.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    feed: str | None = None
    page: bool = False
    room: Callable[[], Awaitable[object]] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect that was followed: the status of the answer, and where to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class FetchResult:
    """An answer with status 200 (a body) or 304 (`body` None, `not_modified` True).

    `url` is where it came from at last, `hops` the redirects on the way there. `fresh_for`: the
    server says that nothing will change for so long.
    """

    url: str
    not_modified: bool
    body: bytes | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    hops: tuple[Hop, ...] = ()
    fresh_for: timedelta | None = None


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
    """A feed document: its new entries in document order, and what could not be read of it.

    `known` counts the entries that were read before, by the `marks` of an earlier reading; `marks`
    are those of this one (what they say is the parser's affair).
    """

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    hints: FeedHints | None = None
    known: int = 0
    marks: bytes = b""
