"""One article: why it was told, or at which gate it stopped; and the question by its address."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import TypeVar

from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from monitor import queries
from monitor.app import find_nearest, read_link, weigh_article
from monitor.core.grounds import Ground
from monitor.core.model import UNJUST, Article
from monitor.core.nearest import Nearest
from monitor.errors import NotFound, WorkerError
from monitor.queries.why_not import Reader, WhyNot, WhyNotAnswer, why_not
from monitor.web.label import note_word, read_word
from monitor.web.visit import Visit, shows, takes

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=60)
"""So long a page waits for the analyser, which may be at work on a batch, or starting anew."""

MOST_FEEDS = 10


async def show_article(visit: Visit) -> Response:
    """One article whole.

    With `grounds` its text is judged again, with `nearest` its evidence is compared with what the
    topics were made from. Either takes a moment, so the page asks for it when it is shown.
    """
    id_, reader = visit.request.path_params["article"], _read_as(visit)
    page = await visit.read(lambda tx: queries.show_article(tx, id_, reader))
    unjust = page.why.gate in UNJUST
    asked = visit.request.query_params
    weigh, compare = unjust and "grounds" in asked, "nearest" in asked
    return visit.render(
        "article.html.jinja",
        page=page,
        article=page.article,
        unjust=unjust,
        weighed=weigh,
        grounds=await _weigh(visit, page.article) if weigh else None,
        encodes=visit.app.parts.encoder is not None,
        compared=compare,
        nearest=await _compare(visit, page.why) if compare else None,
    )


async def label(visit: Visit, form: FormData) -> Response:
    """Note what a person says of the article."""
    id_, word = visit.request.path_params["article"], read_word(visit, form)
    await visit.write(lambda tx: note_word(tx, visit, id_, word))
    return visit.go_to(f"/articles/{id_}")


async def ask_why(visit: Visit) -> Response:
    """The form for an address or an article's id, and the answer."""
    url = visit.request.query_params.get("url", "").strip()
    answer = await _ask(visit, url) if url else None
    flawed = bool(url) and answer is None
    return visit.render(
        "why_not.html.jinja",
        404 if flawed else 200,
        url=url,
        answer=answer,
        flawed=flawed,
        unjust=UNJUST,
        most_feeds=MOST_FEEDS,
    )


async def _ask(visit: Visit, url: str) -> WhyNotAnswer | None:
    reader = _read_as(visit)
    try:
        return await visit.read(lambda tx: why_not(tx, url, read_link(url), reader))
    except NotFound:
        return None


def _read_as(visit: Visit) -> Reader:
    settings = visit.app.settings
    return Reader(
        visit.now,
        settings.channels,
        settings.routes,
        visit.language,
        settings.timezone,
        visit.app.parts.labels(visit.language),
    )


async def _weigh(visit: Visit, article: Article) -> Mapping[str, tuple[Ground, ...]] | None:
    answer = weigh_article(visit.app.parts, article)
    return await _wait_for(answer, f"article {article.id} was not judged again")


async def _compare(visit: Visit, why: WhyNot) -> Mapping[str, tuple[Nearest, ...]] | None:
    answer = find_nearest(visit.app.parts, why.verdicts)
    return await _wait_for(answer, f"article {why.article.id} was not compared with examples")


async def _wait_for(answer: Awaitable[T], otherwise: str) -> T | None:
    """None where the analyser cannot say, or not now."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await answer
    except (WorkerError, TimeoutError) as error:
        log.warning("%s: %s", otherwise, str(error) or "no answer")
        return None


ROUTES = [
    Route("/articles/{article:id}", shows(show_article)),
    Route("/articles/{article:id}/label", takes(label), methods=["POST"]),
    Route("/why-not", shows(ask_why)),
]
