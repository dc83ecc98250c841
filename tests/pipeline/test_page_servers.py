"""What publishers' servers answer where an article should be; real sockets, real extraction."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.adapters.extract import MEMORY, ArticleExtractor
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard
from monitor.adapters.worker import FreshWorker
from monitor.core.model import FeedSpec, FetchRequest, FetchResult, PageState, TextSource
from monitor.core.page import PAGE_LIMIT
from tests.pipeline.conftest import START, World
from tests.pipeline.fakes import FakeFetcher

TITLE = "Halden in doubt over its second chip factory"
PARAGRAPHS = (
    (
        "Halden has stopped work on its second chip factory, four months before the first machines"
        " were to arrive. A spokeswoman said that customers had pushed back their orders."
    ),
    (
        "Two suppliers have been told to send their fitters home. The town had built a road and a"
        " school for the two thousand people who were to work there from next autumn."
    ),
    (
        "Analysts at three banks speak of a bubble: whoever ordered chips last year did so for fear"
        " of getting none, and now nobody knows how many are needed."
    ),
)
ELSEWHERE = "The town council has passed its budget. Roads and schools share eleven million. "
TEMPLATE = """<!DOCTYPE html><html lang="en"><head><title>{0}</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>{0}</h1>{1}</article><footer>Imprint</footer></body></html>"""


def html(*paragraphs: str, title: str = TITLE) -> bytes:
    return TEMPLATE.format(title, "".join(f"<p>{p}</p>" for p in paragraphs)).encode()


def page(*paragraphs: str, title: str = TITLE) -> Response:
    return Response(html(*paragraphs, title=title), content_type="text/html; charset=utf-8")


def moved(location: str) -> Response:
    return Response("", status=302, headers={"Location": location})


def bomb() -> Response:
    packed = gzip.compress(b"<p>" + bytes(50_000_000))
    return Response(packed, content_type="text/html", headers={"Content-Encoding": "gzip"})


REFUSED, FAILED, WAITING = PageState.REFUSED, PageState.FAILED, PageState.WAITING

ANSWERS = {
    "cookie wall": (
        page("We use cookies. Accept all cookies, or manage your preferences here. " * 12),
        REFUSED,
        "a notice",
    ),
    "consent buttons": (page(*PARAGRAPHS, "Cookies zulassen"), REFUSED, "a notice"),
    "subscription": (
        page(*PARAGRAPHS, "Abonnieren Sie, um weiterzulesen."),
        REFUSED,
        "a notice",
    ),
    "paywall teaser": (
        page(PARAGRAPHS[0], "Already a subscriber? Sign in to read on."),
        REFUSED,
        "a teaser|no article",
    ),
    "teaser": (page(PARAGRAPHS[0]), REFUSED, "a teaser"),
    "wrong article": (page(ELSEWHERE * 8, title="Council passes budget"), REFUSED, "not about"),
    "missing, it says": (
        page("Page not found. " * 5, *PARAGRAPHS, title="404"),
        REFUSED,
        "a notice",
    ),
    "missing": (Response("", status=404), FAILED, "HTTP 404"),
    "pdf": (Response(b"%PDF-1.7", content_type="application/pdf"), REFUSED, "application/pdf"),
    "nothing": (Response(b"", content_type="text/html"), REFUSED, "no article"),
    "huge": (
        Response(html(*PARAGRAPHS) + bytes(PAGE_LIMIT), content_type="text/html"),
        REFUSED,
        "a page of 5 MB",
    ),
    "endless": (Response(bytes(11_000_000), content_type="text/html"), FAILED, "more than"),
    "bomb": (bomb(), FAILED, "more than 10,000,000 bytes"),
    "busy": (Response("", status=503), WAITING, "HTTP 503"),
    "metadata service": (
        moved("http://169.254.169.254/latest/meta-data/"),
        FAILED,
        "169.254.169.254 is not a public address",
    ),
    "front page": (moved("/"), REFUSED, "front page"),
    "consent page": (moved("/consent?back=article"), REFUSED, "consent or login page"),
}


@dataclass(frozen=True)
class Split:
    """Feeds from the fake, pages over real sockets."""

    feeds: FakeFetcher
    pages: HttpFetcher

    async def fetch(self, request: FetchRequest) -> FetchResult:
        return await (self.pages if request.page else self.feeds).fetch(request)


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer("127.0.0.1", port=0, threaded=True) as server:
        server.expect_request("/").respond_with_response(page(*PARAGRAPHS, title="Home"))
        server.expect_request("/consent").respond_with_response(page("Your choice"))
        yield server


@pytest.fixture
async def reading(world: World, server: HTTPServer) -> AsyncIterator[World]:
    """A world whose feed's links lead to the server."""
    fetcher = HttpFetcher(
        AddressGuard([f"127.0.0.1:{server.port}"]),
        user_agent="test",
        clock=world.clock,
        deadline=timedelta(seconds=2),
    )
    worker = FreshWorker("extractor", memory=MEMORY, size=2)
    world.parts = replace(
        world.parts, fetcher=Split(world.fetcher, fetcher), extractor=ArticleExtractor(worker)
    )
    yield world
    await fetcher.close()
    await worker.close()


async def read(world: World, server: HTTPServer) -> tuple[PageState, str, TextSource]:
    """Let the feed bring the article; give what came of its page, and whose text it has."""
    url = f"http://127.0.0.1:{server.port}"
    world.show(url, "Nothing of note")
    await world.parts.store.write(lambda tx: tx.feeds.add(FeedSpec(url, "one"), START))
    await world.settle()
    world.mail.sent.clear()
    world.show(url, TITLE)
    await world.pass_time()
    link = f"{url}/{TITLE.replace(' ', '-')}"
    (article,) = await world.parts.store.read(lambda tx: tx.articles.find(link))
    told = await world.parts.store.read(lambda tx: tx.pages.of(article.id))
    assert told is not None
    return told.state, told.reason, article.source


@pytest.mark.parametrize("case", ANSWERS)
async def test_what_is_no_article_keeps_the_feeds_text_and_says_why(
    reading: World, server: HTTPServer, case: str
) -> None:
    answer, state, reason = ANSWERS[case]
    server.expect_request(f"/{TITLE.replace(' ', '-')}").respond_with_response(answer)
    found, why, source = await read(reading, server)
    assert (found, source) == (state, TextSource.FEED)
    assert re.search(reason, why)
    assert reading.mail.sent == []


async def test_an_article_is_taken_and_told(reading: World, server: HTTPServer) -> None:
    server.expect_request(f"/{TITLE.replace(' ', '-')}").respond_with_response(page(*PARAGRAPHS))
    assert await read(reading, server) == (PageState.TAKEN, "", TextSource.PAGE)
    assert reading.mail.titles == [f"AI overbuild: {TITLE}"]


@pytest.mark.fault("C1")
async def test_a_page_that_hangs_is_tried_again_later(reading: World, server: HTTPServer) -> None:
    over = Event()

    def hang(_: Request) -> Response:
        over.wait(60)
        return Response("late")

    server.expect_request(f"/{TITLE.replace(' ', '-')}").respond_with_handler(hang)
    state, reason, _ = await read(reading, server)
    over.set()
    assert (state, reason) == (WAITING, "no whole answer within 2 s")
