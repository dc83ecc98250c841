"""Articles out of pages, and notices that must not pass for one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from monitor.adapters.extract import LONGEST, MEMORY, ArticleExtractor
from monitor.adapters.worker import FreshWorker
from monitor.errors import ExtractError

URL = "https://hafenkurier.example/faehren"
TITLE = "Reederei stellt zwei Fährlinien ein"
PARAGRAPHS = (
    (
        "Die Reederei stellt zum ersten April zwei ihrer sieben Fährlinien ein. Betroffen sind die"
        " Verbindungen nach Süderholm und zur Vogelinsel, die zuletzt kaum noch genutzt wurden."
    ),
    (
        "Der Vorstand begründet den Schritt mit gestiegenen Preisen für Treibstoff und mit dem"
        " Alter der beiden Schiffe. Eine Überholung hätte mehr als vier Millionen Euro gekostet."
    ),
    (
        "Rund 340 Beschäftigte sollen andere Aufgaben im Hafen übernehmen. Die Gewerkschaft hält"
        " das für ein leeres Versprechen und hat für Montag zu einer Kundgebung am Kai aufgerufen."
    ),
)
COOKIES = (
    "Wir verwenden Cookies, um unser Angebot zu verbessern. Sie können alle Cookies akzeptieren"
    " oder Ihre Auswahl in den Datenschutz-Einstellungen ändern. Die Reederei der Fährlinien. "
) * 4


def page(*paragraphs: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html lang="de"><head><title>{TITLE}</title></head><body>
    <nav><a href="/">Start</a> <a href="/sport">Sport</a></nav>
    <article><h1>{TITLE}</h1>{body}</article>
    <footer>Impressum Datenschutz</footer></body></html>""".encode()


@pytest.fixture
async def extractor() -> AsyncIterator[ArticleExtractor]:
    worker = FreshWorker("extract", memory=MEMORY)
    yield ArticleExtractor(worker)
    await worker.close()


async def test_the_article_comes_without_navigation_and_footer(
    extractor: ArticleExtractor,
) -> None:
    text = await extractor.extract(page(*PARAGRAPHS), URL, TITLE)
    assert [line for line in text.splitlines() if line in PARAGRAPHS] == list(PARAGRAPHS)
    assert "Sport" not in text
    assert "Impressum" not in text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no article"),
        (b"\0\xff\xfe", "no article"),
        (b'{"error": 1}', "no article|teaser"),
        (page(PARAGRAPHS[0]), "teaser"),
        (page(COOKIES), "notice|no article"),
        (
            page("Die Sonne scheint heute im ganzen Land bei milden Temperaturen. " * 12),
            "about its",
        ),
    ],
    ids=["empty", "bytes", "json", "teaser", "cookie wall", "something else"],
)
async def test_other_pages_have_no_article(
    extractor: ArticleExtractor, body: bytes, reason: str
) -> None:
    with pytest.raises(ExtractError, match=reason):
        await extractor.extract(body, URL, "Kraftwerk geht vom Netz")


async def test_a_page_that_says_no_more_than_the_feed_is_not_taken(
    extractor: ArticleExtractor,
) -> None:
    with pytest.raises(ExtractError, match="no longer than"):
        await extractor.extract(page(*PARAGRAPHS), URL, TITLE, " ".join(PARAGRAPHS) * 2)


async def test_no_more_leaves_the_worker_than_anybody_keeps(extractor: ArticleExtractor) -> None:
    text = await extractor.extract(page(*PARAGRAPHS * 300), URL, TITLE)
    assert len(text) == LONGEST


async def test_a_page_that_takes_too_long_is_given_up() -> None:
    worker = FreshWorker("extract", memory=MEMORY)
    extractor = ArticleExtractor(worker, deadline=timedelta(milliseconds=20))
    with pytest.raises(ExtractError, match="too costly"):
        await extractor.extract(page(*PARAGRAPHS * 5_000), URL, TITLE)
    await worker.close()


async def test_pages_are_read_side_by_side(extractor: ArticleExtractor) -> None:
    calls = (extractor.extract(page(*PARAGRAPHS), URL, TITLE) for _ in range(6))
    assert len(await asyncio.gather(*calls)) == 6
