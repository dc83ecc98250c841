"""The store's port for counters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Counters(Protocol):
    """Numbers per day: every dropped article has a reason here."""

    def bump(self, name: str, by: int, now: datetime) -> None:
        """Add to a counter of this UTC day."""
        ...

    def total(self, since: datetime) -> Mapping[str, int]:
        """Sums per name since then."""
        ...
