"""The store's port for delays."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol


class Delays(Protocol):
    """How long news took, per feed, as far as it can be told."""

    def until_seen(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, Sequence[timedelta]]:
        """From publication to when we saw it, of articles of these feeds (None: all) since then.

        Not of those that a first fetch found, nor with a date that is missing or cannot be true.
        """
        ...

    def until_told(self, since: datetime) -> Mapping[int, Sequence[timedelta]]:
        """From when we saw a story's first article to its first alert, of alerts sent since then.

        Not of alerts that quiet hours or a cap held back.
        """
        ...
