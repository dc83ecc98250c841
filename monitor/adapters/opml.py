"""Lists of feeds as OPML 2.0: read through listparser (its only door), written by us.

Tags are folders, the first one the outermost: every reader understands them, and unlike the
categories of OPML they may hold commas and slashes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from monitor.core.article import clean_text
from monitor.core.model import FeedSpec, Origin
from monitor.errors import NotAFeed, ParseError

MAX_BYTES = 10_000_000
MOST_TAGS = 20
LONGEST_NAME = 200

_DECLARED = re.compile(rb"\s{0,99}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"\ufeff?\s{0,99}<\?xml[^>]{0,200}>")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_opml(text: bytes) -> tuple[FeedSpec, ...]:
    """What a list names, each address once, whatever the address is; folders become tags.

    Raise `NotAFeed` when it is no list of feeds, `ParseError` when it is too large or names none.
    """
    import listparser  # noqa: PLC0415  # brings an HTTP client; the daemon never needs it

    if len(text) > MAX_BYTES:
        raise ParseError(f"an OPML file of more than {MAX_BYTES:,} bytes")
    # Bytes only: a string that looks like an address would be fetched. With the mark they are taken
    # for what they are: listparser reads them as HTML, whose encodings are not those of XML.
    found: dict[str, Any] = listparser.parse(b"\xef\xbb\xbf" + _decode(text).encode())
    if not found["version"]:
        raise NotAFeed("not an OPML file")
    if not found["feeds"]:
        raise ParseError("the OPML file names no feeds")
    return tuple(_make_spec(feed) for feed in found["feeds"])


def write_opml(feeds: Iterable[FeedSpec], title: str) -> str:
    """An OPML 2.0 document (http://opml.org/spec2.opml); tags become folders in folders."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    folders: dict[tuple[str, ...], ET.Element] = {(): ET.SubElement(root, "body")}
    for feed in feeds:
        attributes = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
        ET.SubElement(_open_folder(folders, feed.tags), "outline", attributes)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _open_folder(folders: dict[tuple[str, ...], ET.Element], path: tuple[str, ...]) -> ET.Element:
    if path not in folders:
        parent = _open_folder(folders, path[:-1])
        folders[path] = ET.SubElement(parent, "outline", text=path[-1], title=path[-1])
    return folders[path]


def _decode(text: bytes) -> str:
    """The text without its declaration: as the mark or the declaration says, else UTF-8."""
    marked = [name for mark, name in _BYTE_ORDER_MARKS if text.startswith(mark)]
    declared = _DECLARED.match(text)
    for name in (*marked, declared[1].decode() if declared else "utf-8", "utf-8"):
        try:
            decoded = text.decode(name)
            break
        except (LookupError, UnicodeError):
            continue
    else:
        decoded = text.decode("cp1252", "replace")
    declaration = _DECLARATION.match(decoded)
    return decoded[declaration.end() :] if declaration else decoded.removeprefix("\ufeff")


def _make_spec(feed: dict[str, Any]) -> FeedSpec:
    url, title = feed["url"], clean_text(feed["title"], LONGEST_NAME)
    # Some name a feed by its address, which may hold a password.
    name = title if title and not ("://" in title and "@" in title) else _host_of(url)
    tags = dict.fromkeys(clean_text(tag, LONGEST_NAME) for tag in _tags(feed))
    return FeedSpec(
        url=url,
        name=name,
        tags=tuple(tag for tag in tags if tag)[:MOST_TAGS],
        origin=Origin.COMMAND,
    )


def _tags(feed: dict[str, Any]) -> Iterator[str]:
    for path in feed.get("categories", ()):
        yield from path


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no name"
    except ValueError:
        return "no name"
