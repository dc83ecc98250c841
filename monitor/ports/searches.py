"""The store's port for searching the archive."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from monitor.core.model import Among, Found, Order, Wanted


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

    def documents(self, words: Iterable[str], most: int) -> Mapping[str, int]:
        """In how many indexed articles each word is, counted up to `most`."""
        ...

    def size(self) -> int:
        """How many articles are indexed."""
        ...
