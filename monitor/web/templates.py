"""Writes pages: every value is escaped, and a link is one only where `core.link` allows it.

Beside `adapters.format` the door to jinja2.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.core.link import is_public_link
from monitor.core.marks import cut_pieces
from monitor.core.retell import find_remedy, retell
from monitor.core.rhythm import show_span
from monitor.core.words import (
    format_moment,
    format_number,
    format_percent,
    format_span,
    format_weekday,
    name_language,
    say,
    say_count,
)
from monitor.web.charts import draw_bars, measure_bars
from monitor.web.telling import tell_date, tell_plan

STATIC = Path(__file__).parent / "static"

_AGES = (
    # (from so many seconds on, its unit in seconds, the text)
    (86_400 * 2, 86_400, "page.ago.days"),
    (3_600, 3_600, "page.ago.hours"),
    (60, 60, "page.ago.minutes"),
)


def write_page(
    name: str,
    values: Mapping[str, Any],
    *,
    language: str,
    zone: str,
    now: datetime,
    allow: Collection[str],
) -> str:
    """Write the template of this name.

    `allow` are private "host:port" of feeds that a reader may follow links to.
    """
    words = {
        "language": language,
        "now": now,
        "say": partial(say, language),
        "say_count": partial(say_count, language),
        "number": partial(format_number, language),
        "percent": partial(format_percent, language),
        "decimal": partial(_write_decimal, language),
        "figure": partial(_write_figure, language),
        "moment": partial(_write_moment, language, zone),
        "ago": partial(_write_age, language, now),
        "span": partial(_write_span, language),
        "tell_plan": partial(tell_plan, language),
        "tell_date": partial(tell_date, language),
        "weekday": partial(format_weekday, language),
        "retell": partial(retell, language),
        "name_language": partial(name_language, language),
        "link": partial(_choose_link, allow),
        "pieces": cut_pieces,
        "find_remedy": find_remedy,
        "draw_bars": draw_bars,
        "measure_bars": measure_bars,
        "static": address_of,
    }
    return _environment().get_template(name).render(words | dict(values))


@cache
def address_of(name: str) -> str:
    """The address of a static file; it changes with its content, so a browser may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def compile_templates() -> None:
    """Make every template ready, once for the process: half a second in all."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _choose_link(allow: Collection[str], url: str | None) -> str | None:
    return url if url and is_public_link(url, allow) else None


def _write_decimal(language: str, value: float) -> str:
    """Write one decimal place: "4,2" in German, "4.2" in English."""
    written = f"{value:.1f}"
    return written.replace(".", ",") if language == "de" else written


def _write_figure(language: str, value: float | str) -> str:
    """Write a measured number, or its goal: "≥ 0,90" in German."""
    written = value if isinstance(value, str) else f"{value:.2f}"
    written = written.replace(">=", "≥").replace("<=", "≤")
    return written.replace(".", ",") if language == "de" else written


def _write_moment(language: str, zone: str, at: datetime) -> str:
    return format_moment(language, at, zone)


def _write_span(language: str, span: timedelta) -> str:
    return format_span(language, show_span(span))


def _write_age(language: str, now: datetime, at: datetime) -> str:
    """Write how long ago, or how soon: "3 hours ago", "in 5 minutes"."""
    span = now - at
    seconds = abs(span / timedelta(seconds=1))
    for least, unit, key in _AGES:
        if seconds >= least:
            ago = say_count(language, key, int(seconds // unit))
            return say(
                language, "page.ago.past" if span > timedelta() else "page.ago.soon", age=ago
            )
    return say(language, "page.ago.now")
