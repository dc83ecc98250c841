"""Tells the operator of the program itself, and marks what may be a repeat."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.model import Footer, Message, Paragraph
from monitor.core.render.parts import TITLE_LIMIT, name_some
from monitor.core.words import cut, format_number, say, say_count


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


def mark_repeated(message: Message) -> Message:
    """Say in the title that an earlier attempt may have arrived already."""
    mark = say(message.language, "repeated")
    return replace(message, title=f"{cut(message.title, TITLE_LIMIT - len(mark) - 1)} {mark}")
