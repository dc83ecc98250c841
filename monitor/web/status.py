"""The status: what works and what does not, and the flow from polled to told."""

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from monitor import __version__, queries
from monitor.ports import Transaction
from monitor.web.health import find_troubles
from monitor.web.visit import Visit, shows

SPANS = {"1": timedelta(days=1), "7": timedelta(days=7)}
"""Days the flow is shown of, by what a reader asks for."""

SOON = timedelta(minutes=1)
"""What is due before then is due "any moment"."""

MOST_LISTED = 20
"""Failing feeds that are named one by one."""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is asked of the store, in one snapshot."""

    status: queries.Status
    flow: queries.Flow
    waiting: int


async def show_status(visit: Visit) -> Response:
    """The status, with the flow of a day or a week."""
    days = visit.request.query_params.get("days", "1")
    span = SPANS.get(days, SPANS["1"])

    settings = visit.app.settings

    def query(tx: Transaction) -> Answers:
        return Answers(
            queries.get_status(tx, visit.now, settings.channels, visit.language),
            queries.get_flow(tx, visit.now - span),
            sum(tx.articles.backlog().values()),
        )

    answers = await visit.read(query)
    most = max(step.count for step in answers.flow.steps)
    return visit.render(
        "status.html.jinja",
        state=answers.status,
        flow=answers.flow,
        waiting=answers.waiting,
        widths=[measure_bar(step.count, most) for step in answers.flow.steps],
        days=days if days in SPANS else "1",
        spans=tuple(SPANS),
        troubles=await find_troubles(visit, time.monotonic()),
        failing=answers.status.failing[:MOST_LISTED],
        more_failing=len(answers.status.failing[MOST_LISTED:]),
        version=__version__,
        started_at=visit.app.started_at,
        soon=visit.now + SOON,
        megabytes=measure_files(settings.storage.path) / 1_000_000,
    )


def measure_bar(count: int, most: int) -> float:
    """Per cent of the width: logarithmic, because thousands of polls make a handful of alerts."""
    return round(100 * math.log1p(count) / math.log1p(most), 1) if most else 0.0


def measure_files(database: Path) -> int:
    """Bytes of the database with its log."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


ROUTES = [Route("/status", shows(show_status))]
