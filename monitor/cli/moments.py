"""Reads what a person writes for a time."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import typer


def read_before(text: str, now: datetime, timezone: str) -> datetime:
    """Read a span before now ("7d") or a moment ("2026-11-01", local unless it has a zone)."""
    return _read(text, timezone, lambda span: now - span, '"7d" or "2026-11-01"')


def read_until(text: str, now: datetime, timezone: str) -> datetime:
    """Read a span from now ("2h") or a moment to come ("2026-12-01T08:00", local as above)."""
    moment = _read(text, timezone, lambda span: now + span, '"2h" or "2026-12-01T08:00"')
    if moment <= now:
        raise typer.BadParameter(f"{text} is over already")
    return moment


def _read(
    text: str, timezone: str, shift: Callable[[timedelta], datetime], examples: str
) -> datetime:
    from monitor.config import read_duration

    try:
        if re.fullmatch(r"\d{1,6}[smhd]", text):
            span = read_duration(text)
            return shift(span if isinstance(span, timedelta) else timedelta())
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is no time; write {examples}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
