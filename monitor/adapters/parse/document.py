"""Tells what kind of document a server has sent, by its first bytes; headers often lie."""

from monitor.adapters.parse.jsonfeed import parse_json_feed
from monitor.adapters.parse.syndication import parse_syndication
from monitor.core.model import ParsedFeed
from monitor.errors import NotAFeed

_START = 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse_document(
    body: bytes, url: str, content_type: str | None, marks: bytes = b""
) -> ParsedFeed:
    """Read what `marks` does not know of RSS or Atom, or a JSON Feed.

    Raise `NotAFeed` naming what it is instead, or `ParseError`.
    """
    # Blank lines before the root cost feedparser minutes and make the XML declaration an error.
    trimmed = body.removeprefix(_BYTE_ORDER_MARK).lstrip()
    start = trimmed[:_START].lower()
    if not trimmed.strip(b"\0 \t\r\n"):
        raise NotAFeed("an empty document, not a feed")
    if start.startswith((b"{", b"[")):
        return parse_json_feed(trimmed, url)
    if start.startswith((b"<!doctype html", b"<html")):
        raise NotAFeed("a web page, not a feed; `monitor feeds discover URL` finds its feeds")
    return parse_syndication(trimmed, url, content_type, marks)
