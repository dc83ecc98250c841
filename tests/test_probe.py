"""Asking one address by hand: what each answer is called, and where feeds are looked for."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.adapters.extract import ArticleExtractor
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard
from monitor.adapters.parse import FeedParser
from monitor.adapters.worker import FreshWorker, Worker
from monitor.app import Reader
from monitor.core.model import FeedSpec
from monitor.core.rhythm import make_pace
from monitor.errors import Refused
from monitor.probe import MOST_TRIED, Trial, discover_feeds, try_feed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RSS = b"""<rss version="2.0"><channel><title>Deichpost</title>
<item><title>Springflut</title><guid>1</guid><pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate></item>
<item><title>Ebbe</title><guid>2</guid></item></channel></rss>"""
NOTHING = b"<!doctype html><html><body>Hier ist nichts.</body></html>"


@pytest.fixture
async def reader(httpserver: HTTPServer) -> AsyncIterator[Reader]:
    """Reads as the daemon does, but waits for a second only."""
    fetcher = HttpFetcher(
        AddressGuard([f"127.0.0.1:{httpserver.port}"]),
        user_agent="monitor/0",
        clock=lambda: NOW,
        deadline=timedelta(seconds=1),
    )
    worker, extractor = Worker("parser"), FreshWorker("extractor")
    yield Reader(fetcher, FeedParser(worker), ArticleExtractor(extractor))
    await fetcher.close()
    await worker.close()
    await extractor.close()


async def ask(reader: Reader, url: str, own: timedelta | None = None) -> Trial:
    pace = make_pace(timedelta(minutes=15))
    return await try_feed(reader, FeedSpec(url, "Deichpost", interval=own), pace, NOW)


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def paths_asked(server: HTTPServer) -> list[str]:
    return [request.full_path.rstrip("?") for request, _ in server.log]


def page(server: HTTPServer, path: str) -> str:
    server.expect_request(path).respond_with_data(NOTHING, content_type="text/html")
    return url_of(server, path)


# --- test ---


async def test_a_feed_is_what_it_holds(httpserver: HTTPServer, reader: Reader) -> None:
    httpserver.expect_request("/rss").respond_with_data(RSS)
    trial = await ask(reader, url_of(httpserver, "/rss"))
    assert trial.error is None
    assert trial.feed
    assert [entry.title for entry in trial.feed.entries] == ["Springflut", "Ebbe"]
    assert trial.newest_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert trial.seconds > 0


@pytest.mark.parametrize(
    ("headers", "own", "expected"),
    [
        ({}, None, (timedelta(minutes=15), "interval 15m")),
        (
            {"Cache-Control": "max-age=1800"},
            None,
            (timedelta(minutes=30), "the server says fresh for 30m"),
        ),
        (
            {"Cache-Control": "max-age=1800"},
            timedelta(minutes=5),
            (timedelta(minutes=5), "its own interval 5m"),
        ),
    ],
)
async def test_it_says_when_it_would_be_asked_again(
    httpserver: HTTPServer,
    reader: Reader,
    headers: dict[str, str],
    own: timedelta | None,
    expected: tuple[timedelta, str],
) -> None:
    busy = "Sun, 01 Mar 2026 11:59:00 GMT"
    body = RSS.replace(b"Sun, 01 Mar 2026 08:00:00 GMT", busy.encode())
    httpserver.expect_request("/rss").respond_with_data(body, headers=headers)
    trial = await ask(reader, url_of(httpserver, "/rss"), own)
    assert (trial.next_in, trial.why) == expected


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "username and password"),
        (403, "a login, cookies or headers"),
        (404, "`monitor feeds discover`"),
        (407, "write proxy ="),
        (410, "gone for good"),
        (429, "too often"),
        (500, ""),
    ],
)
async def test_a_refusal_comes_with_its_remedy(
    httpserver: HTTPServer, reader: Reader, status: int, remedy: str
) -> None:
    httpserver.expect_request("/f").respond_with_data(status=status)
    trial = await ask(reader, url_of(httpserver, "/f"))
    assert (trial.status, trial.error, trial.feed) == (status, f"HTTP {status}", None)
    assert remedy in trial.remedy


@pytest.mark.fault("C1")
async def test_a_server_that_does_not_end_in_time_is_told_as_that(
    httpserver: HTTPServer, reader: Reader
) -> None:
    """Also where it is a redirect that hangs: then it is named."""
    let_go = threading.Event()

    def hang(_: Request) -> Response:
        let_go.wait()
        return Response()

    target = {"Location": url_of(httpserver, "/slow")}
    httpserver.expect_request("/f").respond_with_data(status=302, headers=target)
    httpserver.expect_request("/slow").respond_with_handler(hang)
    trial = await ask(reader, url_of(httpserver, "/f"))
    let_go.set()
    slow = url_of(httpserver, "/slow")
    assert trial.error == f"no whole answer within 1 s (redirect 1, to {slow})"


@pytest.mark.fault("C10")
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (NOTHING, "a web page, not a feed"),
        (b"", "an empty document, not a feed"),
        (b'{"error": 7}', "a JSON document, not a JSON Feed"),
        (b"/etc/passwd", "neither RSS, Atom nor JSON Feed"),
    ],
)
async def test_what_is_no_feed_is_called_what_it_is(
    httpserver: HTTPServer, reader: Reader, body: bytes, error: str
) -> None:
    httpserver.expect_request("/f").respond_with_data(body)
    trial = await ask(reader, url_of(httpserver, "/f"))
    assert trial.error
    assert trial.error.startswith(error)
    assert trial.status == 200


# --- discover ---


async def test_where_no_feed_is_named_the_usual_places_are_tried_until_one_has_it(
    httpserver: HTTPServer, reader: Reader
) -> None:
    url = page(httpserver, "/blog/")
    for path in ("/blog/feed", "/blog/rss"):
        page(httpserver, path)
    httpserver.expect_request("/blog/rss.xml").respond_with_data(RSS)
    [found] = await discover_feeds(reader, url, gap=0)
    assert (found.url, found.title) == (url_of(httpserver, "/blog/rss.xml"), "Deichpost")
    assert paths_asked(httpserver) == ["/blog/", "/blog/feed", "/blog/rss", "/blog/rss.xml"]


async def test_then_the_top_of_the_site_and_then_it_is_enough(
    httpserver: HTTPServer, reader: Reader
) -> None:
    url = page(httpserver, "/blog/")
    httpserver.expect_request(re.compile(".*")).respond_with_data(status=404)
    assert await discover_feeds(reader, url, gap=0) == ()
    asked = paths_asked(httpserver)[1:]
    assert len(asked) <= MOST_TRIED
    assert asked[:7] == [
        f"/blog/{name}"
        for name in ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
    ]
    assert asked[7:9] == ["/blog/?feed=rss2", "/feed"]


async def test_a_tired_server_is_left_alone(httpserver: HTTPServer, reader: Reader) -> None:
    url = page(httpserver, "/")
    httpserver.expect_request("/feed").respond_with_data(status=404)
    httpserver.expect_request("/rss").respond_with_data(status=429)
    assert await discover_feeds(reader, url, gap=0) == ()
    assert paths_asked(httpserver) == ["/", "/feed", "/rss"]


async def test_between_two_requests_is_a_pause(httpserver: HTTPServer, reader: Reader) -> None:
    url = page(httpserver, "/")
    httpserver.expect_request("/feed").respond_with_data(status=404)
    httpserver.expect_request("/rss").respond_with_data(RSS)
    began = asyncio.get_running_loop().time()
    assert len(await discover_feeds(reader, url, gap=0.2)) == 1
    assert asyncio.get_running_loop().time() - began >= 0.4


async def test_an_address_that_gives_nothing_is_an_error(
    httpserver: HTTPServer, reader: Reader
) -> None:
    httpserver.expect_request("/").respond_with_data(status=404)
    with pytest.raises(Refused, match="HTTP 404"):
        await discover_feeds(reader, url_of(httpserver, "/"), gap=0)
