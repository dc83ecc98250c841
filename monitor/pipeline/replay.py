"""Tells the stored past once more: the pipeline's own functions on a store in memory.

What the daemon does at each moment is done at that moment of a simulated clock: articles arrive,
silences begin, rows become due, channels wait. Channels take everything at once. Nothing else is
imitated: placing, routing, silences, quiet hours, caps, folding and updates are the code that runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from monitor.core.backtest import Course, follow_course
from monitor.core.model import FeedSpec, Flagged, Outcome, Receipt
from monitor.pipeline.assign import assign_waiting
from monitor.pipeline.claim import claim_next
from monitor.pipeline.deliver import settle
from monitor.pipeline.parts import Parts
from monitor.pipeline.scratch import (
    Counters,
    Feeds,
    PastSilence,
    Scratch,
    Silences,
    Stories,
    due_from,
)
from monitor.pipeline.silences import drop_silenced
from monitor.ports import Transaction

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
TAKEN = Receipt(Outcome.DELIVERED, "taken by a replay")


@dataclass(frozen=True, slots=True)
class Past:
    """What happened by itself: `flagged` articles, silences, and what is said of feeds."""

    flagged: Sequence[Flagged]
    silences: Sequence[PastSilence]
    feeds: Mapping[int, FeedSpec]


def replay(parts: Parts, past: Past, since: datetime, until: datetime) -> Course:
    """Tell all that happened until then, and follow what was sent from `since` on.

    `parts` says who is told what (rules, topics), and compares articles; its store stays untouched.
    """
    stories = Stories()
    scratch = Scratch(Feeds(past.feeds), Silences(past.silences, stories), Counters(since), stories)
    stage = _Stage(past, scratch)
    stage.play(replace(parts, clock=lambda: stage.now), until)
    outbox = scratch.outbox.rows.values()
    return follow_course(outbox, stories.by_id, scratch.counters.counted, since, until)


@dataclass(slots=True)
class _Stage:
    """The replay where it stands: `now`, and until when channels wait for their gap."""

    past: Past
    scratch: Scratch
    now: datetime = BEFORE_ALL
    waits: dict[str, datetime] = field(default_factory=dict)

    def play(self, parts: Parts, until: datetime) -> None:
        """Go from moment to moment at which something happens; `parts` has this clock."""
        # Of the whole Transaction the three functions below ask what `Scratch` has.
        tx = cast("Transaction", self.scratch)
        arrivals = sorted(self.past.flagged, key=lambda one: one.article.seen_at, reverse=True)
        begins = sorted((one.silence.created_at for one in self.past.silences), reverse=True)
        while (now := self._find_next(arrivals, begins)) is not None and now <= until:
            self.now = now
            while begins and begins[-1] <= now:
                begins.pop()
                drop_silenced(tx, tx.outbox.waiting(), now)
            # What is due by now is on its way before an article is read, judged and placed.
            self._tell_due(parts, tx)
            while arrivals and arrivals[-1].article.seen_at <= now:
                self.scratch.verdicts.arrived.append(arrivals.pop())
            while assign_waiting(parts, tx):
                pass
            self._tell_due(parts, tx)

    def _find_next(
        self, arrivals: Sequence[Flagged], begins: Sequence[datetime]
    ) -> datetime | None:
        """When something happens next: of what is due already, channels have taken their turn."""
        later = [*(one.article.seen_at for one in arrivals[-1:]), *begins[-1:]]
        later += [at for at in self._list_dues() if at > self.now]
        return min(later, default=None)

    def _list_dues(self) -> Iterator[datetime]:
        yield from self.waits.values()
        yield from map(due_from, self.scratch.outbox.waiting())

    def _tell_due(self, parts: Parts, tx: Transaction) -> None:
        for channel in dict.fromkeys(row.alert.channel for row in tx.outbox.due(self.now)):
            self._tell(parts, channel, tx)

    def _tell(self, parts: Parts, channel: str, tx: Transaction) -> None:
        """Let a channel take what it may now."""
        self.waits.pop(channel, None)
        while claimed := claim_next(parts, channel, tx):
            if isinstance(claimed, datetime):
                self.waits[channel] = claimed
                return
            settle(parts, claimed.row.id, TAKEN, tx)
