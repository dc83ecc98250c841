"""Tells the operator of the program itself, and marks what may be a repeat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.model import (
    Footer,
    Link,
    Links,
    Lull,
    Message,
    Paragraph,
    Trouble,
    TroubleKind,
)
from monitor.core.render.parts import TITLE_LIMIT, count_rest, name_some
from monitor.core.words import (
    cut,
    cut_at_word,
    format_moment,
    format_number,
    format_odds,
    format_since,
    say,
    say_count,
)

LISTED = 20
DETAIL_LIMIT = 300


def render_baseline(feeds: Sequence[str], imported: int, matched: int, language: str) -> Message:
    """Say once what the first fetch of these feeds brought, and that it raises no alert."""
    counts = say(
        language,
        "baseline.counts",
        imported=format_number(language, imported),
        matched=format_number(language, matched),
    )
    named = say(language, "baseline.feeds", names=name_some(feeds, language))
    blocks = (Paragraph(counts), Paragraph(named), Footer(say(language, "baseline.rule")))
    return Message(say_count(language, "baseline.title", len(feeds)), blocks, language)


def render_notice(kind: str, language: str, **values: str | int) -> Message:
    """Tell the operator something; `kind` is the middle of a `notice.….title` key of the words.

    Raise KeyError for an unknown kind or a missing value.
    """
    title = say(language, f"notice.{kind}.title", **values)
    text = say(language, f"notice.{kind}.text", **values)
    return Message(cut(title, TITLE_LIMIT), (Paragraph(text),), language)


def render_troubles(
    kind: TroubleKind,
    troubles: Sequence[tuple[Trouble, datetime]],
    language: str,
    zone: str,
    *,
    over: bool,
) -> Message:
    """Tell of troubles of one kind, each with when it began: that they are there, or over."""
    key = f"notice.{kind}.over" if over else f"notice.{kind}"
    n = len(troubles)
    if n > 1:
        title = say(language, f"{key}.titles", n=format_number(language, n))
    else:
        title = say(language, f"{key}.title", name=troubles[0][0].name)
    tell = _tell_over if over else _tell_trouble
    items = tuple(tell(t, began, language, zone) for t, began in troubles[:LISTED])
    blocks = (
        Paragraph(say(language, f"{key}.text")),
        Links((*items, *count_rest(n - LISTED, language))),
    )
    return Message(cut(title, TITLE_LIMIT), blocks, language)


def _tell_trouble(trouble: Trouble, began_at: datetime, language: str, zone: str) -> Link:
    """Name, since when, and the error: "Kreisbote (since 24 November 2026, 07:05; HTTP 500)".

    Of a silence: how long it is, what comes otherwise, and how rare that is.
    """
    if trouble.lull:
        return Link(cut(trouble.name, TITLE_LIMIT), None, _tell_lull(trouble.lull, language))
    since = say(
        language, "notice.since", at=format_moment(language, trouble.since or began_at, zone)
    )
    if not trouble.name:
        return Link("; ".join(filter(None, (since, trouble.detail))), None)
    detail = cut_at_word(trouble.detail, DETAIL_LIMIT)
    return Link(cut(trouble.name, TITLE_LIMIT), None, "; ".join(filter(None, (since, detail))))


def _tell_over(trouble: Trouble, began_at: datetime, language: str, zone: str) -> Link:
    """As `_tell_trouble`; of a silence that is over only since when it was."""
    if not trouble.lull:
        return _tell_trouble(trouble, began_at, language, zone)
    since = format_moment(language, trouble.since or began_at, zone)
    return Link(cut(trouble.name, TITLE_LIMIT), None, say(language, "lull.over", at=since))


def _tell_lull(lull: Lull, language: str) -> str:
    usual = say_count(language, "digest.articles", max(round(lull.usual), 1))
    odds, span = format_odds(language, lull.odds), format_since(language, lull.span)
    return say(language, "lull", span=span, usual=usual, odds=odds)


def mark_repeated(message: Message) -> Message:
    """Say in the title that an earlier attempt may have arrived already."""
    mark = say(message.language, "repeated")
    return replace(message, title=f"{cut(message.title, TITLE_LIMIT - len(mark) - 1)} {mark}")
