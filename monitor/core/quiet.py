"""Quiet hours: when a channel is to be left alone, by the clock on a wall of its zone.

Where the clock skips a time it is read with the offset before the change; where it shows a time
twice, quiet begins with the first and ends with the second. So a night is quiet once and whole,
also through both clock changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)

LONGEST = timedelta(hours=25)
"""All but a minute of a day, in the night that is an hour longer."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Daily spans [start, end) in an IANA zone; across midnight where the end is the earlier one.

    A span whose ends are equal is off.
    """

    spans: tuple[tuple[time, time], ...]
    timezone: str


def find_end(quiet: QuietHours, now: datetime) -> datetime | None:
    """When the quiet that holds at `now` ends, in UTC; None when it is not quiet.

    Spans that touch or overlap are one. Where they leave no gap it is `LONGEST` from now.
    """
    spans = list(_find_spans(quiet, now))
    until = now
    for _ in spans:
        until = max((end for begin, end in spans if begin <= until < end), default=until)
    return min(until, now + LONGEST) if until > now else None


def _find_spans(quiet: QuietHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans of the days around `now`, as instants."""
    zone = ZoneInfo(quiet.timezone)
    today = now.astimezone(zone).date()
    for start, end in quiet.spans:
        last = _DAY if end < start else timedelta()
        for day in (today - _DAY, today, today + _DAY):
            if start != end:
                yield _first(day, start, zone), _last(day + last, end, zone)


def _first(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _last(day: date, at: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, at, zone)
    return max(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))
