"""Writes the feeds that go out: Atom (RFC 4287) and JSON Feed 1.1. Door to feedgenerator."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from feedgenerator import Atom1Feed

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"

AUTHOR = "monitor"

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed changed that never had anything."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """A story for a feed reader. `link` leads to its first report, `page` to our page of it.

    `content` is HTML. `topics` are labels by name. `extra` is for programs: JSON Feed's own way
    to say more.
    """

    id: str
    title: str
    link: str
    page: str
    content: str
    author: str
    language: str | None
    topics: Mapping[str, str]
    published_at: datetime
    updated_at: datetime
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outlet:
    """The whole feed; `home` is the address of our page, `address` its own."""

    id: str
    title: str
    home: str
    address: str
    language: str
    items: tuple[Item, ...]

    @property
    def updated_at(self) -> datetime:
        """When the newest item changed."""
        return max((item.updated_at for item in self.items), default=NEVER)


def write_atom(outlet: Outlet) -> bytes:
    """Write Atom. What XML 1.0 cannot say in any way is left out."""
    feed = _Atom(
        outlet.title,
        outlet.home,
        description="",
        language=outlet.language,
        author_name=AUTHOR,
        feed_url=outlet.address,
        feed_guid=outlet.id,
        updated_at=outlet.updated_at,
    )
    for item in outlet.items:
        feed.add_item(
            clean(item.title),
            item.link,
            description=None,
            author_name=clean(item.author),
            pubdate=item.published_at,
            updateddate=item.updated_at,
            unique_id=item.id,
            content=clean(item.content),
            ours=item,
        )
    written = BytesIO()
    feed.write(written, "utf-8")
    return written.getvalue()


def write_json(outlet: Outlet) -> bytes:
    """Write JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.title,
        "home_page_url": outlet.home,
        "feed_url": outlet.address,
        "language": outlet.language,
        "items": [_write_item(item) for item in outlet.items],
    }
    return json.dumps(feed, indent=1).encode()


def clean(text: str) -> str:
    """Leave out what no XML 1.0 document may hold (section 2.2), however it is escaped."""
    return _NO_XML.sub("", text)


def _write_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.page,
        "external_url": item.link,
        "title": clean(item.title),
        "content_html": clean(item.content),
        "date_published": item.published_at.isoformat(),
        "date_modified": item.updated_at.isoformat(),
        "authors": [{"name": clean(item.author)}],
        "tags": list(item.topics),
        **({"language": item.language} if item.language else {}),
        "_monitor": dict(item.extra),
    }


class _Atom(Atom1Feed):  # type: ignore[misc]  # feedgenerator ships no types
    """Adds what feedgenerator leaves out: languages, labels of categories, a second link.

    An empty feed has changed at a time of its own instead of just now, so that its tag stays.
    """

    def latest_post_date(self) -> datetime:
        updated_at: datetime = self.feed["updated_at"]
        return updated_at

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item["ours"].language
        return {"xml:lang": language} if language else {}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        ours: Item = item["ours"]
        handler.addQuickElement("link", "", {"rel": "related", "href": ours.page})
        for name, label in ours.topics.items():
            handler.addQuickElement("category", "", {"term": name, "label": label})
