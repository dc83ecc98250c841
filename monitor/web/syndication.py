"""`/stories.atom`, `/stories.json`: the newest stories for feed readers and programs."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import INSTALLATION
from monitor.core.link import is_public_link
from monitor.ports import Transaction
from monitor.web.formats import ATOM, JSON_FEED, Item, Outlet, write_atom, write_json
from monitor.web.visit import Visit, shows

MOST = 50
"""Stories in a feed."""


async def show_atom(visit: Visit) -> Response:
    """The newest stories as Atom."""
    return await _show(visit, write_atom, ATOM)


async def show_json(visit: Visit) -> Response:
    """The newest stories as JSON Feed."""
    return await _show(visit, write_json, JSON_FEED)


async def _show(visit: Visit, write: Callable[[Outlet], bytes], kind: str) -> Response:
    outlet = await _make_outlet(visit)
    return answer(visit.request.headers, write(outlet), kind, outlet.updated_at)


async def _make_outlet(visit: Visit) -> Outlet:
    """The stories of one topic (`?topic=NAME`), or of all."""
    topic = visit.request.query_params.get("topic") or None

    def query(tx: Transaction) -> tuple[str, tuple[queries.Card, ...]]:
        cards = queries.list_cards(tx, visit.now, MOST, topic=topic)
        return tx.notes.get(INSTALLATION) or "", cards

    installation, cards = await visit.read(query)
    home = (visit.app.settings.web.public_url or str(visit.request.base_url)).rstrip("/")
    url = visit.request.url
    label = visit.app.parts.labels(visit.language).get(topic, topic) if topic else None
    return Outlet(
        id=name_thing(installation, f"stories/{topic or ''}"),
        title=f"monitor: {label}" if label else "monitor",
        home=f"{home}/",
        address=home + url.path + (f"?{url.query}" if url.query else ""),
        language=visit.language,
        items=tuple(_make_item(visit, card, installation, home) for card in cards),
    )


def _make_item(visit: Visit, card: queries.Card, installation: str, home: str) -> Item:
    story, lead = card.story, card.lead
    labels = visit.app.parts.labels(visit.language)
    page = f"{home}/stories/{story.id}"
    allowed = visit.app.settings.polling.allow
    return Item(
        id=name_thing(installation, f"stories/{story.id}"),
        title=story.title,
        link=lead.link if lead.link and is_public_link(lead.link, allowed) else page,
        page=page,
        content=visit.write_part("item.html.jinja", card=card, page=page),
        author=lead.feed,
        language=lead.language,
        topics={name: labels.get(name, name) for name in story.topics},
        published_at=story.first_seen_at,
        updated_at=story.last_seen_at,
        extra=_tell_programs(card),
    )


def _tell_programs(card: queries.Card) -> dict[str, object]:
    return {
        "story": card.story.id,
        "score": round(card.story.score, 4),
        "threshold": card.threshold,
        "articles": card.story.articles,
        "sources": card.story.sources,
        "told_at": card.told_at.isoformat() if card.told_at else None,
        "baseline": card.baseline,
    }


def name_thing(installation: str, path: str) -> str:
    """A name that stays the same wherever the page is reached, and is nobody else's (RFC 4122)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"monitor:{installation}/{path}").urn


def answer(asked: Headers, body: bytes, kind: str, changed_at: datetime) -> Response:
    """Answer with the document, or with 304 to a reader who has it already (RFC 9110, 13.1)."""
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(changed_at, usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if is_known(asked, headers["ETag"], headers["Last-Modified"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def is_known(asked: Headers, tag: str, changed: str) -> bool:
    """Whether the reader has what has this tag; the time counts only where it names no tags."""
    tags = asked.get("If-None-Match")
    if tags is not None:
        given = [one.strip().removeprefix("W/") for one in tags.split(",")]
        return tag in given or given == ["*"]
    since, newest = parsedate(asked.get("If-Modified-Since", "")), parsedate(changed)
    return bool(since and newest and since >= newest)


ROUTES = [Route("/stories.atom", shows(show_atom)), Route("/stories.json", shows(show_json))]
