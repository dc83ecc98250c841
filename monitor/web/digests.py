"""The digests: every past one as it was sent, and the coming one as it would be sent now."""

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import name_topics, preview_digest
from monitor.core.model import DigestPlan, Message, Subject
from monitor.core.render import render_digest
from monitor.ports import Transaction
from monitor.web.messages import show_message
from monitor.web.paging import read_number, turn_pages
from monitor.web.visit import Visit, shows

PER_PAGE = 30


async def list_digests(visit: Visit) -> Response:
    """The plans, and what became of past digests, by channel."""
    number = read_number(visit.request.query_params)
    skip = (number - 1) * PER_PAGE
    lines = await visit.read(lambda tx: queries.list_digests(tx, PER_PAGE + 1, skip))
    return visit.render(
        "digests.html.jinja",
        lines=lines[:PER_PAGE],
        plans=visit.app.settings.digests,
        pages=turn_pages("/digests", {}, number, more=len(lines) > PER_PAGE),
    )


async def show_digest(visit: Visit) -> Response:
    """One digest as it was sent."""
    row_id = visit.request.path_params["row"]
    page = await visit.read(lambda tx: queries.show_delivery(tx, row_id))
    if page.card.line.subject != Subject.DIGEST:
        raise HTTPException(404)
    return visit.render("digest.html.jinja", page=page, card=page.card)


async def preview(visit: Visit) -> Response:
    """The page around the coming digest."""
    return visit.render("preview.html.jinja", plan=_find_plan(visit))


async def preview_text(visit: Visit) -> Response:
    """The coming digest alone, for a frame."""
    plan, settings = _find_plan(visit), visit.app.settings

    def query(tx: Transaction) -> Message:
        labels = name_topics(tx, settings, plan.language)
        _, compiled = preview_digest(tx, plan, None, visit.now, labels)
        return render_digest(compiled, plan, settings.polling.allow)

    return await show_message(await visit.read(query))


def _find_plan(visit: Visit) -> DigestPlan:
    name = visit.request.path_params["name"]
    for plan in visit.app.settings.digests:
        if plan.name == name:
            return plan
    raise HTTPException(404)


ROUTES = [
    Route("/digests", shows(list_digests)),
    Route("/digests/{row:id}", shows(show_digest)),
    Route("/digests/coming/{name}", shows(preview)),
    Route("/digests/coming/{name}/message", shows(preview_text)),
]
