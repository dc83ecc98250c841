"""What happened: flagged articles, and those on one event as a story."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.article import Article
from monitor.core.model.signals import Signals
from monitor.core.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged article with its verdicts and signals, waiting for a story."""

    article: Article
    verdicts: tuple[Verdict, ...]
    signals: Signals

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that flagged it, best score first."""
        flagged = [v for v in self.verdicts if v.flagged]
        return tuple(v.topic for v in sorted(flagged, key=lambda v: -(v.score or 0.0)))

    @property
    def score(self) -> float:
        """The best score among the topics that flagged it."""
        return max((v.score or 0.0 for v in self.verdicts if v.flagged), default=0.0)


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on one event. `members` oldest first; `topic` is the first report's best topic.

    `parts` numbers the members by what a person merged, () where nobody did. `sources` counts the
    independent feeds. `baseline` stories were never told, by design.
    """

    id: int
    topic: str
    topics: tuple[str, ...]
    title: str
    score: float
    first_seen_at: datetime
    last_seen_at: datetime
    members: tuple[Flagged, ...] = ()
    sources: int = 1
    baseline: bool = False
    parts: tuple[int, ...] = ()
