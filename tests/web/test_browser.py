"""The page in a real browser: live, by keyboard, for everybody, and nothing from elsewhere."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from monitor.core.events import StoriesChanged
from monitor.core.model import Delivery
from tests.builders import NOW
from tests.pipeline.fakes import FakeAnalyzer, FakeEncoder
from tests.web.articles import add_article, judged
from tests.web.browser import Scheme, open_window
from tests.web.conftest import Site
from tests.web.messages import add_digest
from tests.web.stories import add_story

TOPIC = "ai-overbuild"

PAGES = (
    *("/", "/stories/1", "/stories/99", "/topics", "/topics/ai-overbuild", "/search?q=verkauf*"),
    "/topics/ai-overbuild/line?threshold=0.4",
    *("/feeds", "/feeds/1", "/feeds/find", "/digests", "/digests/1", "/digests/coming/daily"),
    *("/deliveries", "/deliveries/1", "/status"),
    *("/articles/1", "/articles/2?grounds=1", "/articles/2?nearest=1", "/why-not?url=2"),
    "/why-not?url=https://beispielblatt.example/x",
)
"""Every page there is; a new one belongs here."""


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(390, "light", "de"), (390, "dark", "en"), (1280, "dark", "de")],
)
async def test_every_page_is_for_everybody(
    site: Site, width: int, scheme: Scheme, language: str
) -> None:
    await add_story(
        site.app.parts.store, title="Rechenzentrumsgrundstücksverkaufsverhandlungen " * 3
    )
    await add_digest(site, state=Delivery.RETRY, error="Rechenzentrumsgrundstück" * 9)
    site.app.parts = replace(site.app.parts, analyzer=FakeAnalyzer(), encoder=FakeEncoder())
    await add_article(site.app.parts.store, judged())
    async with open_window(width=width, scheme=scheme) as window:
        await window.page.goto(f"{site.address}/language/{language}")
        for path in PAGES:
            await window.page.goto(f"{site.address}{path}")
            assert await window.find_violations() == [], path
            assert await window.measure_overflow() == 0, path
        assert window.find_strangers() == set()
        assert [one for one in window.complaints if "404" not in one] == []


async def test_what_takes_a_moment_comes_by_itself(site: Site) -> None:
    site.app.parts = replace(site.app.parts, analyzer=FakeAnalyzer(), encoder=FakeEncoder())
    await add_article(site.app.parts.store, judged())
    async with open_window() as window:
        await window.page.goto(f"{site.address}/articles/1")
        await expect(window.page.locator("#nearest li")).to_contain_text("similarity 100%")
        await expect(window.page.locator("#grounds ul, #grounds h3 + p").first).to_be_visible()


async def test_news_appears_by_itself(site: Site) -> None:
    await add_story(site.app.parts.store, "a", "Konzern kündigt Mietvertrag")
    async with open_window() as window:
        page = window.page
        await page.goto(site.address)
        await expect(page.locator(".card")).to_have_count(1)
        story = await add_story(site.app.parts.store, "b", "Zweiter Konzern kündigt")
        site.app.bus.emit([StoriesChanged((story.id,))])
        await expect(page.locator(".card")).to_have_count(2)
        await expect(page.get_by_text("Zweiter Konzern kündigt").first).to_be_visible()


async def test_keys_move_and_say_words(site: Site) -> None:
    store = site.app.parts.store
    for identity in "ab":
        await add_story(store, identity, f"Meldung {identity}")
    async with open_window() as window:
        page = window.page
        await page.goto(site.address)
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await expect(page.locator(".card.selected h2")).to_have_text("Meldung a")
        await page.keyboard.press("y")
        await expect(page.locator(".card.selected button.yes")).to_have_attribute(
            "aria-pressed", "true"
        )
        await page.keyboard.press("k")
        await page.keyboard.press("n")
        await expect(page.locator(".card.selected button.no")).to_have_attribute(
            "aria-pressed", "true"
        )
        await page.keyboard.press("s")
        await expect(page.locator(".card.selected .state")).to_contain_text("silenced until")
    words = await store.read(lambda tx: tx.labels.of(TOPIC))
    assert sorted((word.article_id, word.wanted) for word in words) == [(1, True), (2, False)]
    assert len(await store.read(lambda tx: tx.silences.in_force(NOW))) == 1


async def test_reading_and_writing_need_no_script(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    async with open_window(java_script_enabled=False) as window:
        page = window.page
        await page.goto(site.address)
        await page.get_by_role("button", name="Relevant", exact=True).click()
        await expect(page).to_have_url(f"{site.address}/stories/{story.id}")
        await expect(page.locator("button.yes")).to_have_attribute("aria-pressed", "true")
