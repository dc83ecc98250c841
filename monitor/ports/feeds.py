"""The store's port for feeds."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import Feed, FeedSpec, FeedState


class Feeds(Protocol):
    """Feeds and what polling learned of them."""

    def sync(self, specs: Iterable[FeedSpec], now: datetime) -> None:
        """Make the config's feeds exactly `specs`; those of the command line stay."""
        ...

    def add(self, spec: FeedSpec, now: datetime) -> Feed:
        """Add or bring back a feed; a URL is one feed whatever its origins."""
        ...

    def remove(self, url: str) -> Feed:
        """Stop polling it; its articles stay. Raise `NotFound`."""
        ...

    def list(self) -> tuple[Feed, ...]:
        """All polled feeds by name."""
        ...

    def get(self, feed_id: int) -> Feed | None:
        """The feed, or None when it is no longer polled."""
        ...

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds, also of those that are no longer polled."""
        ...

    def find(self, url: str) -> Feed | None:
        """The polled feed with exactly this address."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[Feed, ...]:
        """Feeds whose `next_poll_at` has come, the longest waiting first."""
        ...

    def save(self, feed_id: int, state: FeedState) -> None:
        """Replace what polling learned."""
        ...
