"""The search page."""

import re

import pytest

from tests.web.conftest import Site
from tests.web.stories import add_story


async def index(site: Site) -> None:
    await site.app.parts.store.write(lambda tx: tx.searches.index(500))


async def test_what_was_found_is_marked_and_nothing_else_is_markup(site: Site) -> None:
    await add_story(site.app.parts.store, title="<b>Hafen</b> streikt & ruht")
    await index(site)
    page = (await site.get("/search?q=hafen")).text
    assert "&lt;b&gt;<mark>Hafen</mark>&lt;/b&gt; streikt &amp; ruht" in page
    assert 'href="/search?like=1"' in page
    assert "Nothing found" in (await site.get("/search?q=gebirge")).text


async def test_what_is_like_an_article_is_shown_with_the_chance_of_one_event(site: Site) -> None:
    for identity, title in (("a", "Hafen streikt"), ("b", "Dockers walk out")):
        await add_story(site.app.parts.store, identity, title)
    page = (await site.get("/search?like=1")).text
    assert "Dockers walk out" in page
    assert re.search(r'<span class="source">\d\d% like it</span>', page)


async def test_without_a_question_there_is_only_the_form(site: Site) -> None:
    page = await site.get("/search")
    assert (page.status, "Nothing found" in page.text) == (200, False)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("q=%22", 400),
        ("q=-nur", 400),
        ("q=a&since=gestern", 400),
        ("like=99", 400),
        ("q=a&feed=unbekannt", 400),
        ("q=%27%22*%28%29-%3A%5E+OR+NEAR", 200),
        ("q=a&order=x&topic=%27&language=%22&since=2026-11-01&until=2026-12-01", 200),
    ],
)
async def test_every_question_has_an_answer(site: Site, asked: str, status: int) -> None:
    answer = await site.get(f"/search?{asked}")
    assert answer.status == status
    assert ('role="alert"' in answer.text) is (status == 400)


async def test_a_day_that_no_clock_showed_is_refused(site: Site) -> None:
    file = site.app.settings.folder / "config.toml"
    east = file.read_text(encoding="utf-8").replace('"UTC"', '"Europe/Berlin"')
    file.write_text(east, encoding="utf-8")
    await site.reload()
    assert (await site.get("/search?q=a&since=0001-01-01")).status == 400
