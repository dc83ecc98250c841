"""What a document says of when it changes: `<ttl>`, `sy:updatePeriod`, skipHours and skipDays."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from monitor.core.model import FeedHints

MOST = timedelta(days=7)
HEAD = 65_536
"""Bytes in which the skips are looked for: they stand before the items."""

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPS = re.compile(
    rb"<skip(hour|day)s[^>]{0,100}>(.{0,4000}?)</skip\1s", re.DOTALL | re.IGNORECASE
)
_VALUE = re.compile(r"<(?:hour|day)[^>]{0,100}>\s{0,100}(\w{1,9})", re.IGNORECASE)


def read_hints(feed: Any, body: bytes) -> FeedHints | None:
    """Read them from feedparser's feed and, since it keeps one skip only, from the document."""
    pause = max((*_read_ttl(feed), *_read_period(feed)), default=None)
    hours, days = set[int](), set[int]()
    for kind, inside in _SKIPS.findall(body[:HEAD]):
        values = _VALUE.findall(inside.decode("ascii", "replace"))
        if kind.lower() == b"hour":
            hours.update(int(hour) % 24 for hour in values if hour.isdecimal())
        else:
            days.update(_DAYS.index(day.lower()) for day in values if day.lower() in _DAYS)
    if pause is None and not hours and not days:
        return None
    return FeedHints(pause, tuple(sorted(hours)), tuple(sorted(days)))


def _read_ttl(feed: Any) -> Iterator[timedelta]:
    minutes = _read_number(feed.get("ttl"))
    if minutes:
        yield min(timedelta(minutes=minutes), MOST)


def _read_period(feed: Any) -> Iterator[timedelta]:
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period is not None:
        times = _read_number(feed.get("sy_updatefrequency")) or 1
        yield min(period / times, MOST)


def _read_number(value: object) -> int:
    digits = str(value or "").strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else 0
