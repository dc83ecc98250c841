"""Formatter: blocks become text, Markdown or an HTML document. Door to jinja2, css-inline and nh3.

Every text in a message may come from a feed, so it is written as literal text of the markup at
hand: it opens no link, starts no markup, pings nobody (FAULTS E7). The only links are those of
`Link` blocks with an http(s) address.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import quote

import css_inline
import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as SafeHtml

from monitor.core.model import (
    Actions,
    Block,
    Card,
    Chart,
    Facts,
    Footer,
    Heading,
    Link,
    Links,
    Markup,
    Message,
    Paragraph,
    Quote,
)

# Control characters, and those that reorder or hide text (bidi, soft hyphen, zero width). The
# zero-width joiner and non-joiner stay: emoji and several scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_MENTION = re.compile(r"@(?=\S)|(?<=<)[!#&]|(?<=&lt;)!")
_ADDRESS = re.compile(r"(?<=\w):(?=//)|\bwww(?=\.)|(?<=\w)\.(?=[^\W\d_]{2})", re.IGNORECASE)
_BREAK = "\u200b"
# White space but for the no-break space, which keeps a number beside its unit.
_SPACES = re.compile(r"[^\S\u00a0]+")

_MARKUP = re.compile(r"[\\`*_\[\]<>#~|]|&(?=#?\w+;)")
_LINE_START = re.compile(r"^([-+=]|\d+(?=[.)]))")
_HTTP = re.compile(r"https?://[^\s\\<>\"]+\Z", re.IGNORECASE)
_URL_SAFE = ":/?#@!$&'*+,;=%~-._"

_TEXT_BAR = 30
"""Characters of the longest bar of a chart written as text."""

_TAGS = {
    *("a", "blockquote", "div", "h1", "h2", "h3", "li", "p", "span", "ul"),
    *("table", "tbody", "td", "tr"),
}
_ATTRIBUTES = {tag: {"class"} for tag in _TAGS} | {
    "a": {"class", "href"},
    "table": {"class", "width", "cellpadding", "cellspacing", "border", "align", "role"},
    "td": {"class", "width", "height", "bgcolor", "align", "valign", "colspan", "title"},
}


class MessageFormatter:
    """The Formatter port. Holds nothing; equal messages give equal texts."""

    def format(self, message: Message, markup: Markup) -> str:
        """Give the body without the title (HTML: a whole document, title included)."""
        return _WRITERS[markup](message)

    def title(self, message: Message, markup: Markup) -> str:
        """Give the title as one line of that markup, for channels that put it into the body."""
        return _TITLES[markup](message.title)


def make_literal(text: str) -> str:
    """Give one line of text that no renderer turns into a mention or a link by itself.

    Mentions ("@everyone", "<!here>", "<@1>") and written-out addresses ("http://…", "www.…",
    "example.org") are broken with a zero-width space; control and bidi characters go.
    """
    line = _SPACES.sub(" ", _UNSEEN.sub("", text)).strip()
    pinged = _MENTION.sub(lambda m: m.group() + _BREAK, line)
    return _ADDRESS.sub(lambda m: m.group() + _BREAK, pinged)


def draw_bars(chart: Chart) -> tuple[str, ...]:
    """Write a chart as lines that align in a font of one width: day, count, bar."""
    most = max((count for _, count in chart.bars), default=0) or 1
    days = [make_literal(day) for day, _ in chart.bars]
    wide = max(map(len, days), default=0)
    digits = len(str(most))
    return tuple(
        f"{day:<{wide}}  {count:>{digits}} {'█' * scale(count, most, _TEXT_BAR)}".rstrip()
        for day, (_, count) in zip(days, chart.bars, strict=True)
    )


def scale(count: int, most: int, length: int) -> int:
    """How long a bar is where `most` is `length`; what is more than nothing is seen."""
    return max(round(count * length / most), 1) if count else 0


def _join_facts(pairs: Iterable[tuple[str, str]]) -> str:
    return " · ".join(f"{name}: {value}" for name, value in pairs)


def _join_card(card: Card) -> str:
    return " · ".join(filter(None, (card.tag, *card.facts, card.link.meta)))


# --- text ---------------------------------------------------------------------------------------


def _write_text(message: Message) -> str:
    return "\n\n".join(_text_block(block) for block in message.blocks)


def _text_block(block: Block) -> str:
    match block:
        case Heading(text):
            written = _text_heading(text)
        case Quote(text):
            written = f"> {make_literal(text)}"
        case Facts(pairs):
            written = make_literal(_join_facts(pairs))
        case Link():
            written = _text_link(block)
        case Links(items):
            written = _text_links(items)
        case Actions(items):
            written = "\n".join(_text_link(item, ": ") for item in items)
        case Card():
            written = "\n".join(_text_card(block))
        case Chart(title):
            written = "\n".join((_text_heading(title), *draw_bars(block)))
        case Paragraph(text) | Footer(text):
            written = make_literal(text)
    return written


def _text_heading(text: str) -> str:
    line = make_literal(text)
    return f"{line}\n{'=' * min(len(line), 72)}"


def _text_card(card: Card) -> Iterator[str]:
    """The title, what is known, the address in full, then every other report with its own."""
    yield make_literal(card.link.text)
    yield make_literal(_join_card(card))
    if _is_web(card.link.url):
        yield card.link.url or ""
    if card.reports:
        yield _text_links(card.reports)
    for language, links in card.also:
        yield f"{make_literal(language)}:"
        yield _text_links(links)
    for action in card.actions:
        yield _text_link(action, ": ")


def _text_links(links: Iterable[Link]) -> str:
    return "\n".join("- " + _text_link(link, "\n  ") for link in links)


def _text_link(link: Link, between: str = "\n") -> str:
    meta = f" ({make_literal(link.meta)})" if link.meta else ""
    line = make_literal(link.text) + meta
    return f"{line}{between}{link.url}" if _is_web(link.url) else line


# --- Markdown -----------------------------------------------------------------------------------


def escape_markdown(text: str) -> str:
    """Write a literal in CommonMark, with as few escapes as suffice.

    Chat services show escapes they do not know, so only what could start markup gets one.
    """
    return _MARKUP.sub(r"\\\g<0>", make_literal(text))


def _write_markdown(message: Message) -> str:
    return "\n\n".join(_markdown_block(block) for block in message.blocks)


def _markdown_block(block: Block) -> str:
    match block:
        case Heading(text):
            written = f"**{escape_markdown(text)}**"
        case Quote(text):
            written = f"> {_markdown_line(text)}"
        case Facts(pairs):
            written = _markdown_line(_join_facts(pairs))
        case Link():
            written = _markdown_link(block)
        case Links(items):
            written = _markdown_links(items)
        case Actions(items):
            written = " · ".join(map(_markdown_link, items))
        case Card():
            written = "\n".join(_markdown_card(block))
        case Chart(title):
            # Only between fences do the bars align; a fence in a day's name would end them.
            bars = "\n".join(draw_bars(block)).replace("`", "'")
            written = f"**{escape_markdown(title)}**\n```\n{bars}\n```"
        case Paragraph(text) | Footer(text):
            written = _markdown_line(text)
    return written


def _markdown_card(card: Card) -> Iterator[str]:
    # Two spaces at its end break a line, or it would run on into the next.
    yield f"**{_markdown_link(replace(card.link, meta=''))}**  "
    yield _markdown_line(_join_card(card)) + "  " * bool(card.also or card.actions)
    if card.reports:
        yield _markdown_links(card.reports) + "\n" * bool(card.also or card.actions)
    for language, links in card.also:
        yield f"{_markdown_line(language)}: {', '.join(map(_markdown_link, links))}  "
    if card.actions:
        yield " · ".join(map(_markdown_link, card.actions))


def _markdown_links(links: Iterable[Link]) -> str:
    return "\n".join(f"- {_markdown_link(link)}" for link in links)


def _markdown_line(text: str) -> str:
    """As `escape_markdown`, at the start of a line, where "1." and "-" would start a list."""
    line = escape_markdown(text)
    return _LINE_START.sub(lambda m: m[0] + "\\" if m[0].isdigit() else "\\" + m[0], line)


def _markdown_link(link: Link) -> str:
    meta = f" ({escape_markdown(link.meta)})" if link.meta else ""
    if not _is_web(link.url):
        return _markdown_line(link.text) + meta
    return f"[{escape_markdown(link.text)}]({quote(link.url or '', safe=_URL_SAFE)}){meta}"


# --- HTML ---------------------------------------------------------------------------------------


def _write_html(message: Message) -> str:
    """Fill the template, sanitise the body once more, and move the styles into the elements."""
    page = _environment().get_template("message.html.jinja")
    body = _environment().get_template("blocks.html.jinja").render(message=message)
    safe = nh3.clean(
        body,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    document = page.render(message=message, body=SafeHtml(safe))  # noqa: S704 - nh3 has cleaned it
    return _inliner().inline(document)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.adapters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["literal"] = make_literal
    environment.filters["scale"] = scale
    environment.filters["join_card"] = _join_card
    environment.tests["web"] = _is_web
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def _escape_html(text: str) -> str:
    return str(SafeHtml.escape(make_literal(text)))


def _is_web(url: str | None) -> bool:
    return url is not None and url.isprintable() and _HTTP.match(url) is not None


_WRITERS: dict[Markup, Callable[[Message], str]] = {
    Markup.TEXT: _write_text,
    Markup.MARKDOWN: _write_markdown,
    Markup.HTML: _write_html,
}
_TITLES: dict[Markup, Callable[[str], str]] = {
    Markup.TEXT: make_literal,
    Markup.MARKDOWN: escape_markdown,
    Markup.HTML: _escape_html,
}
