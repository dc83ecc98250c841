"""An article: a normalised entry, then what the store keeps of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TextSource(StrEnum):
    """Where a revision's text comes from: the feed, or the article's own web page."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A normalised entry, before the store has given it an id.

    `identity` is the first of (guid in this feed, canonical link, hash of title and text).
    `fingerprint` hashes title and text; a change of it is a new revision.
    """

    feed_id: int
    identity: str
    link: str | None
    canonical_link: str | None
    title: str
    text: str
    language: str | None
    published_given_at: datetime | None
    published_at: datetime
    first_seen_at: datetime
    fingerprint: str
    baseline: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article in one of its revisions. `language` None until it was analysed.

    `seen_at` is when this revision was first seen; for the first one that is `first_seen_at`.
    `fingerprint` is always of what the feed says, also where the text comes from the page: only the
    publisher's edits change it. `canonical_link` is the same for one page whatever feed names it.
    """

    id: int
    revision_id: int
    feed_id: int
    feed_name: str
    link: str | None
    title: str
    text: str
    language: str | None
    published_at: datetime
    first_seen_at: datetime
    seen_at: datetime
    fingerprint: str
    baseline: bool
    source: TextSource = TextSource.FEED
    canonical_link: str | None = None
