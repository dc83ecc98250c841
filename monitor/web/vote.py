"""Where the links in messages lead: a page that asks first, so that link scanners say nothing.

These forms carry no token of ours: the link in their address is signed, and says all that may be
said. So a proxy may let `/vote/` pass without its login, and these pages tell nothing else, least
of all the token of the other forms.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.app import Question, open_question, take_vote, undo_vote
from monitor.errors import Expired, Forged, MonitorError, NotFound, VoteError
from monitor.web.visit import Visit, open_visit

FLAWS: dict[type[MonitorError], tuple[int, str]] = {
    Forged: (403, "page.vote.forged"),
    Expired: (410, "page.vote.expired"),
    NotFound: (404, "page.vote.gone"),
}

Answer = Callable[[Visit, Question], Awaitable[Response]]


def follows(page: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a page that a link leads to; a link that says nothing is told so."""

    async def endpoint(request: Request) -> Response:
        visit = open_visit(request)
        token, topics = request.path_params["link"], visit.app.parts.labels()
        try:
            question = await visit.read(lambda tx: open_question(tx, token, topics, visit.now))
        except (VoteError, NotFound) as error:
            status, flaw = FLAWS[type(error)]
            return visit.render("vote.html.jinja", status, flaw=flaw)
        return await page(visit, question)

    return endpoint


async def ask(visit: Visit, question: Question) -> Response:
    """Say what the link would say, and on which article. Nothing is noted."""
    if question.said is None:
        return _show(visit, question, "ask", None)
    same = question.said.wanted == question.vote.wanted
    return _show(visit, question, "already" if same else "other", question.said.wanted)


async def take(visit: Visit, question: Question) -> Response:
    """Note it, once."""
    said = await visit.write(partial(take_vote, vote=question.vote, now=visit.now))
    return _show(visit, question, "taken" if said.changed else "already", said.label.wanted)


async def undo(visit: Visit, question: Question) -> Response:
    """Take it back, where it counts."""
    undone = await visit.write(partial(undo_vote, vote=question.vote, now=visit.now))
    if undone is None:
        return await ask(visit, question)
    return _show(visit, question, "undone", None)


def _show(visit: Visit, question: Question, state: str, noted: bool | None) -> Response:
    """`noted` is the word that counts now."""
    return visit.render(
        "vote.html.jinja",
        flaw="",
        question=question,
        state=state,
        noted=noted,
        path=f"/vote/{visit.request.path_params['link']}",
    )


ROUTES = [
    Route("/vote/{link}", follows(ask)),
    Route("/vote/{link}", follows(take), methods=["POST"]),
    Route("/vote/{link}/undo", follows(undo), methods=["POST"]),
]
