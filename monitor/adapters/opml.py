"""Lists of feeds as OPML 2.0: read through listparser (its only door), written by us."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import listparser

from monitor.core.model import FeedSpec, Origin
from monitor.errors import NotAFeed, ParseError

MAX_BYTES = 10_000_000


def read_opml(text: bytes) -> tuple[FeedSpec, ...]:
    """The http(s) feeds of a list, each address once; folders and categories become tags.

    Raise `NotAFeed` when it is no list of feeds, `ParseError` when it is too large or names none.
    """
    if len(text) > MAX_BYTES:
        raise ParseError(f"an OPML file of more than {MAX_BYTES:,} bytes")
    # Bytes only: a string that looks like an address would be fetched.
    found: dict[str, Any] = listparser.parse(bytes(text))
    if not found["version"]:
        raise NotAFeed("not an OPML file")
    specs = {feed["url"]: _make_spec(feed) for feed in found["feeds"] if _is_web(feed["url"])}
    if not specs:
        raise ParseError("the OPML file names no feeds")
    return tuple(specs.values())


def write_opml(feeds: Iterable[FeedSpec], title: str) -> str:
    """An OPML 2.0 document (http://opml.org/spec2.opml); tags become categories."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        attributes = {"type": "rss", "text": feed.name, "xmlUrl": feed.url}
        if feed.tags:
            attributes["category"] = ",".join(feed.tags)
        ET.SubElement(body, "outline", attributes)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _make_spec(feed: dict[str, Any]) -> FeedSpec:
    return FeedSpec(
        url=feed["url"],
        name=feed["title"] or urlsplit(feed["url"]).hostname or feed["url"],
        tags=tuple(dict.fromkeys(_tags(feed))),
        origin=Origin.COMMAND,
    )


def _tags(feed: dict[str, Any]) -> Iterator[str]:
    for path in feed.get("categories", ()):
        yield from (part for part in path if part)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # An address is stored and shown, so one that holds a password is not taken.
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
