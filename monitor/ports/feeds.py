"""The store's port for feeds."""

from collections.abc import Iterable, Mapping, Sequence
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

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds, also of those that are no longer polled."""
        ...

    def find(self, url: str) -> Feed | None:
        """The polled feed with exactly this address."""
        ...

    def of_host(self, host: str) -> Mapping[int, tuple[int, datetime]]:
        """How many articles with links to this host each feed gave, and when the last was seen."""
        ...

    def failing(self) -> tuple[Feed, ...]:
        """All polled feeds whose last poll failed, by name."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[int, ...]:
        """The ids of feeds whose `next_poll_at` has come, the longest waiting first."""
        ...

    def any_unpolled(self) -> bool:
        """Whether a feed that somebody names had no poll yet."""
        ...

    def load(self, feed_ids: Sequence[int]) -> tuple[Feed, ...]:
        """Those of these feeds that are polled, in the same order."""
        ...

    def settle(self, changes: Iterable[tuple[Feed, FeedState]]) -> frozenset[int]:
        """Replace what polling learned of each feed that is as it was read; give their ids."""
        ...

    def postpone(self, hosts: Mapping[str, datetime], reason: str) -> None:
        """Poll no feed of these hosts ("host:port") before that time."""
        ...

    def catch_up(self, now: datetime) -> None:
        """Make those due that were polled in the future: the clock was wrong then."""
        ...
