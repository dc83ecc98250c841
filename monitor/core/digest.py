"""Sixth stage: which digests are due, what span they cover, and what belongs into one.

The digest of local date D for a plan at HH:MM covers [D-1 HH:MM, D HH:MM) in the plan's zone, so
that the digests of all dates tile time. Where the clock skips HH:MM the instant is read with the
offset before the change, where it shows it twice the first one counts (PEP 495, fold 0).
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.events import DigestDue
from monitor.core.model import DigestInput, DigestPlan, Flagged, Health, Story

_DAY = timedelta(days=1)


def due_digests(
    plans: Iterable[DigestPlan],
    now: datetime,
    done: Collection[tuple[str, str]],
    not_before: datetime,
) -> tuple[DigestDue, ...]:
    """The newest digest of each plan whose time has come and that is not `done`.

    `done` holds (plan name, local date) pairs. After a downtime only the newest missed date is
    due; `digest_window` lets it cover the older ones. What ended at or before `not_before`, the
    program's first start, is never due.
    """
    due = []
    for plan in plans:
        day = newest_date(plan, now)
        missed = (plan.name, day.isoformat()) not in done
        if missed and _instant(plan, day) > not_before:
            due.append(DigestDue(plan.name, day.isoformat()))
    return tuple(due)


def newest_date(plan: DigestPlan, now: datetime) -> date:
    """The last local date whose HH:MM has been reached."""
    today = now.astimezone(ZoneInfo(plan.timezone)).date()
    # A zone may skip a whole date (Samoa, 2011-12-30), so tomorrow's instant can be reached today.
    candidates = (today + _DAY, today, today - _DAY)
    return next((day for day in candidates if _instant(plan, day) <= now), today - 2 * _DAY)


def digest_window(
    plan: DigestPlan, local_date: str, last_done: str | None = None
) -> tuple[datetime, datetime]:
    """The span [since, until) in UTC that a digest covers.

    `last_done` is the local date of the digest before it (`last_date`); missed dates in between
    are covered too. Without one, or with one that is not earlier, the span is one local day.
    """
    day = date.fromisoformat(local_date)
    before = date.fromisoformat(last_done) if last_done else day
    return _instant(plan, before if before < day else day - _DAY), _instant(plan, day)


def last_date(name: str, done: Iterable[tuple[str, str]], local_date: str) -> str | None:
    """The newest date before `local_date` for which the plan's digest was made."""
    return max((day for plan, day in done if plan == name and day < local_date), default=None)


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
) -> DigestInput:
    """Choose what a digest tells: stories with news in the window, best first.

    Stories of baseline articles alone are not told; their articles are in `baseline`, best first.
    """
    since, until = window
    told = (s for s in stories if not s.baseline and _has_news(s, since, until))
    return DigestInput(
        plan_name=plan.name,
        local_date=local_date,
        stories=rank_stories(told),
        baseline=tuple(sorted(baseline, key=lambda f: -f.score)),
        health=health,
        topics=tuple(topics),
    )


def _has_news(story: Story, since: datetime, until: datetime) -> bool:
    return any(since <= m.article.first_seen_at < until for m in story.members)


def _instant(plan: DigestPlan, day: date) -> datetime:
    local = datetime.combine(day, time(plan.hour, plan.minute), ZoneInfo(plan.timezone))
    return local.astimezone(UTC)
