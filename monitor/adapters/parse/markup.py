"""HTML as feeds and pages carry it: into plain text, and the feeds a page names."""

import html
import re
from collections.abc import Iterator

import lxml.html
from lxml import etree

from monitor.adapters.parse.link import absolute_link

TEXT_LIMIT = 20_000
"""Characters of plain text kept (FAULTS D9)."""

HTML_LIMIT = 1_000_000
"""Characters of HTML looked at for that text."""

_DROP = "script style noscript template iframe object svg math head form button"
_BREAK = """
p div br hr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre table tr section article aside header
footer figure figcaption address main nav
"""
_DROPPED, _BLOCK = frozenset(_DROP.split()), frozenset(_BREAK.split())
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_TAG = re.compile(r"<[a-zA-Z/!?]")
_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
"""For one thread: the worker's. Tags come in small letters."""


def to_text(markup: str) -> str:
    """Plain text of an HTML fragment: one line per block, entities decoded, scripts dropped."""
    markup = markup[:HTML_LIMIT]
    if not _TAG.search(markup):
        return tidy(html.unescape(markup))
    try:
        root = etree.fromstring(f"<div>{markup}</div>".encode(), parser=_PARSER)
    except (etree.LxmlError, ValueError):
        return tidy(html.unescape(_TAG.sub(" <", markup)))
    return tidy("".join(_pieces(root)))


def tidy(text: str) -> str:
    """Single spaces, single line ends, at most `TEXT_LIMIT` characters."""
    lines = (" ".join(line.split()) for line in text[: 10 * TEXT_LIMIT].split("\n"))
    return "\n".join(filter(None, lines))[:TEXT_LIMIT]


def find_feeds(page: bytes, url: str) -> tuple[tuple[str, str], ...]:
    """Feeds named by a page's `<link rel="alternate">`, as (title, absolute address)."""
    parser = lxml.html.HTMLParser(encoding="utf-8" if _is_utf8(page) else None)
    try:
        root = lxml.html.document_fromstring(page or b"<p>", parser=parser)
    except (etree.LxmlError, ValueError):
        return ()
    base = root.find(".//base[@href]")
    origin = absolute_link(base.get("href"), url) if base is not None else None
    found: dict[str, str] = {}
    for link in root.iter("link"):
        address = absolute_link(link.get("href"), origin or url)
        if address and _names_a_feed(link):
            found.setdefault(address, tidy(link.get("title") or ""))
    return tuple((title, address) for address, title in found.items())


def _is_utf8(page: bytes) -> bool:
    try:
        page.decode()
    except UnicodeDecodeError:
        return False
    return True


def _names_a_feed(link: lxml.html.HtmlElement) -> bool:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES


def _pieces(root: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCK:
            yield "\n"
        if event == "end":
            yield _inline(element.tail)
        elif element.tag in _DROPPED:
            walk.skip_subtree()
        else:
            yield _inline(element.text)


def _inline(text: str | None) -> str:
    return text.replace("\n", " ") if text else ""
