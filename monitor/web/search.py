"""The archive by its words, or by an article."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.core.model import Among, Order
from monitor.errors import NotFound
from monitor.web.visit import Visit, shows

MOST = 50
"""So many articles are shown; more words find fewer."""

FIELDS = ("q", "like", "topic", "feed", "language", "since", "until", "order", "flagged")


async def show_search(visit: Visit) -> Response:
    """The form, and what was found; what cannot be asked is said."""
    given = {name: visit.request.query_params.get(name, "").strip() for name in FIELDS}
    if not given["q"] and not given["like"]:
        return _render(visit, given)
    try:
        among = _read_among(given, visit.app.settings.timezone)
    except (ValueError, OverflowError):  # the latter: before the year 1, or after 9999
        return _render(visit, given, 400, error=visit.say("page.search.no_date"))
    order = Order.NEWEST if given["order"] == Order.NEWEST else Order.BEST
    like = given["like"] or None
    try:
        answer = await visit.read(
            lambda tx: queries.search(
                tx, given["q"], like, among, order, MOST, visit.app.parts.likeness
            )
        )
    except (ValueError, NotFound) as error:
        return _render(visit, given, 400, error=str(error))
    return _render(visit, given, answer=answer)


def _render(visit: Visit, given: dict[str, str], status: int = 200, **found: Any) -> Response:
    values = {"answer": None, "error": "", "given": given, "asked": given["q"], "most": MOST}
    return visit.render("search.html.jinja", status, **(values | found))


def _read_among(given: dict[str, str], zone: str) -> Among:
    """Raise `ValueError` or `OverflowError` for what is no date."""
    return Among(
        topic=given["topic"] or None,
        flagged=bool(given["flagged"]),
        feed=given["feed"] or None,
        language=given["language"] or None,
        since=_read_day(given["since"], zone),
        until=_read_day(given["until"], zone),
    )


def _read_day(text: str, zone: str) -> datetime | None:
    """The begin of a local day."""
    if not text:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


ROUTES = [Route("/search", shows(show_search))]
