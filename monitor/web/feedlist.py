"""Which feeds there are: found by the address of a site, taken from a list, given as a list."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from monitor.app import import_feeds, open_reader, read_opml, write_opml
from monitor.config import check_feed_url
from monitor.core.article import clean_text
from monitor.core.model import FeedSpec, Origin
from monitor.core.retell import find_remedy
from monitor.core.words import say
from monitor.errors import FetchError, ParseError, WorkerError
from monitor.ports import Transaction
from monitor.probe import Found, discover_feeds
from monitor.web.visit import Visit, shows, takes

SEARCH = 45
"""Seconds that looking for feeds may take; a dozen addresses may be asked."""

LONGEST_NAME = 200
MOST_REFUSED = 50
"""So many feeds that were not taken are named."""


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking for feeds; `problem` is what went wrong, `remedy` a key of texts."""

    address: str
    found: tuple[Found, ...] = ()
    problem: str = ""
    remedy: str = ""


async def show_search(visit: Visit) -> Response:
    """Ask for an address, or for a list."""
    return visit.render("found.html.jinja", search=Search(""), known=())


async def find_feeds(visit: Visit, form: FormData) -> Response:
    """Look for the feeds of an address. The only one is added; of several a person chooses."""
    search = await _search(visit, str(form.get("address") or "").strip())
    usable = [found for found in search.found if not found.error]
    if len(usable) == 1 == len(search.found):
        return await _add(visit, usable[0].url, usable[0].title)

    def query(tx: Transaction) -> set[str]:
        return {found.url for found in search.found if tx.feeds.find(found.url)}

    known = await visit.read(query)
    status = 400 if search.problem else 200
    return visit.render("found.html.jinja", status, search=search, known=known)


async def _search(visit: Visit, typed: str) -> Search:
    address = typed if "://" in typed else f"https://{typed}"
    if problem := _find_flaw(address):
        return Search(typed, problem=say(visit.language, problem))
    try:
        async with asyncio.timeout(SEARCH), open_reader(visit.app.settings) as reader:
            found = await discover_feeds(reader, address)
    except TimeoutError:
        return Search(typed, problem=say(visit.language, "page.feeds.find.slow"))
    except (FetchError, ParseError, WorkerError) as error:
        return Search(typed, problem=str(error), remedy=find_remedy(str(error)))
    return Search(typed, found, "" if found else say(visit.language, "page.feeds.found.none"))


async def add_feed(visit: Visit, form: FormData) -> Response:
    """Poll a feed from now on that was found."""
    url = str(form.get("url") or "")
    if _find_flaw(url):
        raise HTTPException(400)
    return await _add(visit, url, str(form.get("name") or ""))


async def _add(visit: Visit, url: str, title: str) -> Response:
    """Add it, or go to it where it is known: what was said of it stays."""
    name = clean_text(title, LONGEST_NAME) or urlsplit(url).hostname or url
    spec = FeedSpec(url, name, origin=Origin.COMMAND)
    feed = await visit.write(lambda tx: tx.feeds.find(url) or tx.feeds.add(spec, visit.now))
    return visit.go_to(f"/feeds/{feed.id}")


def _find_flaw(url: str) -> str:
    """Why the address cannot be polled, as a key of texts; empty where it can."""
    try:
        check_feed_url(url)
    except ValueError as error:
        return f"page.feeds.find.{'password' if 'password' in str(error) else 'bad'}"
    return ""


async def take_list(visit: Visit, form: FormData) -> Response:
    """Add the feeds of a list; say what became of each that was not taken."""
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return visit.render("taken.html.jinja", 400, done=None, refused=())
    specs = await asyncio.to_thread(read_opml, await file.read())
    done = await visit.write(lambda tx: import_feeds(tx, specs, visit.now))
    return visit.render("taken.html.jinja", done=done, refused=done.unusable[:MOST_REFUSED])


async def give_list(visit: Visit) -> Response:
    """All feeds as OPML."""
    specs = await visit.read(lambda tx: [feed.spec for feed in tx.feeds.list()])
    name = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(write_opml(specs, "monitor"), media_type="text/x-opml", headers=name)


ROUTES = [
    Route("/feeds.opml", shows(give_list)),
    Route("/feeds/opml", shows(show_search), methods=["GET"]),
    Route("/feeds/opml", takes(take_list), methods=["POST"]),
    Route("/feeds/find", shows(show_search), methods=["GET"]),
    Route("/feeds/find", takes(find_feeds), methods=["POST"]),
    Route("/feeds/add", takes(add_feed), methods=["POST"]),
]
