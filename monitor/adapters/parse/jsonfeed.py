"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) by the standard library."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from monitor.adapters.parse.link import absolute_link, canonical_link
from monitor.adapters.parse.markup import tidy, to_text
from monitor.core.model import Entry, ParsedFeed
from monitor.errors import NotAFeed, ParseError

VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")

MOST_ITEMS = 20_000
"""More are not read: two hundred thousand empty ones kept the parent process busy for nine seconds,
and 44 MB of it. Of a document in XML the limit of time allows about half as many."""

MANY_PROBLEMS = 20


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """Read it; items that are no objects are problems, and so are too many.

    Raise `NotAFeed` for other JSON.
    """
    try:
        # Numbers stay as they are written: an id may be one, and some are too long to be read.
        text = body.decode(json.detect_encoding(body), "replace")
        document = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"broken JSON: {error}"[:200]) from error
    if not isinstance(document, dict) or not _text(document, "version").startswith(VERSIONS):
        raise NotAFeed("a JSON document, not a JSON Feed")
    items = document.get("items")
    if not isinstance(items, list):
        raise ParseError("a JSON Feed without a list of items")
    read = items[:MOST_ITEMS]
    good = [item for item in read if isinstance(item, dict)]
    return ParsedFeed(
        title=to_text(_text(document, "title")),
        language=_text(document, "language") or None,
        entries=tuple(_entry(item, url) for item in good),
        problems=(*_count_unread(items), *_find_odd(read)),
    )


def _count_unread(items: list[Any]) -> Iterator[str]:
    if len(items) > MOST_ITEMS:
        yield f"of {len(items):,} items the first {MOST_ITEMS:,} are read"


def _find_odd(items: list[Any]) -> Iterator[str]:
    odd = (n for n, item in enumerate(items, 1) if not isinstance(item, dict))
    return (f"item {n} is not an object" for n in islice(odd, MANY_PROBLEMS))


def _entry(item: dict[str, Any], url: str) -> Entry:
    link = absolute_link(_text(item, "url") or _text(item, "external_url"), url)
    texts = (
        to_text(_text(item, "content_html")),
        tidy(_text(item, "content_text")),
        tidy(_text(item, "summary")),
    )
    return Entry(
        guid=_text(item, "id") or None,
        link=link,
        canonical_link=canonical_link(link),
        title=tidy(_text(item, "title")),
        text=max(texts, key=len),
        published_at=_date(_text(item, "date_published") or _text(item, "date_modified")),
        language=_text(item, "language") or None,
    )


def _text(thing: dict[str, Any], key: str) -> str:
    value = thing.get(key)
    return value if isinstance(value, str) else ""


def _date(value: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
