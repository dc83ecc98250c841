"""`explain` says whose text an article was judged by, and why."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.core.model import Delivery, Page, PageState
from monitor.core.story import open_story
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import HOUR, NOW, add_articles, add_flagged, alert, draft, spec

PAGE_TEXT = "Der Konzern hat beide Verträge gekündigt, weil der Strom fehlt. " * 20


def explain(folder: Path, page: Page | None, *, edited: bool = False) -> str:
    """What is said of an article whose page came to this, and that was edited since, or not."""
    (folder / "config.toml").write_text("feeds = []\n")

    async def fill() -> None:
        store = open_store(folder / "monitor.sqlite", now=NOW)
        feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
        (article,) = await add_articles(store, draft(feed.id))

        def read(tx: Transaction) -> None:
            if page:
                tx.pages.ask(page)
            if page and page.state is PageState.TAKEN:
                tx.articles.add_page_text(article, PAGE_TEXT, NOW + HOUR)
            if edited:
                tx.articles.add([draft(feed.id, title="Konzern dementiert")])

        await store.write(read)
        await store.close()

    asyncio.run(fill())
    done = CliRunner().invoke(app, ["--config", str(folder / "config.toml"), "explain", "1"])
    assert done.exit_code == 0, done.output
    return done.output


def page(state: PageState, reason: str = "", attempts: int = 1) -> Page:
    return Page(1, "blatt.example:443", NOW, NOW, state, attempts, reason)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (page(PageState.TAKEN), "Its text is that of its page: the feed's was too short"),
        (page(PageState.WAITING, attempts=0), "Its page is to be read: the feed's text is too"),
        (page(PageState.WAITING, "HTTP 503"), "Its page is tried again at "),
        (page(PageState.REFUSED, "a teaser"), "Its text is the feed's; its page was refused: a t"),
        (
            page(PageState.FAILED, "HTTP 404"),
            "Its text is the feed's; its page could not be read: HTTP 404",
        ),
    ],
)
def test_it_says_whose_text_it_is_and_why(tmp_path: Path, page: Page, told: str) -> None:
    assert told in explain(tmp_path, page)


def test_an_article_whose_page_was_of_no_interest_says_nothing_of_it(tmp_path: Path) -> None:
    assert "page" not in explain(tmp_path, None)


def test_an_edit_puts_the_feeds_text_back(tmp_path: Path) -> None:
    told = explain(tmp_path, page(PageState.TAKEN), edited=True)
    assert "Its text is the feed's, which was edited since its page was read." in told


def test_the_sentences_that_tipped_the_scales_are_marked_in_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text("feeds = []\n")

    async def fill() -> None:
        store = open_store(tmp_path / "monitor.sqlite", now=NOW)
        feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
        report = draft(feed.id, text="Der Strom fehlt.\n\x1b[2JDer Chef \x1b[31mschweigt.")
        (flagged,) = await add_flagged(store, report)
        told = await store.write(lambda tx: tx.stories.add(open_story(flagged)))

        def tell(tx: Transaction) -> None:
            tx.outbox.queue([alert(str(told.id))], NOW, NOW)
            (row,) = tx.outbox.waiting()
            sent = replace(row, state=Delivery.SENT, settled_at=NOW, receipt="250 queued as 7")
            tx.outbox.save(sent)

        await store.write(tell)
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("FORCE_COLOR", "1")
    config = ("--config", str(tmp_path / "config.toml"), "explain")
    done = CliRunner().invoke(app, [*config, "http://beispielblatt.example/a/"])
    assert done.exit_code == 0, done.output
    marked = "\x1b[30;43mKonzern kündigt Mietvertrag\x1b[0m"
    assert f"{marked}\nDer Strom fehlt." in done.stdout
    assert "Story 1: Konzern kündigt Mietvertrag" in done.stdout
    assert "250 queued as 7" in done.stdout
    assert "\x1b[2J" not in done.stdout
    assert "\x1b[31m" not in done.stdout
