"""What a channel does next with the rows that are due: send one, fold several, or hold them.

The rules, of which the first that applies counts: an update waits for its story's cool-down; quiet
hours hold everything but what breaks through; what was held becomes one summary; no more than the
cap leaves within an hour, and its last message tells of all that wait; many that wait at once
become one summary; a small gap lies between two messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model import Delivery, OutboxRow, Subject
from monitor.core.quiet import QuietHours, find_end

HOUR = timedelta(hours=1)

MANY = 20
"""FAULTS E1: of more rows than this nobody reads each one."""


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What a person asked of one channel.

    A first alert of a story from score `break_through` on goes in quiet hours too. `max_per_hour`
    and `gap` count messages of stories, summaries included. `repeats` False: a message whose fate
    is unknown is never sent again.
    """

    quiet: QuietHours | None = None
    break_through: float | None = None
    max_per_hour: int = MANY
    gap: timedelta = timedelta(seconds=1)
    repeats: bool = True


QUIET_HOURS, COOL_DOWN = "quiet hours", "cool-down"
"""Reasons of turns, which rows keep as their note."""


class Act(StrEnum):
    """What to do with the rows of a turn.

    SEND the one now. FOLD them into a summary. HOLD them, to be folded when that ends. DELAY them:
    they are due later. WAIT for the channel, then ask again.
    """

    SEND = "send"
    FOLD = "fold"
    HOLD = "hold"
    DELAY = "delay"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Turn:
    """A channel's next step, with its reason. `until` is set for HOLD, DELAY and WAIT."""

    act: Act
    rows: tuple[OutboxRow, ...]
    reason: str
    until: datetime | None = None


def take_turn(
    due: Sequence[OutboxRow],
    rules: ChannelRules,
    taken: Sequence[datetime],
    now: datetime,
    scores: Mapping[int, float],
    cooling: Mapping[int, datetime],
) -> Turn | None:
    """Decide on a channel's due rows, oldest first; None when there are none.

    `taken` are the times, oldest first, at which the channel took messages of stories within the
    last hour. `scores` gives the story's score for rows of first alerts, where the channel has a
    `break_through`; `cooling` says until when rows of updates wait (`find_cool_down`).
    """
    if not due:
        return None
    return (
        _cool_down(due, cooling)
        or _keep_quiet(due, rules, now, scores)
        or _fold_held(due)
        or _keep_cap(due, rules, taken)
        or _fold_many(due, rules)
        or _keep_gap(due[0], rules, taken, now)
        or Turn(Act.SEND, (due[0],), "due")
    )


def find_cool_down(
    row: OutboxRow, told: Sequence[OutboxRow], cool_down: timedelta, now: datetime
) -> datetime | None:
    """Until when an update of a story has to wait after the last message of it on this channel.

    None: it need not wait. `told` are all rows of the story. An update that was tried already has
    waited before.
    """
    if row.state is not Delivery.PENDING or not row.alert.is_update:
        return None
    times = (r.settled_at or now for r in told if _tells(r, row.alert.channel))
    # A clock that was wrong may have told it in the future.
    last = max((min(at, now) for at in times), default=None)
    return last + cool_down if last and last + cool_down > now else None


def _tells(row: OutboxRow, channel: str) -> bool:
    return row.alert.channel == channel and row.state in (Delivery.SENT, Delivery.FOLDED)


def _cool_down(due: Sequence[OutboxRow], cooling: Mapping[int, datetime]) -> Turn | None:
    row = next((row for row in due if row.id in cooling), None)
    return Turn(Act.DELAY, (row,), COOL_DOWN, cooling[row.id]) if row else None


def _keep_quiet(
    due: Sequence[OutboxRow], rules: ChannelRules, now: datetime, scores: Mapping[int, float]
) -> Turn | None:
    until = find_end(rules.quiet, now) if rules.quiet else None
    if until is None:
        return None
    held = tuple(row for row in due if not _breaks_through(row, rules, scores))
    return Turn(Act.HOLD, held, QUIET_HOURS, until) if held else None


def _breaks_through(row: OutboxRow, rules: ChannelRules, scores: Mapping[int, float]) -> bool:
    if rules.break_through is None or not row.alert.is_first:
        return False
    return scores[row.id] >= rules.break_through


def _fold_held(due: Sequence[OutboxRow]) -> Turn | None:
    held = tuple(row for row in due if row.held_until and _may_fold(row))
    return Turn(Act.FOLD, held, "held meanwhile") if len(held) > 1 else None


def _keep_cap(
    due: Sequence[OutboxRow], rules: ChannelRules, taken: Sequence[datetime]
) -> Turn | None:
    """Hold what is over the cap; the last message of the hour tells of all that wait."""
    waiting = tuple(row for row in due if row.alert.subject in _COUNTED)
    left = rules.max_per_hour - len(taken)
    cap = f"{rules.max_per_hour} messages an hour"
    if waiting and left <= 0:
        return Turn(Act.HOLD, waiting, cap, taken[-rules.max_per_hour] + HOUR)
    single = tuple(row for row in waiting if _may_fold(row))
    if left == 1 and len(single) > 1:
        return Turn(Act.FOLD, single, cap)
    return None


def _fold_many(due: Sequence[OutboxRow], rules: ChannelRules) -> Turn | None:
    if due[0].state is Delivery.RETRY:
        # It tries whether the channel is back; until then what waits may still grow.
        return None
    single = tuple(row for row in due if _may_fold(row))
    if len(single) > max(MANY, rules.max_per_hour):
        return Turn(Act.FOLD, single, f"{len(single)} waited at once")
    return None


def _keep_gap(
    row: OutboxRow, rules: ChannelRules, taken: Sequence[datetime], now: datetime
) -> Turn | None:
    until = taken[-1] + rules.gap if taken else now
    return Turn(Act.WAIT, (row,), "gap between two messages", until) if until > now else None


def _may_fold(row: OutboxRow) -> bool:
    """A row in doubt is sent again as itself, under its key; a summary is not summed up again."""
    return row.alert.subject is Subject.STORY and not row.ambiguous


_COUNTED = frozenset({Subject.STORY, Subject.SUMMARY})
