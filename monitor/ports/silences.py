"""The store's port for silences."""

from datetime import datetime
from typing import Protocol

from monitor.core.silence import Matcher, Silence


class Silences(Protocol):
    """Stories of which nobody is told for a while."""

    def add(self, matcher: Matcher, until: datetime, reason: str, now: datetime) -> Silence:
        """Remember it; give it back with its id."""
        ...

    def list(self) -> tuple[Silence, ...]:
        """All there ever were, newest first."""
        ...

    def in_force(self, now: datetime) -> tuple[Silence, ...]:
        """Those that hold now, oldest first."""
        ...

    def expire(self, silence_id: int, now: datetime) -> Silence:
        """End it before its time; one that has ended stays as it is. Raise `NotFound`."""
        ...
