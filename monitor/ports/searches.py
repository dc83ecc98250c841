"""The store's port for searching the archive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from monitor.core.model import Among, Article, Flagged, Found, Order, Wanted


class Searches(Protocol):
    """The archive by its words. An article is found by its newest revision, once it is indexed."""

    def index(self, most: int) -> int:
        """Take in at most so many revisions that are not indexed yet; count the articles."""
        ...

    def waiting(self) -> int:
        """How many revisions are not indexed yet."""
        ...

    def clear(self) -> None:
        """Forget the index; all of it is to be indexed again."""
        ...

    def find(self, wanted: Wanted, among: Among, order: Order, limit: int) -> tuple[Found, ...]:
        """At most so many articles that have what is wanted. Raise `NotFound` without the feed."""
        ...

    def rank(self, wanted: Wanted, among: Among, order: Order, limit: int) -> Sequence[int]:
        """Give the revisions of what `find` finds; at least one phrase is wanted.

        Raise `NotFound` without the feed.
        """
        ...

    def load(self, revision_ids: Sequence[int], wanted: Wanted) -> tuple[Found, ...]:
        """Read these revisions, in this order; what is wanted is marked."""
        ...

    def around(
        self, article: Article, wanted: Wanted, among: Among, limit: int
    ) -> tuple[Flagged, ...]:
        """Flagged articles with signals and with what is wanted, of those nearest in time.

        Half of at most so many are older than the article. Raise `NotFound` without the feed.
        """
        ...

    def documents(self, words: Iterable[str], most: int) -> Mapping[str, int]:
        """In how many indexed articles each word is, counted up to `most`."""
        ...

    def size(self) -> int:
        """How many articles are indexed."""
        ...
