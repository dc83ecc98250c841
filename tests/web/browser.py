"""A real browser before the page: Debian's chromium, driven by playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright

from tests.programs import require_program

PATIENCE = 30_000
"""Milliseconds after which a test gives up; far more than any step takes on a busy machine."""

Scheme = Literal["light", "dark"]


@dataclass
class Window:
    """A page in the browser, what it asked for, and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def find_violations(self) -> list[str]:
        """What axe (WCAG 2.2 AA and its own best practices) finds wrong with the page.

        Not in its frames: a message's may run no script, so axe would wait for it in vain.
        """
        results = await Axe().run(self.page, options={"iframes": False})
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in results.response["violations"]]

    async def measure_overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return max(wide, 0)  # less by the scroll bar that a page has room for

    def find_strangers(self) -> set[str]:
        """Whom the page has asked for something besides this machine."""
        hosts = {urlsplit(url).hostname or url for url in self.asked if not url.startswith("data:")}
        return hosts - {"127.0.0.1"}


@asynccontextmanager
async def open_window(
    *, width: int = 1280, scheme: Scheme = "light", **options: Any
) -> AsyncIterator[Window]:
    """Open a window of this width; skip the test where there is no chromium."""
    chromium = require_program("chromium", "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            # Root has no sandbox to begin with; /dev/shm is small in containers.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        context = await browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        context.set_default_timeout(PATIENCE)
        window = Window(await context.new_page())
        context.on("request", lambda request: window.asked.append(request.url))
        window.page.on("console", lambda line: _note(window, line.type, line.text))
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        try:
            yield window
        finally:
            await browser.close()


def _note(window: Window, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        window.complaints.append(text)
