"""`/events`: what happens, as server-sent events, for open pages and for whoever wants to listen.

Each event's name is the fact's (`core.events`), its data the fact as a JSON object, such as
`event: StoriesChanged`, `data: {"story_ids": [12]}`. The first event, `Hello`, names this run of
the program: after a restart a page finds another name, and loads itself again. Facts that came
while nobody listened are not repeated: they are in the pages.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from monitor.app import App
from monitor.core.events import (
    AlertSent,
    ArticlesAdded,
    ChannelFailed,
    Event,
    FeedFailed,
    StoriesChanged,
)

TOLD = (AlertSent, ArticlesAdded, ChannelFailed, FeedFailed, StoriesChanged)
"""Facts that say more than that something is to be done."""

MOST_LISTENERS = 50
"""Each costs a connection and a queue; a person has a few pages open."""

HEARTBEAT = 15
"""Seconds after which a silent connection gets a comment, so that proxies keep it."""

COME_BACK = 2_000
"""Milliseconds after which a browser connects again."""


async def stream_events(request: Request) -> Response:
    """Answer with a stream that ends when the listener goes, or the program."""
    app: App = request.app.state.app
    if app.bus.listeners >= MOST_LISTENERS:
        raise HTTPException(503)
    hello = _write("Hello", {"run": request.app.state.run})
    return StreamingResponse(
        _stream(app, hello), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _stream(app: App, hello: str) -> AsyncIterator[str]:
    with app.bus.listen() as facts:
        yield f"retry: {COME_BACK}\n{hello}"
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    fact = await facts.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if isinstance(fact, TOLD) and fact != ArticlesAdded(0):  # that is only a reminder
                yield _write_fact(fact)


def _write_fact(fact: Event) -> str:
    return _write(type(fact).__name__, asdict(fact))


def _write(name: str, content: dict[str, object]) -> str:
    # JSON escapes line ends, so that no text can begin an event of its own.
    return f"event: {name}\ndata: {json.dumps(content)}\n\n"


ROUTES = [Route("/events", stream_events)]
