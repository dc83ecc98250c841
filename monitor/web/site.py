"""Which address is which page; the composition of the web side."""

import logging
import secrets

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from monitor.app import App
from monitor.errors import MonitorError, NotFound
from monitor.web import (
    articles,
    deliveries,
    digests,
    events,
    feedlist,
    feeds,
    health,
    metrics,
    search,
    status,
    stories,
    syndication,
    topics,
    vote,
)
from monitor.web.guard import BodyLimit, Headers, list_hosts
from monitor.web.rehearsals import Rehearsals
from monitor.web.templates import STATIC
from monitor.web.visit import LANGUAGE_COOKIE, LANGUAGES, Visit, open_visit, shows

log = logging.getLogger(__name__)

YEAR = 365 * 24 * 3600
"""Seconds that a browser remembers the chosen language, or a static file of one version."""


def make_site(app: App) -> Starlette:
    """The ASGI application of the page over a running program."""
    site = Starlette(
        routes=list_routes(),
        middleware=[
            Middleware(Headers),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=list_hosts(app.settings.web.public_url),
                www_redirect=False,
            ),
            Middleware(BodyLimit),
        ],
        exception_handlers={
            HTTPException: _show_refusal,
            MonitorError: _show_error,
            Exception: _show_failure,
        },
    )
    site.state.app = app
    site.state.rehearsals = Rehearsals(app)
    site.state.token = secrets.token_urlsafe(32)
    # Pages that are open while the program starts anew see another name, and load themselves again.
    site.state.run = secrets.token_hex(4)
    return site


def list_routes() -> list[BaseRoute]:
    """Every address there is."""
    return [
        *stories.ROUTES,
        *articles.ROUTES,
        *topics.ROUTES,
        *search.ROUTES,
        *feedlist.ROUTES,
        *feeds.ROUTES,
        *digests.ROUTES,
        *deliveries.ROUTES,
        *status.ROUTES,
        *syndication.ROUTES,
        *events.ROUTES,
        *vote.ROUTES,
        *health.ROUTES,
        *metrics.ROUTES,
        Route("/language/{language}", shows(_choose_language)),
        Mount("/static", _Static(directory=STATIC), name="static"),
    ]


class _Static(StaticFiles):
    """Files whose address changes with their content: a browser asks once."""

    def file_response(self, *args: object, **options: object) -> Response:
        response: Response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = f"max-age={YEAR}, immutable"
        return response


async def _choose_language(visit: Visit) -> Response:
    """Remember the language in a cookie, and go back to the page it was chosen on."""
    language = visit.request.path_params["language"]
    if language not in LANGUAGES:
        raise HTTPException(404)
    back = visit.request.query_params.get("back", "/")
    # Only a path of our own: neither "https://…" nor "//host", however a browser reads "\".
    ours = back.startswith("/") and not back.startswith("//") and "\\" not in back
    response = RedirectResponse(back if ours else "/", 303)
    response.set_cookie(LANGUAGE_COOKIE, language, YEAR, samesite="strict", httponly=True)
    return response


async def _show_refusal(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _show(request, status, "")


async def _show_error(request: Request, error: Exception) -> Response:
    """Say what is wrong, as the command line would."""
    temporary = isinstance(error, MonitorError) and error.temporary
    status = 404 if isinstance(error, NotFound) else 503 if temporary else 400
    return _show(request, status, str(error))


async def _show_failure(request: Request, error: Exception) -> Response:
    log.error("page %s failed", request.url.path, exc_info=error)
    return _show(request, 500, "")


def _show(request: Request, status: int, text: str) -> Response:
    visit = open_visit(request)
    known = status if status in {400, 403, 404, 405, 410, 413, 503} else 500
    # Whoever came by a link in a message, past the login, must not learn the token of our forms.
    reason = f"page.error.{known}"
    # Nor is there a page at an address that only takes forms.
    here = "/" if request.method == "POST" else visit.here
    return visit.render("error.html.jinja", status, reason=reason, text=text, token="", here=here)
