"""The store's port for what a backtest reads: many scores at once, few articles whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from monitor.core.model import Flagged, Scored


class Scores(Protocol):
    """What was judged, by its scores."""

    def since(self, since: datetime) -> tuple[Scored, ...]:
        """Judged revisions of articles first seen since then, the one seen first first.

        Never those of a baseline, of which nobody is told.
        """
        ...

    def count(self, topic: str, since: datetime) -> tuple[int, ...]:
        """How many articles first seen since then a topic has scored, by `BINS` of their best.

        As they were judged, by whatever weights. Never those of a baseline.
        """
        ...

    def begin(self) -> datetime | None:
        """When the first article of all was seen, also of a baseline; None without any."""
        ...

    def load(self, revision_ids: Sequence[int]) -> tuple[Flagged, ...]:
        """These revisions with what was found in them, in this order, flagged or not."""
        ...
