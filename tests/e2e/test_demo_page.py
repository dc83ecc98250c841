"""The demo's page in a real browser: its stories appear while one looks."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from playwright.async_api import expect

from monitor.demo.run import PAGE
from tests.e2e.program import Program
from tests.web.browser import PATIENCE, open_window

STORIES = 5
"""The demo tells of more; so many are enough to see that they come one after the other."""


@pytest.fixture
def usual_port() -> Iterator[None]:
    """It is taken, by us or already, so that the page takes any: other demos may begin as we do."""
    with ExitStack() as held:
        with suppress(OSError):
            held.enter_context(socket.create_server(("127.0.0.1", PAGE)))
        yield


@pytest.mark.usefixtures("usual_port")
async def test_the_demos_stories_appear_while_one_looks(tmp_path: Path) -> None:
    with Program(tmp_path).start("demo", "--keep", "--folder", tmp_path / "demo") as running:
        running.until_logged("the page is at http://")
        address = re.search(r"the page is at (\S+)", running.log)
        assert address is not None
        async with open_window() as window:
            page, cards = window.page, window.page.locator(".card")
            await page.goto(address[1])
            await page.evaluate("document.body.dataset.stayed = 'yes'")
            await expect(cards.nth(STORIES - 1)).to_be_visible(timeout=PATIENCE)
            assert await page.locator("body").get_attribute("data-stayed") == "yes"
            await cards.first.get_by_role("button", name="Silence").click()
            await expect(cards.first.locator(".state")).to_contain_text("silenced until")
            assert window.find_strangers() == set()
            assert window.complaints == []
        assert running.stop() == 0
