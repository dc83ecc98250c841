"""The store's port for rhythms."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class Rhythms(Protocol):
    """How often feeds bring something new, and how often topics take something of it.

    What a baseline holds never counts. Each answer costs what its whole span holds.
    """

    def of_feeds(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, Mapping[int, int]]:
        """How many new articles each of these feeds (None: all) brought, by hour since 1970."""
        ...

    def of_topics(self, since: datetime) -> Mapping[str, Mapping[int, int]]:
        """How many of the articles first seen since then each topic took, by hour since 1970."""
        ...

    def latest_of_feeds(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, datetime]:
        """When each of these feeds (None: all) last brought a new article, if since then."""
        ...

    def latest_of_topics(self, since: datetime) -> Mapping[str, datetime]:
        """When the newest article that each topic took was first seen, if since then."""
        ...
