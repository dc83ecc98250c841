"""Beside the stages: what is wrong with the program's own work, told once and once when it is over.

A trouble is followed from the minute it is first seen. It is told when it has lasted, together with
all others of its kind; its end likewise. What ends before it was told is never told.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.model import ChannelTrouble, Feed, Trouble, TroubleKind

GATHER = timedelta(minutes=10)
"""So long a failing feed waits for others of the same span, and a recovered one likewise."""

GATHER_LULLS = timedelta(hours=1)
"""A silence is no hurry, and on a holiday many begin and end on one day."""

OTHERS_HEARD = timedelta(hours=2)
"""Who blames a feed for its silence must have heard another so recently: it may be our own."""

NETWORK_LOST = timedelta(minutes=10)
"""A network that is back sooner is not worth a word."""

CHANNEL_RETRIED = timedelta(hours=1)
"""A channel is called failing after so long; a dead message is told at once."""

QUIET_AT_LEAST, QUIET_UNLEARNED = timedelta(hours=6), timedelta(days=3)
UNFLAGGED_AT_LEAST, UNFLAGGED_UNLEARNED = timedelta(days=2), timedelta(days=14)
"""Shorter silences are never unusual; the second counts while nothing is learned yet."""

TIMES_USUAL = 3
ENOUGH_GAPS = 5

_OVER_IS_TOLD_OTHERWISE = frozenset({TroubleKind.UNFLAGGED, TroubleKind.DATABASE})
"""The next alert says that something was flagged again; a replaced database stays replaced."""


_LULLS = frozenset({TroubleKind.FEED_QUIET, TroubleKind.TOPIC_QUIET})
_SPEAKS_FOR = {
    TroubleKind.NETWORK: _LULLS,
    TroubleKind.QUIET: _LULLS,
    TroubleKind.UNFLAGGED: frozenset({TroubleKind.TOPIC_QUIET}),
}
"""What is silent as a whole speaks for its parts."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the troubles of this minute are found in.

    `network` is None while no poll has shown whether there is one. `articles_at` and `flagged_at`
    are the hours in which new articles came and some were flagged, ascending; `watching_since` is
    when feeds began to be read without a break. `replaced`: where a damaged database now lies.
    `lulls` are the feeds and topics that are silent for longer than chance explains.
    """

    failing: tuple[Feed, ...]
    channels: tuple[ChannelTrouble, ...]
    network: bool | None
    disk_full: bool
    articles_at: tuple[datetime, ...]
    flagged_at: tuple[datetime, ...]
    watching_since: datetime
    replaced: str = ""
    lulls: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """A trouble from when it was first seen until its end was told."""

    trouble: Trouble
    began_at: datetime
    told: bool = False
    ended_at: datetime | None = None

    @property
    def key(self) -> tuple[TroubleKind, str]:
        """Which trouble it is."""
        return self.trouble.key


@dataclass(frozen=True, slots=True)
class Notice:
    """Troubles of one kind that one message tells of: that they are there, or are over."""

    kind: TroubleKind
    over: bool
    watched: tuple[Watched, ...]
    reason: str

    @property
    def occasion(self) -> str:
        """The same however often it is decided."""
        began = min(w.began_at for w in self.watched)
        return f"{'over' if self.over else 'began'} {began.isoformat()}"


def find_troubles(facts: Facts, known: Collection[Watched], now: datetime) -> tuple[Trouble, ...]:
    """What is wrong now. Without a network no feed or channel is blamed anew (FAULTS C11).

    Nor is one for its silence while all are silent, nor a topic while none finds anything.
    """
    before = {watched.key for watched in known}
    blamed = [*map(_of_feed, facts.failing), *map(_of_channel, facts.channels)]
    whole: list[Trouble] = []
    if facts.network is False or (facts.network is None and (TroubleKind.NETWORK, "") in before):
        blamed = [trouble for trouble in blamed if trouble.key in before]
        whole.append(Trouble(TroubleKind.NETWORK, wait=NETWORK_LOST))
    else:
        whole += _find_silences(facts, now)
    hushed = {kind for trouble in whole for kind in _SPEAKS_FOR.get(trouble.kind, ())}
    if now - max(facts.articles_at, default=facts.watching_since) > OTHERS_HEARD:
        hushed.add(TroubleKind.FEED_QUIET)
    blamed += [t for t in facts.lulls if t.kind not in hushed or t.key in before]
    if facts.disk_full:
        whole.append(Trouble(TroubleKind.DISK))
    if facts.replaced:
        whole.append(Trouble(TroubleKind.DATABASE, facts.replaced, detail=facts.replaced))
    return (*blamed, *whole)


def follow(
    known: Iterable[Watched], present: Iterable[Trouble], now: datetime
) -> tuple[Watched, ...]:
    """What is watched from now on: new troubles begin, missing ones end, returning ones go on."""
    before = {watched.key: watched for watched in known}
    here = {trouble.key: trouble for trouble in present}
    begun = (Watched(t, now) for key, t in here.items() if key not in before)
    return (*(_go_on(w, here.get(key), now) for key, w in before.items()), *begun)


def decide_notices(
    watched: Sequence[Watched], now: datetime
) -> tuple[tuple[Notice, ...], tuple[Watched, ...]]:
    """The notices of this minute, and what is still watched after them."""
    notices: list[Notice] = []
    kept = [w for w in watched if w.told and w.ended_at is None]
    for kind in TroubleKind:
        begun = tuple(w for w in watched if w.trouble.kind is kind and _is_begun(w))
        over = tuple(w for w in watched if w.trouble.kind is kind and _is_over(w))
        if any(now - w.began_at >= w.trouble.wait for w in begun):
            notices.append(Notice(kind, over=False, watched=begun, reason=_why(begun)))
            begun = tuple(replace(w, told=True) for w in begun)
        if any(now - (w.ended_at or now) >= _pause(kind) for w in over):
            notices.append(Notice(kind, over=True, watched=over, reason=_why(over)))
            over = ()
        kept += (*begun, *over)
    told = (n for n in notices if not (n.over and n.kind in _OVER_IS_TOLD_OTHERWISE))
    return tuple(told), tuple(kept)


def choose_channels(
    notice: Notice, default: Sequence[str], others: Sequence[str]
) -> tuple[str, ...]:
    """Where a notice goes: the default channels but those it is about, else any other."""
    failing = {w.trouble.subject for w in notice.watched if w.trouble.kind is TroubleKind.CHANNEL}
    about = frozenset() if notice.over else failing
    chosen = [name for name in default if name not in about]
    return tuple(dict.fromkeys(chosen or [name for name in others if name not in about]))


def usual_silence(seen: Sequence[datetime], at_least: timedelta, unlearned: timedelta) -> timedelta:
    """How long nothing may come before it is unusual.

    Three times the mean gap, and no shorter than the longest gap but one: what happened twice, as
    every weekend does, is usual; what happened once may have been a failure itself.
    """
    gaps = sorted(later - earlier for earlier, later in pairwise(seen))
    if len(gaps) < ENOUGH_GAPS:
        return unlearned
    mean = (seen[-1] - seen[0]) / len(gaps)
    return max(at_least, TIMES_USUAL * mean, gaps[-2])


def _find_silences(facts: Facts, now: datetime) -> tuple[Trouble, ...]:
    """Too quiet as a whole, else nothing flagged of what came."""
    start = facts.watching_since
    came_at = max((*facts.articles_at[-1:], start))
    if now - came_at > usual_silence(facts.articles_at, QUIET_AT_LEAST, QUIET_UNLEARNED):
        return (Trouble(TroubleKind.QUIET, since=came_at),)
    flagged_at = max((*facts.flagged_at[-1:], start))
    if now - flagged_at > usual_silence(facts.flagged_at, UNFLAGGED_AT_LEAST, UNFLAGGED_UNLEARNED):
        return (Trouble(TroubleKind.UNFLAGGED, since=flagged_at),)
    return ()


def _of_feed(feed: Feed) -> Trouble:
    state = feed.state
    error = state.last_error or ""
    return Trouble(
        TroubleKind.FEED, str(feed.id), feed.spec.name, error, state.failing_since_at, GATHER
    )


def _of_channel(failing: ChannelTrouble) -> Trouble:
    rows = ", ".join(map(str, failing.rows))
    wait = timedelta() if failing.dead else CHANNEL_RETRIED
    detail = f"{failing.error} (outbox: {rows})"
    return Trouble(TroubleKind.CHANNEL, failing.channel, failing.channel, detail, wait=wait)


def _go_on(watched: Watched, trouble: Trouble | None, now: datetime) -> Watched:
    # A clock that was set back must not make a trouble wait until it has caught up.
    began_at = min(watched.began_at, now)
    if trouble is not None:
        return replace(watched, trouble=trouble, began_at=began_at, ended_at=None)
    ended_at = min(watched.ended_at or now, now)
    return replace(watched, began_at=began_at, ended_at=ended_at)


def _is_begun(watched: Watched) -> bool:
    return not watched.told and watched.ended_at is None


def _is_over(watched: Watched) -> bool:
    return watched.told and watched.ended_at is not None


def _pause(kind: TroubleKind) -> timedelta:
    if kind in _LULLS:
        return GATHER_LULLS
    return GATHER if kind is TroubleKind.FEED else timedelta()


def _why(watched: Sequence[Watched]) -> str:
    """The reason that the outbox keeps: how many, since when."""
    since = min(w.trouble.since or w.began_at for w in watched)
    return f"{watched[0].trouble.kind}: {len(watched)} since {since:%Y-%m-%d %H:%M} UTC"
