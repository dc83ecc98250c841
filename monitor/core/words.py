"""The wording: says what the `texts` files hold, writes numbers, dates, names, cuts texts.

Values are substituted into our own templates only and are never read as templates themselves, so
a title such as "{secret}" or "%s" arrives as it is. A language other than "de" reads English.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.article_page_texts import ARTICLE_PAGE_TEXTS
from monitor.core.feed_page_texts import FEED_PAGE_TEXTS
from monitor.core.feed_texts import FEED_TEXTS
from monitor.core.gate_texts import GATE_TEXTS
from monitor.core.notice_texts import NOTICE_TEXTS
from monitor.core.outbox_texts import OUTBOX_TEXTS
from monitor.core.page_texts import PAGE_TEXTS
from monitor.core.status_page_texts import STATUS_PAGE_TEXTS
from monitor.core.texts import TEXTS

ELLIPSIS = "…"

_SAID = {
    **TEXTS,
    **NOTICE_TEXTS,
    **GATE_TEXTS,
    **FEED_TEXTS,
    **OUTBOX_TEXTS,
    **PAGE_TEXTS,
    **FEED_PAGE_TEXTS,
    **STATUS_PAGE_TEXTS,
    **ARTICLE_PAGE_TEXTS,
}

_DAYS_FROM = 48
"""So many hours are told in days."""

_RAREST = 1_000_000
"""No archive tells more of how rare something is."""

_LANGUAGES = {
    # code: (German, English)
    "de": ("Deutsch", "German"),
    "en": ("Englisch", "English"),
    "es": ("Spanisch", "Spanish"),
    "fr": ("Französisch", "French"),
    "it": ("Italienisch", "Italian"),
    "nl": ("Niederländisch", "Dutch"),
    "pl": ("Polnisch", "Polish"),
    "pt": ("Portugiesisch", "Portuguese"),
}

_MONTHS = (
    # (German, English)
    ("Januar", "January"),
    ("Februar", "February"),
    ("März", "March"),
    ("April", "April"),
    ("Mai", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("August", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Dezember", "December"),
)

_WEEKDAYS = (
    # (German, English)
    ("Mo", "Mon"),
    ("Di", "Tue"),
    ("Mi", "Wed"),
    ("Do", "Thu"),
    ("Fr", "Fri"),
    ("Sa", "Sat"),
    ("So", "Sun"),
)

_GLUED = {0x200D, *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)}
_REGIONAL = range(0x1F1E6, 0x1F200)


def say(language: str, key: str, **values: str | int) -> str:
    """Give the text `key` with `values` inserted verbatim; raise KeyError for an unknown key."""
    return _SAID[key][_column(language)].format(**values)


def say_count(language: str, key: str, n: int, **values: str | int) -> str:
    """Give the singular or plural of `key`, with the number written as the language does."""
    form = "one" if n == 1 else "other"
    return say(language, f"{key}.{form}", n=format_number(language, n), **values)


def format_number(language: str, n: int) -> str:
    """1204 is "1.204" in German, "1,204" in English."""
    grouped = f"{n:,}"
    return grouped.replace(",", ".") if language == "de" else grouped


def format_figure(language: str, figure: str) -> str:
    """Write a figure as `core.signals` finds it, "1500.5 billion" as "1500,5 Milliarden".

    One without a unit stays as it is.
    """
    number, _, unit = figure.partition(" ")
    written = number.replace(".", ",") if language == "de" else number
    return say(language, f"figure.{unit}", n=written) if unit else written


def format_span(language: str, span: str) -> str:
    """Write a duration of `core.rhythm`: "3h" is "3 Std." in German, "30" are seconds."""
    number, unit = (span[:-1], span[-1]) if span[-1:].isalpha() else (span, "s")
    return say_count(language, f"span.{unit}", int(number))


def format_percent(language: str, share: float) -> str:
    """0.87 is "87 %" in German (with a no-break space), "87%" in English."""
    # A score just under one must not read as certainty.
    whole = min(round(share * 100), 99) if share < 1 else 100
    return f"{whole}\N{NO-BREAK SPACE}%" if language == "de" else f"{whole}%"


def format_since(language: str, span: timedelta) -> str:
    """Write a duration as one says it after "seit" or "for": "9 Stunden", "6 Tagen"."""
    hours = span // timedelta(hours=1)
    if hours < _DAYS_FROM:
        return say_count(language, "hours", hours)
    return say_count(language, "days", round(span / timedelta(days=1)))


def format_odds(language: str, odds: float) -> str:
    """Write odds below one as a person would: "1 von 3.000", never rarer than they are."""
    times = int(min(1 / max(odds, 1 / _RAREST), _RAREST))
    step = 10 ** (len(str(times)) - 1)
    key = "lull.rarest" if odds < 1 / _RAREST else "lull.odds"
    return say(language, key, n=format_number(language, times // step * step))


def format_date(language: str, day: date) -> str:
    """Write a day out: "24. November 2026", "24 November 2026"."""
    dot = "." if language == "de" else ""
    return f"{day.day}{dot} {_MONTHS[day.month - 1][_column(language)]} {day.year}"


def format_day(language: str, day: date) -> str:
    """Write a day of this year: "24. November", "24 November"."""
    return format_date(language, day).rpartition(" ")[0]


def format_weekday(language: str, day: date) -> str:
    """Write a day in a few characters: "Di 24.11.", "Tue 24 Nov"."""
    name = name_weekday(language, day.weekday())
    if language == "de":
        return f"{name} {day:%d.%m.}"
    return f"{name} {day.day} {_MONTHS[day.month - 1][1][:3]}"


def name_weekday(language: str, weekday: int) -> str:
    """Name a weekday, 0 being Monday, in a few characters: "Di", "Tue"."""
    return _WEEKDAYS[weekday][_column(language)]


def format_moment(language: str, at: datetime, zone: str) -> str:
    """Write an aware time in an IANA zone: "24. November 2026, 07:05"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_date(language, local)}, {local:%H:%M}"


def name_language(language: str, code: str | None) -> str | None:
    """Name a language ("fr" or "fr-CH" is "Französisch"); an unknown code stays as it is."""
    if not code:
        return None
    names = _LANGUAGES.get(code.lower().split("-")[0])
    return names[_column(language)] if names else code


def join_names(language: str, names: Sequence[str]) -> str:
    """Join as people do: "a", "a and b", "a, b and c"."""
    *head, last = names
    return say(language, "list.and").join([", ".join(head), last]) if head else last


def cut(text: str, limit: int) -> str:
    """Shorten to at most `limit` characters, the last one "…", never inside a grapheme.

    A grapheme here is a base with its combining marks, variation selectors, joined emoji or a
    pair of regional indicators: the parts of UAX #29 that news titles contain.
    """
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and _continues(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def cut_at_word(text: str, limit: int) -> str:
    """As `cut`, but between two words where the last fifth of the text has a space."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", limit - 1 - limit // 5, limit)
    return re.sub(r"[\s,;:–-]+$", "", text[:space]) + ELLIPSIS if space > 0 else cut(text, limit)


def _column(language: str) -> int:
    return 0 if language == "de" else 1


def _continues(text: str, at: int) -> bool:
    """Whether text[at] belongs to the same grapheme as the character before it."""
    before, here = ord(text[at - 1]), ord(text[at])
    if here in _GLUED or unicodedata.category(text[at]) in {"Mn", "Me", "Mc"}:
        return True
    if before == 0x200D:  # noqa: PLR2004 - the zero-width joiner
        return True
    return here in _REGIONAL and _regional_run(text, at) % 2 == 1


def _regional_run(text: str, at: int) -> int:
    start = at
    while start > 0 and ord(text[start - 1]) in _REGIONAL:
        start -= 1
    return at - start
