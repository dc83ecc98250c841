"""`/healthz` says whether the program lives, `/readyz` whether it works, or what hangs."""

import asyncio
import time
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.app import FRESH, INSTALLATION, Pulse, Space
from monitor.errors import MonitorError
from monitor.web.visit import Visit, shows

PATIENCE = 5
"""Seconds that a look into the database may take."""


async def say_alive(request: Request) -> Response:  # noqa: ARG001 - whoever asks
    """The loop answers: that is all this says."""
    return PlainTextResponse("ok\n")


async def say_ready(visit: Visit) -> Response:
    """200 while every part works, else 503; `failing` says which does not, and why."""
    failing = await find_troubles(visit, time.monotonic())
    return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200)


async def find_troubles(visit: Visit, now: float) -> dict[str, str]:
    """What does not work, and why; `now` is in monotonic seconds."""
    app = visit.app
    found = {
        **find_silent(app.pulse, now),
        "database": await _ask_database(visit) or app.pulse.refusal,
        "disk": "" if app.parts.live.space is Space.FREE else "full; nothing is read meanwhile",
        "topics": "" if app.parts.topics else "none to look for; `monitor topics list`",
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def find_silent(pulse: Pulse, now: float) -> dict[str, str]:
    """What the watchdog goes by: parts without a sign of life, and for how long."""
    return {
        name: f"no sign of life for {timedelta(seconds=int(now - getattr(pulse, name)))}"
        for name in pulse.silent(now, FRESH)
    }


async def _ask_database(visit: Visit) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            await visit.read(lambda tx: tx.notes.get(INSTALLATION))
    except TimeoutError:
        return f"no answer within {PATIENCE} s"
    except MonitorError as error:
        return str(error)
    return None


ROUTES = [Route("/healthz", say_alive), Route("/readyz", shows(say_ready))]
