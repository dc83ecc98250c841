"""A request as pages see it: who reads it in which language, the store, and the way to answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.app import App
from monitor.core.ids import ID_DIGITS
from monitor.core.words import say
from monitor.ports import Transaction
from monitor.queries.backtest import Backtest
from monitor.web.guard import LARGEST_BODY, check_token
from monitor.web.rehearsals import Rehearsals
from monitor.web.templates import write_page

T = TypeVar("T")

LANGUAGES = ("de", "en")
LANGUAGE_COOKIE = "language"
TOKEN = "token"  # noqa: S105 - the name of a field

Show = Callable[["Visit"], Awaitable[Response]]
Take = Callable[["Visit", FormData], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `token` is what the forms of our own pages carry."""

    request: Request
    app: App
    token: str
    language: str
    now: datetime

    @property
    def is_partial(self) -> bool:
        """Whether htmx wants a part of the page in the place of another."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def here(self) -> str:
        """The page's own address with what was asked of it: where one comes back to it."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Ask the store."""
        return await self.app.parts.store.read(query)

    async def write(self, job: Callable[[Transaction], T]) -> T:
        """Change something in the store."""
        return await self.app.parts.store.write(job)

    async def rehearse(self, topic: str, threshold: float) -> Backtest:
        """What a topic would have told in the last weeks, had this been its threshold."""
        rehearsals: Rehearsals = self.request.app.state.rehearsals
        return await rehearsals.ask(topic, threshold)

    def say(self, key: str, **values: str | int) -> str:
        """Say it in the reader's language."""
        return say(self.language, key, **values)

    def render(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Answer with the template of this name."""
        return HTMLResponse(self.write_part(name, **values), status)

    def write_part(self, name: str, **values: Any) -> str:
        """Write the template of this name."""
        settings = self.app.settings
        shared: Mapping[str, Any] = {
            "token": self.token,
            "path": self.request.url.path,
            "here": self.here,
            "topics": self.app.parts.labels(self.language),
        }
        return write_page(
            name,
            {**shared, **values},
            language=self.language,
            zone=settings.timezone,
            now=self.now,
            allow=settings.polling.allow,
        )

    def go_to(self, path: str) -> Response:
        """Send a browser on after a POST, so that reloading does not post again."""
        return RedirectResponse(path, 303)


class _IdConvertor(Convertor[int]):
    """Reads `{story:id}` in the path of a page; with any other number there is no such page."""

    regex = ID_DIGITS

    def convert(self, value: str) -> int:
        """The id that a page finds in `path_params`."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The other way round."""
        return str(value)


register_url_convertor("id", _IdConvertor())


def open_visit(request: Request) -> Visit:
    """Take up a request."""
    state = request.app.state
    app: App = state.app
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    language = cookie if cookie in LANGUAGES else app.settings.language
    return Visit(request, app, state.token, language, app.parts.clock())


def shows(page: Show) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a page that changes nothing."""

    async def endpoint(request: Request) -> Response:
        return await page(open_visit(request))

    return endpoint


def takes(page: Take) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a page that changes something: its form must carry our token."""

    async def endpoint(request: Request) -> Response:
        visit = open_visit(request)
        limits = {"max_files": 1, "max_fields": 100, "max_part_size": LARGEST_BODY}
        async with request.form(**limits) as form:
            check_token(str(form.get(TOKEN, "")), visit.token)
            return await page(visit, form)

    return endpoint
