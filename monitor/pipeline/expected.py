"""What is expected of each feed and topic, in memory: who brought something last, who is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from monitor.core.habit import Expectation, expect
from monitor.core.model import TroubleKind

Subject = tuple[TroubleKind, str]
"""A feed's id or a topic's name, with what it is called when it is silent."""

RELEARN = timedelta(days=1)


@dataclass(slots=True)
class Expected:
    """Learned once a day (`learned_at`), and brought up to date with the news of each minute.

    `latest` is when each brought something last, `of` what is expected of those whose archive says
    enough.
    """

    learned_at: datetime
    looked_at: datetime
    latest: dict[Subject, datetime]
    of: dict[Subject, Expectation]
    zone: tzinfo

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be learned anew; a clock that was set back makes it old."""
        return timedelta() <= now - self.learned_at < RELEARN

    def take(self, latest: Mapping[Subject, datetime], now: datetime) -> None:
        """Note who brought something, and until when the next is due."""
        for subject, at in latest.items():
            known, before = self.of.get(subject), self.latest.get(subject)
            if before is not None and at <= before:
                continue
            self.latest[subject] = at
            if known:
                self.of[subject] = expect(known.habit, at, known.bound, self.zone)
        self.looked_at = now

    def late(self, now: datetime) -> Mapping[Subject, Expectation]:
        """Those of whom something was due before now."""
        return {subject: one for subject, one in self.of.items() if one.due_at <= now}
