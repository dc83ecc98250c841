"""Turns what a person hands in (plain text, a web page, JSON) into documents."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from monitor.core.model import Document
from monitor.errors import ExtractError

_PAGE = re.compile(r"(?i)\s*<(?:!doctype\s+html|html\b|\?xml[^>]*\?>\s*<(?:!doctype\s+)?html)")
_FRAGMENT = re.compile(r"(?is)\s*<\w[^>]*>.*</(?:p|div|body|article|section|h[1-6])>")
_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SILENT = frozenset({"script", "style", "noscript", "template", "nav", "footer", "svg"})
_BREAKS = frozenset({"p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "article", "section"})


@dataclass(frozen=True, slots=True)
class Input:
    """One item to judge. `id` is what the person called it, of any JSON type, or None."""

    document: Document
    id: Any = None


def read_single(raw: bytes) -> Input:
    """Read one article of any form. Raise `ValueError` where a JSON object is no article."""
    text = _decode(raw)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return read_json(text)
        except json.JSONDecodeError:
            return Input(read_plain(text))
    if _PAGE.match(text.lstrip("\ufeff")) or _FRAGMENT.match(text):
        return Input(read_page(raw, text))
    return Input(read_plain(text))


def read_plain(text: str) -> Document:
    """Take the first line that says something as the title.

    The document's content is `text` itself (with a line end added where it is one line), blank
    lines, byte order mark and all, so that offsets count the characters of the file as given.
    """
    if "\n" not in text:
        text = text.replace("\r", "\n")
    said = re.search(r"[^\s\ufeff]", text)
    title_end = text.find("\n", said.start() if said else 0)
    return Document(text[:title_end], text[title_end + 1 :]) if title_end >= 0 else Document(text)


def read_json(line: str) -> Input:
    """Read an object with title and, all optional or null, id, text, summary and lang.

    Raise `ValueError` saying what is wrong.
    """
    try:
        row = json.loads(line.lstrip("\ufeff"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # content, not a programming mistake
    title = _text_of(row, "title")
    if title is None:
        raise ValueError("title is missing")
    text = _text_of(row, "text") or _text_of(row, "summary") or ""
    return Input(Document(title, text, _text_of(row, "lang")), row.get("id"))


def read_page(raw: bytes, text: str) -> Document:
    """Find title and article of a web page; where there is no clear article, all its text."""
    from monitor.learning.local import extract_article

    page = _Page()
    page.feed(text)
    page.close()
    title = " ".join((page.heading or page.title).split())
    try:
        return Document(title, extract_article(raw, "", title), page.language)
    except ExtractError:
        return Document(title, page.text, page.language)


def read_heading(raw: bytes) -> tuple[str, str | None]:
    """Find a web page's title and language."""
    page = _Page()
    page.feed(_decode(raw))
    page.close()
    return " ".join((page.heading or page.title).split()), page.language


def _decode(raw: bytes) -> str:
    """Decode keeping a byte order mark as the character it is; Windows-1252 where not UTF-8."""
    encoding = _ENCODINGS.get(raw[:2], "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _text_of(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key}: expected a text, found {type(value).__name__}")
    return value


class _Page(HTMLParser):
    """Collects title, first heading, language and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.heading = ""
        self.language: str | None = None
        self._open: list[str] = []
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs).get("lang")
        if tag in _SILENT or tag in {"title", "h1"}:
            self._open.append(tag)
        if tag in _BREAKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[self._open.index(tag) :]

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "title":
            self.title += data
        elif inside == "h1":
            self.heading += data
        elif inside not in _SILENT:
            self._parts.append(data)
