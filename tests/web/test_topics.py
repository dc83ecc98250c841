"""The topics' pages: the line, what it would tell, words and learning."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from playwright.async_api import Route, expect

from monitor.app.backtest import open_rehearsal
from monitor.core.classifier import Topic
from monitor.core.model import Analysis, AnalysisFailure, Document, Label, LabelSource
from monitor.errors import WorkerDied
from monitor.pipeline.classify import judge_articles
from tests.builders import NOW, add_articles, draft
from tests.web.browser import PATIENCE, open_window
from tests.web.conftest import Site
from tests.web.stories import add_story

TOPIC = "ai-overbuild"

DRAG = 400
"""Milliseconds after which a slider that rests has asked."""


async def test_a_topic_says_what_it_wants_and_where_its_line_lies(site: Site) -> None:
    listed = (await site.get("/topics")).text
    assert 'href="/topics/ai-overbuild"' in listed
    page = (await site.get(f"/topics/{TOPIC}")).text
    for text in ("AI overbuild", f'href="/topics/{TOPIC}/line"', "Use this threshold"):
        assert text in page


async def test_a_topics_page_does_not_wait_for_what_its_line_would_tell(site: Site) -> None:
    """The archive is read, and judged again, when the line is asked for; here nobody could."""
    await add_story(site.app.parts.store)
    site.app.parts = replace(site.app.parts, analyzer=BrokenAnalyzer())
    page = await site.get(f"/topics/{TOPIC}")
    assert (page.status, "<title>90–95: 1</title>" in page.text) == (200, True)
    assert (await site.get(f"/topics/{TOPIC}/line")).status == 503


async def test_what_a_line_would_tell_is_a_page_of_its_own(site: Site) -> None:
    page = (await site.get(f"/topics/{TOPIC}/line")).text
    for text in ("</h1>", "alerts a week from 50% on", "Just above", "Just under", "cannot know"):
        assert text in page
    await site.send(f"/topics/{TOPIC}/threshold", threshold="0.715")
    assert 'data-threshold="0.715"' in (await site.get(f"/topics/{TOPIC}/line")).text


async def test_a_young_archive_is_read_anew_soon(site: Site) -> None:
    """Who looks while nothing is stored must not read for minutes that nothing would be told."""
    line = f"/topics/{TOPIC}/line?threshold=0.5"
    assert "Konzern kündigt" not in (await site.get(line)).text
    await add_story(site.app.parts.store)
    site.now.append(site.now[-1] + timedelta(minutes=4))
    assert "Konzern kündigt" in (await site.get(line)).text


async def test_the_line_comes_by_itself_and_follows_the_slider(site: Site) -> None:
    """In a browser: while one question is answered, of the others only the newest waits."""
    asked, go_on = list[str](), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.append(route.request.url.partition("=")[2])
        await go_on.wait()
        await route.continue_()

    async with open_window() as window:
        page = window.page
        await page.clock.install()
        await page.goto(f"{site.address}/topics/{TOPIC}")
        answer = page.locator("#line .answer")
        await expect(answer).to_have_attribute("data-threshold", "0.500")
        await page.route("**/line?*", hold)
        for value in ("0.6", "0.7", "0.8", "0.9"):
            await page.get_by_role("slider").fill(value)
            await page.clock.run_for(DRAG)
        await expect(page.get_by_text("being reckoned")).to_be_visible()
        await expect(page.locator("#chosen")).to_have_text("90%")
        await expect(page.locator(".scores rect.bar")).to_have_count(2)
        go_on.set()
        await expect(answer).to_have_attribute("data-threshold", "0.900")
        await expect(page.get_by_text("being reckoned")).to_be_hidden()
    assert asked == ["0.6", "0.9"]


class BrokenAnalyzer:
    """Fulfils `ports.Analyzer`: it never comes up."""

    async def analyze(
        self, documents: Sequence[Document], subjects: frozenset[str] = frozenset()
    ) -> tuple[Analysis | AnalysisFailure, ...]:
        raise WorkerDied(f"no analyser for {len(documents)} articles, {len(subjects)} subjects")


async def test_an_unknown_topic_is_not_found(site: Site) -> None:
    for path in ("/topics/other", "/topics/other/line?threshold=0.5", "/topics/%3Cb%3E"):
        assert (await site.get(path)).status == 404


async def test_the_slider_says_what_backtest_says(site: Site) -> None:
    for number in range(3):
        await add_story(site.app.parts.store, str(number), f"Meldung {number}")
    for threshold in (0.3, 0.5, 0.95):
        line = (await site.get(f"/topics/{TOPIC}/line?threshold={threshold}")).text
        told = await (await open_rehearsal(site.app, 30)).ask({TOPIC: threshold}, TOPIC)
        assert read_rate(line) == round(told.topics[0].per_week, 3)


def read_rate(page: str) -> float:
    """Read off how many alerts a week a line would tell."""
    found = re.search(r'data-per-week="([\d.]+)"', page)
    assert found is not None
    return float(found[1])


async def test_a_line_that_is_none_is_refused(site: Site) -> None:
    for given in ("", "x", "nan", "inf", "-1", "0", "1.5", "0.04"):
        assert (await site.get(f"/topics/{TOPIC}/line?threshold={given}")).status == 400


async def test_a_threshold_is_moved_and_taken_back(site: Site) -> None:
    before = find_threshold(site)
    moved = await site.send(f"/topics/{TOPIC}/threshold", threshold="0.715")
    assert (moved.status, moved.headers["location"]) == (303, f"/topics/{TOPIC}")
    assert find_threshold(site) == 0.715
    assert "As it came" in (await site.get(f"/topics/{TOPIC}")).text
    await site.send(f"/topics/{TOPIC}/threshold", threshold="0.715", reset="1")
    assert find_threshold(site) == before


async def test_a_threshold_of_the_file_stays(site: Site) -> None:
    config = site.app.settings.folder / "config.toml"
    text = f'{config.read_text("utf-8")}\n[[topics]]\nname = "{TOPIC}"\nthreshold = 0.6\n'
    config.write_text(text, encoding="utf-8")
    await site.reload()
    assert "is changed there" in (await site.get(f"/topics/{TOPIC}")).text
    refused = await site.send(f"/topics/{TOPIC}/threshold", threshold="0.8")
    assert (refused.status, "config.toml" in refused.text) == (400, True)
    assert find_threshold(site) == 0.6


def find_threshold(site: Site) -> float:
    return find_topic(site).threshold


async def test_words_are_listed_and_taken_back(site: Site) -> None:
    store = site.app.parts.store
    story = await add_story(store, title="Konzern <i>kündigt</i>")
    article = story.members[0].article.id
    await store.write(
        lambda tx: tx.labels.add(Label(article, TOPIC, True, LabelSource.COMMAND, NOW))
    )
    page = (await site.get(f"/topics/{TOPIC}")).text
    assert "Konzern &lt;i&gt;kündigt&lt;/i&gt;" in page
    assert "on the command line" in page
    await site.send(f"/topics/{TOPIC}/words", article=str(article))
    assert await store.read(lambda tx: tx.labels.of(TOPIC)) == ()
    assert (await site.send(f"/topics/{TOPIC}/words", article=str(article))).status == 404
    assert (await site.send(f"/topics/{TOPIC}/words", article="x")).status == 400


async def test_words_change_the_next_score_once_they_are_learned(site: Site) -> None:
    """In a browser: four times "relevant", then what that would change, then in force."""
    store, version = site.app.parts.store, find_topic(site).version
    for number in range(4):
        await add_story(store, str(number), f"Hafenarbeiter streiken, Tag {number}")
    before = await judge_next(site, "before")
    async with open_window() as window:
        page = window.page
        await page.goto(site.address)
        for card in await page.locator(".card").all():
            await card.get_by_role("button", name="Relevant", exact=True).click()
            await expect(card.locator("button.yes")).to_have_attribute("aria-pressed", "true")
        await page.goto(f"{site.address}/topics/{TOPIC}")
        await page.get_by_role("button", name="Show what that would change").click()
        await expect(page.get_by_role("heading", name="What would change")).to_be_visible(
            timeout=PATIENCE
        )
        assert find_topic(site).version == version
        await page.get_by_role("button", name="Put it in force").click()
        undo = page.get_by_role("button", name="Undo the last learning")
        await expect(undo).to_be_visible(timeout=PATIENCE)
        assert await judge_next(site, "learned") > before + 0.1
        await undo.click()
        await expect(undo).to_be_hidden()
    assert find_topic(site).version == version
    assert await judge_next(site, "undone") == before


async def judge_next(site: Site, identity: str) -> float:
    """The score of the next article that comes, always of the same words."""
    feed_id = (await site.app.parts.store.read(lambda tx: tx.feeds.list()))[0].id
    text = "Der Konzern hat den Vertrag über zwei Rechenzentren gekündigt."
    came = draft(feed_id, identity, title="Hafenarbeiter streiken, Tag 9", text=text)
    (article,) = await add_articles(site.app.parts.store, came)
    (judged,) = await judge_articles(site.app.parts, [article])
    await site.app.parts.store.write(
        lambda tx: tx.verdicts.add({article.revision_id: (judged.verdicts, None)})
    )
    return next(one.score or 0.0 for one in judged.verdicts if one.topic == TOPIC)


def find_topic(site: Site) -> Topic:
    return next(topic for topic in site.app.parts.topics if topic.name == TOPIC)


async def test_a_topic_is_added_from_a_text(site: Site) -> None:
    await add_story(site.app.parts.store)
    text = "Hafenarbeiter streiken\nIn drei Häfen ruht die Arbeit, die Reeder verhandeln."
    added = await site.send("/topics", name="port-strikes", like=text)
    assert added.status == 303, added.text
    assert added.headers["location"] == "/topics/port-strikes"
    assert "Hafenarbeiter streiken" in (await site.get("/topics/port-strikes")).text


async def test_what_cannot_be_added_is_said_and_nothing_typed_is_lost(site: Site) -> None:
    await add_story(site.app.parts.store)
    for name, like, said in (
        ("", "Ein Text", "is no name"),
        ("ports", "", "The article is missing"),
        ("Nicht Gut", "Ein Text", "is no name"),
        ("--help", "Ein Text", "is no name"),
        (TOPIC, "Ein Text", "already"),
        ("ports", "http://169.254.169.254/latest", "not a public address"),
    ):
        answer = await site.send("/topics", name=name, like=like)
        assert answer.status == 400
        assert said in answer.text
        assert f">{like}</textarea>" in answer.text
