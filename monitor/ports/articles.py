"""The store's port for articles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import Article, ArticleDraft, Health


class Articles(Protocol):
    """Articles and their immutable revisions."""

    def known(self, feed_id: int, identities: Iterable[str]) -> Mapping[str, str]:
        """Identity to fingerprint of the newest revision, for those the feed already has."""
        ...

    def add(self, drafts: Iterable[ArticleDraft]) -> Mapping[int, int]:
        """Store new articles and, where the fingerprint changed, new revisions.

        Give how many there are of each feed that has any.
        """
        ...

    def add_page_text(self, article: Article, text: str, seen_at: datetime) -> None:
        """Add a revision of it with the text of its page, which waits for its verdict."""
        ...

    def get(self, article_id: int) -> Article | None:
        """The article in its newest revision."""
        ...

    def list(self, article_ids: Iterable[int]) -> Mapping[int, Article]:
        """These articles in their newest revisions, by id."""
        ...

    def revisions(self, article_ids: Iterable[int]) -> Mapping[int, int]:
        """The newest revision of each of at most 500 articles."""
        ...

    def find(self, url: str) -> tuple[Article, ...]:
        """All articles with this link or canonical link, oldest first."""
        ...

    def waiting(self, limit: int) -> tuple[Article, ...]:
        """Newest revisions without any verdict, oldest first."""
        ...

    def backlog(self) -> Mapping[str, int]:
        """How many articles wait, by what they wait for: "verdict", "story"; none is 0."""
        ...

    def newest(self, limit: int, feed_id: int | None = None) -> tuple[Article, ...]:
        """The articles seen last, of one feed or of all, newest first."""
        ...

    def forget(self, since: datetime, until: datetime, limit: int) -> int:
        """Delete texts, evidence and signals of articles first seen in [since, until).

        At most `limit` articles; count them. Identities stay, and so does what a person labelled.
        """
        ...

    def hours(self, since: datetime, *, flagged: bool = False) -> tuple[datetime, ...]:
        """The hours since then in which new articles came (or some were flagged), ascending."""
        ...

    def health(self, since: datetime, until: datetime) -> Health:
        """What was read in [since, until): articles stored, feeds answered, feeds failing now."""
        ...
