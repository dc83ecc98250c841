"""The store's port for how far articles have come."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import OutboxRow, Standing


class Standings(Protocol):
    """How far articles have come, one by one and counted."""

    def of(self, article_id: int) -> Standing | None:
        """How far an article has come, whether it is in a story or not."""
        ...

    def count(self, since: datetime, until: datetime) -> Mapping[Standing, int]:
        """How many of the articles first seen in [since, until), in no story, came how far."""
        ...

    def placed(self, since: datetime, until: datetime) -> tuple[int, ...]:
        """Those of the articles first seen in [since, until) that are in a story."""
        ...

    def logs(self, story_ids: Collection[int]) -> Mapping[int, tuple[OutboxRow, ...]]:
        """The notification log of each story, as `Outbox.told` gives it, without messages."""
        ...

    def summaries(self, row_ids: Collection[int]) -> tuple[OutboxRow, ...]:
        """These rows of the outbox, without messages."""
        ...
