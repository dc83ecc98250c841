"""Formatter: blocks become text, Markdown or an HTML document. Door to jinja2, css-inline and nh3.

Every text in a message may come from a feed, so it is written as literal text of the markup at
hand: it opens no link, starts no markup, pings nobody (FAULTS E7). The only links are those of
`Link` blocks with an http(s) address.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from urllib.parse import quote

import css_inline
import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup as SafeHtml

from monitor.core.model import (
    Block,
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
_ADDRESS = re.compile(r"(?<=\w):(?=//)|\bwww(?=\.)", re.IGNORECASE)
_BREAK = "\u200b"

_MARKUP = re.compile(r"[\\`*_\[\]<>#~|]|&(?=#?\w+;)")
_LINE_START = re.compile(r"^([-+=]|\d+(?=[.)]))")
_HTTP = re.compile(r"https?://[^\s\\<>\"]+\Z", re.IGNORECASE)
_URL_SAFE = ":/?#@!$&'*+,;=%~-._"

_TAGS = {"a", "blockquote", "h1", "h2", "li", "p", "span", "ul"}
_ATTRIBUTES = {tag: {"class"} for tag in _TAGS} | {"a": {"class", "href"}}


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

    Mentions ("@everyone", "<!here>", "<@1>") and written-out addresses ("http://…", "www.…") are
    broken with a zero-width space; control and bidi characters go.
    """
    line = " ".join(_UNSEEN.sub("", text).split())
    pinged = _MENTION.sub(lambda m: m.group() + _BREAK, line)
    return _ADDRESS.sub(lambda m: m.group() + _BREAK, pinged)


def _join_facts(pairs: Iterable[tuple[str, str]]) -> str:
    return " · ".join(f"{name}: {value}" for name, value in pairs)


# --- text ---------------------------------------------------------------------------------------


def _write_text(message: Message) -> str:
    return "\n\n".join(_text_block(block) for block in message.blocks)


def _text_block(block: Block) -> str:
    match block:
        case Heading(text):
            line = make_literal(text)
            return f"{line}\n{'=' * min(len(line), 72)}"
        case Quote(text):
            return f"> {make_literal(text)}"
        case Facts(pairs):
            return make_literal(_join_facts(pairs))
        case Link():
            return _text_link(block, indent="")
        case Links(items):
            return "\n".join(f"- {_text_link(item, indent='  ')}" for item in items)
        case Paragraph(text) | Footer(text):
            return make_literal(text)


def _text_link(link: Link, indent: str) -> str:
    meta = f" ({make_literal(link.meta)})" if link.meta else ""
    line = make_literal(link.text) + meta
    return f"{line}\n{indent}{link.url}" if _is_web(link.url) else line


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
            written = "\n".join(f"- {_markdown_link(item)}" for item in items)
        case Paragraph(text) | Footer(text):
            written = _markdown_line(text)
    return written


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
