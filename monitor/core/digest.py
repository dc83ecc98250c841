"""Sixth stage: which digests are due, what span they cover, and what belongs into one.

The digest of local date D for a plan at HH:MM covers the time since HH:MM of the plan's day before
D, in the plan's zone, so that the digests of all its days tile time. Where the clock skips HH:MM
the instant is read with the offset before the change, where it shows it twice the first one counts
(PEP 495, fold 0).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.core.events import DigestDue
from monitor.core.model import (
    CompiledDigest,
    DigestInput,
    DigestPlan,
    Flagged,
    Health,
    NearMiss,
    Story,
)

NEAR = 0.15
"""How far below the threshold an article may lie to be shown as a near miss."""

MOST_NEAR = 5
CHART_DAYS = 14

_DAY = timedelta(days=1)

# --- when ---------------------------------------------------------------------------------------


def due_digests(
    plans: Iterable[DigestPlan], now: datetime, latest: Mapping[str, str]
) -> tuple[DigestDue, ...]:
    """The newest digest of each plan whose time has come and that was not made yet.

    `latest` holds the newest local date made of each plan; one that is not in it has not begun.
    After a downtime only the newest missed date is due, and covers the older ones; a clock that is
    set back finds nothing new.
    """
    newest = ((plan.name, newest_date(plan, now).isoformat()) for plan in plans)
    return tuple(DigestDue(name, day) for name, day in newest if day > latest.get(name, day))


def newest_date(plan: DigestPlan, now: datetime) -> date:
    """The last of the plan's days whose HH:MM has been reached."""
    today = now.astimezone(ZoneInfo(plan.timezone)).date()
    # A zone may skip a whole date (Samoa, 2011-12-30), so tomorrow's instant can be reached today.
    day = _latest_day(plan, today + _DAY)
    while _instant(plan, day) > now:
        day = _latest_day(plan, day - _DAY)
    return day


def digest_window(plan: DigestPlan, local_date: str) -> tuple[datetime, datetime]:
    """The span [since, until) in UTC that a digest covers where none was missed."""
    day = date.fromisoformat(local_date)
    return _instant(plan, _latest_day(plan, day - _DAY)), _instant(plan, day)


def find_begin(earlier: Sequence[CompiledDigest], lost: Collection[str]) -> datetime:
    """Where a channel's next digest begins: at the end of its last one that was not lost.

    `earlier`, at least one, has the newest first; `lost` are the local dates whose message to this
    channel was given up.
    """
    begin = earlier[0].until_at
    for digest in earlier:
        if digest.local_date not in lost:
            break
        begin = digest.since_at
    return begin


def find_days(plan: DigestPlan, until: datetime, count: int) -> tuple[tuple[date, datetime], ...]:
    """The last `count` local days that end at the wall time of `until`: the date and each end."""
    last = until.astimezone(ZoneInfo(plan.timezone)).replace(fold=0)
    ends = (last - n * _DAY for n in reversed(range(1, count)))
    return (*((end.date(), end.astimezone(UTC)) for end in ends), (last.date(), until))


def _latest_day(plan: DigestPlan, day: date) -> date:
    """Give `day`, or the last day before it that is one of the plan's weekdays."""
    return next(d for d in (day - n * _DAY for n in range(7)) if d.weekday() in plan.days)


def _instant(plan: DigestPlan, day: date) -> datetime:
    local = datetime.combine(day, time(plan.hour, plan.minute), ZoneInfo(plan.timezone))
    return local.astimezone(UTC)


# --- what ---------------------------------------------------------------------------------------


def rank_stories(stories: Iterable[Story]) -> tuple[Story, ...]:
    """Best first: the score in steps of a tenth, then independent sources, then the newest.

    Finer differences of score mean less than a second source (they are within its calibration).
    """
    return tuple(
        sorted(stories, key=lambda s: (-round(s.score, 1), -s.sources, -s.last_seen_at.timestamp()))
    )


def compile_input(
    plan: DigestPlan,
    local_date: str,
    window: tuple[datetime, datetime],
    *,
    stories: Iterable[Story],
    baseline: Iterable[Flagged],
    health: Health,
    topics: Iterable[tuple[str, str]],
    near: Iterable[NearMiss] = (),
    moments: Iterable[tuple[datetime, Sequence[str]]] = (),
) -> DigestInput:
    """Choose what a digest tells: stories on its topics with news in the window, best first.

    Stories of baseline articles alone are not told; their articles are in `baseline`, best first.
    `near` has the nearest first. `moments` say when an article came and which topics it is on.
    """
    since, until = window
    told = (
        story
        for story in stories
        if not story.baseline and wants(plan, story.topics) and _has_news(story, since, until)
    )
    here_before = (flagged for flagged in baseline if wants(plan, flagged.topics))
    return DigestInput(
        plan_name=plan.name,
        local_date=local_date,
        since_at=since,
        until_at=until,
        stories=rank_stories(told),
        baseline=tuple(sorted(here_before, key=lambda f: -f.score)),
        health=health,
        topics=tuple((name, label) for name, label in topics if wants(plan, (name,))),
        near=_choose_near(plan, near),
        days=count_days(plan, until, moments),
    )


def wants(plan: DigestPlan, topics: Iterable[str]) -> bool:
    """Whether the plan tells of one of these topics."""
    return not plan.topics or not set(plan.topics).isdisjoint(topics)


def count_days(
    plan: DigestPlan, until: datetime, moments: Iterable[tuple[datetime, Sequence[str]]]
) -> tuple[tuple[date, int], ...]:
    """How many articles on the plan's topics came on each of the last days, the last to `until`."""
    wanted = [at for at, topics in moments if wants(plan, topics)]
    days = find_days(plan, until, CHART_DAYS + 1)
    return tuple(
        (day, sum(begin <= at < end for at in wanted)) for (_, begin), (day, end) in pairwise(days)
    )


def _choose_near(plan: DigestPlan, near: Iterable[NearMiss]) -> tuple[NearMiss, ...]:
    """Choose the nearest few, each article with the topic that it nearly was."""
    nearest: dict[int, NearMiss] = {}
    for miss in near:
        if wants(plan, (miss.topic,)):
            nearest.setdefault(miss.article.id, miss)
    return tuple(nearest.values())[:MOST_NEAR]


def _has_news(story: Story, since: datetime, until: datetime) -> bool:
    return any(since <= m.article.seen_at < until for m in story.members)
