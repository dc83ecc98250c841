"""The store's port for verdicts, and for the signals of what they flagged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.core.model import Flagged, NearMiss, Signals, Verdict


class Verdicts(Protocol):
    """Judgements, one per revision and topic, and the signals of the flagged."""

    def add(self, found: Mapping[int, tuple[Sequence[Verdict], Signals | None]]) -> None:
        """Store what was found of revisions; idempotent. At most 500.

        Signals are kept only where a verdict flagged; their language becomes the article's where
        it has none.
        """
        ...

    def of(self, article_id: int) -> tuple[Verdict, ...]:
        """The newest revision's verdicts, by topic."""
        ...

    def flagged(self, article_id: int) -> Flagged | None:
        """The article's newest revision, if a topic flagged it."""
        ...

    def waiting(self, limit: int) -> tuple[Flagged, ...]:
        """Flagged articles that belong to no story, oldest first."""
        ...

    def baseline(self, since: datetime, until: datetime) -> tuple[Flagged, ...]:
        """Flagged baseline articles first seen in [since, until), best first."""
        ...

    def near(self, since: datetime, until: datetime, margin: float) -> tuple[NearMiss, ...]:
        """Articles first seen in [since, until) that no topic took, but one by `margin` only.

        The nearest first; an article appears once for each such topic. Never those of a baseline.
        """
        ...
