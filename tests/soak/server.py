"""The feeds, pages and the webhook of a soak, on loopback: each feed is a host of its own."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.soak.news import make_entry, make_page
from tests.soak.plan import Plan

SHOWN = 5
"""Entries in a feed's document, the newest."""


class Newsstand:
    """Serves what the plan says, and notes who came, when, and what was told."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.port = 0
        self.visits: dict[int, list[float]] = {n: [] for n in range(plan.feeds)}
        self.told: Counter[str] = Counter()
        self.pages = 0

    @property
    def served(self) -> int:
        """Polls so far; a feed that was asked more often than planned counts as planned."""
        return sum(min(len(visits), self.plan.polls) for visits in self.visits.values())

    @property
    def published(self) -> int:
        """Articles that were in any document so far."""
        return sum(self._published(feed) for feed in self.visits)

    def host(self, feed: int) -> str:
        """The host and port of a feed."""
        return f"127.1.{feed // 250}.{feed % 250 + 1}:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen on every loopback address from entry to exit."""
        app = web.Application()
        app.router.add_get("/feed/{feed:\\d+}", self._serve_feed)
        app.router.add_get("/page/{number:\\d+}", self._serve_page)
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0)  # noqa: S104 - all of 127/8, for a while
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            await runner.cleanup()

    async def _serve_feed(self, request: web.Request) -> web.Response:
        feed = int(request.match_info["feed"])
        self.visits[feed].append(time.monotonic())
        body = self._write_feed(feed, self._published(feed))
        return web.Response(text=body, content_type="application/rss+xml")

    def _published(self, feed: int) -> int:
        return self.plan.published(min(len(self.visits[feed]), self.plan.polls))

    def _write_feed(self, feed: int, published: int) -> str:
        newest = range(published - 1, max(published - 1 - SHOWN, -1), -1)
        numbers = (feed + n * self.plan.feeds for n in newest)
        items = "".join(make_entry(number, self.host(feed)) for number in numbers)
        head = f"<title>Blatt {feed}</title><language>de</language>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'

    async def _serve_page(self, request: web.Request) -> web.Response:
        self.pages += 1
        return web.Response(
            text=make_page(int(request.match_info["number"])), content_type="text/html"
        )

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        self.told[request.headers["Idempotency-Key"]] += 1
        return web.Response(text="taken")
