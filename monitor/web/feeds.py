"""The feeds: how each is doing, and what a person does with one."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import remove_feed
from monitor.core.feed import hasten
from monitor.ports import Transaction
from monitor.web.paging import read_number, turn_pages
from monitor.web.visit import Visit, shows, takes

PER_PAGE = 50
CALM = {"ok", "new"}
Lines = tuple[queries.FeedLine, ...]

STATES = ("failing", "error", "no network", "new", "ok")


async def list_feeds(visit: Visit) -> Response:
    """All feeds, or those of a state or a tag; those in trouble come first."""
    asked = visit.request.query_params
    chosen = {name: asked.get(name, "") for name in ("state", "tag")}
    number = read_number(asked)
    first, zone = (number - 1) * PER_PAGE, visit.app.settings.timezone

    def query(tx: Transaction) -> tuple[Lines, Lines, tuple[queries.FeedCard, ...]]:
        lines = queries.list_feeds(tx, visit.now)
        fitting = tuple(sorted((one for one in lines if _fits(one, chosen)), key=_is_calm))
        shown = fitting[first : first + PER_PAGE]
        return lines, fitting, queries.draw_feeds(tx, shown, visit.now, zone)

    lines, fitting, cards = await visit.read(query)
    states = {line.state for line in lines}
    return visit.render(
        "feeds.html.jinja",
        cards=cards,
        count=len(fitting),
        empty=not lines,
        chosen=chosen,
        states=[state for state in STATES if state in states],
        tags=sorted({tag for line in lines for tag in line.tags}),
        pages=turn_pages("/feeds", chosen, number, more=len(fitting) > first + PER_PAGE),
    )


async def show_feed(visit: Visit) -> Response:
    """One feed whole."""
    feed_id, zone = visit.request.path_params["feed"], visit.app.settings.timezone
    page = await visit.read(lambda tx: queries.show_feed(tx, feed_id, visit.now, zone))
    return visit.render("feed.html.jinja", page=page, card=page.card)


async def poll(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - it says nothing more
    """Make a feed due: the next tick of the daemon polls it, as politely as ever."""
    feed_id = visit.request.path_params["feed"]

    def job(tx: Transaction) -> None:
        feed = queries.get_feed(tx, feed_id)
        tx.feeds.settle([(feed, hasten(feed.state, visit.now))])

    await visit.write(job)
    return visit.go_to(f"/feeds/{feed_id}")


async def remove(visit: Visit, form: FormData) -> Response:  # noqa: ARG001 - likewise
    """Stop polling a feed that config.toml does not name."""
    feed_id, settings = visit.request.path_params["feed"], visit.app.settings

    def job(tx: Transaction) -> None:
        remove_feed(tx, queries.get_feed(tx, feed_id).spec.url, settings)

    await visit.write(job)
    return visit.go_to("/feeds")


def _fits(line: queries.FeedLine, chosen: Mapping[str, str]) -> bool:
    state, tag = chosen["state"], chosen["tag"]
    return (not state or line.state == state) and (not tag or tag in line.tags)


def _is_calm(line: queries.FeedLine) -> bool:
    return line.state in CALM


ROUTES = [
    Route("/feeds", shows(list_feeds)),
    Route("/feeds/{feed:id}", shows(show_feed)),
    Route("/feeds/{feed:id}/poll", takes(poll), methods=["POST"]),
    Route("/feeds/{feed:id}/remove", takes(remove), methods=["POST"]),
]
