import gzip
import io
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import HTTPConnection
from urllib.parse import urlsplit

import feedparser
import pytest

from monitor.demo.news import Article, Kind, News, Outlet, load_news
from monitor.demo.server import DemoServer

STARTED_AT = datetime(2031, 3, 4, 12, 0, tzinfo=UTC)
EARLY = Article(
    "early", "Tom & <Jerry>", "<p>Here <b>now</b>.</p>", timedelta(), -timedelta(minutes=5)
)
LATE = Article("late", "Late", "<p>Later.</p>", timedelta(seconds=4), timedelta(seconds=4))
NEWS = News(
    (
        Outlet("first", "First & Last", Kind.RSS2, "en", (EARLY, LATE)),
        Outlet("second", "Second", Kind.JSON, "de", (EARLY,)),
        Outlet("down", "Down", Kind.RSS2, "en", (), fails=True),
    )
)


@dataclass
class Clock:
    """Stands still until it is put forward."""

    now: datetime = STARTED_AT

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Got:
    status: int
    headers: Message
    body: bytes


def get(server: DemoServer, path: str, **headers: str) -> Got:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=names)
        response = connection.getresponse()
        return Got(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[DemoServer]:
    with DemoServer(NEWS, clock=clock, started_at=STARTED_AT) as running:
        yield running


def test_feeds_are_named_by_outlet(server: DemoServer) -> None:
    address = f"http://127.0.0.1:{server.port}/feeds"
    assert server.urls == {
        "First & Last": f"{address}/first.xml",
        "Second": f"{address}/second.json",
        "Down": f"{address}/down.xml",
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feeds/first.xml", "application/rss+xml; charset=utf-8"),
        ("/feeds/second.json", "application/feed+json; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/a/early", "text/html; charset=utf-8"),
        ("/a/early?from=feed", "text/html; charset=utf-8"),
    ],
)
def test_media_types(server: DemoServer, path: str, expected: str) -> None:
    got = get(server, path)
    assert (got.status, got.headers["Content-Type"]) == (200, expected)


@pytest.mark.parametrize("path", ["/a/nothing", "/a/late", "/feeds/first", "/../etc/passwd"])
def test_what_is_not_there_or_not_yet_is_not_found(server: DemoServer, path: str) -> None:
    assert get(server, path).status == 404


def test_an_article_appears_when_its_time_has_come(server: DemoServer, clock: Clock) -> None:
    clock.forward(3)
    assert b"Late" not in get(server, "/feeds/first.xml").body
    clock.forward(1)
    assert b"Late" in get(server, "/feeds/first.xml").body
    assert get(server, "/a/late").status == 200


@pytest.mark.parametrize(
    ("request_header", "validator"),
    [("If_None_Match", "ETag"), ("If_Modified_Since", "Last-Modified")],
)
def test_an_unchanged_feed_is_304_until_something_appears(
    server: DemoServer, clock: Clock, request_header: str, validator: str
) -> None:
    first = get(server, "/feeds/first.xml")
    again = get(server, "/feeds/first.xml", **{request_header: first.headers[validator]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers[validator] == first.headers[validator]

    clock.forward(4)
    changed = get(server, "/feeds/first.xml", **{request_header: first.headers[validator]})
    assert changed.status == 200
    assert changed.headers[validator] != first.headers[validator]


def test_the_etag_decides_where_both_validators_are_given(server: DemoServer) -> None:
    modified = get(server, "/feeds/first.xml").headers["Last-Modified"]
    got = get(server, "/feeds/first.xml", If_None_Match='"other"', If_Modified_Since=modified)
    assert got.status == 200


@pytest.mark.parametrize("since", ["yesterday", "", "Tue, 04 Mar 2031 12:00:00 -0000"])
def test_an_unreadable_date_is_ignored(server: DemoServer, since: str) -> None:
    assert get(server, "/feeds/first.xml", If_Modified_Since=since).status == 200


def test_gzip_is_sent_to_those_who_accept_it_under_the_same_etag(server: DemoServer) -> None:
    plain = get(server, "/feeds/first.xml")
    packed = get(server, "/feeds/first.xml", Accept_Encoding="gzip, deflate")

    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_the_failing_feed_asks_no_rest_for_the_host_that_all_feeds_share(
    server: DemoServer,
) -> None:
    got = get(server, "/feeds/down.xml")
    assert (got.status, got.headers["Retry-After"]) == (503, None)


def test_a_page_escapes_names_and_titles_and_keeps_the_outlets_markup(server: DemoServer) -> None:
    page = get(server, "/a/early").body.decode()
    assert "<h1>Tom &amp; &lt;Jerry&gt;</h1>" in page
    assert "First &amp; Last" in page
    assert "<p>Here <b>now</b>.</p>" in page


def test_the_index_offers_every_feed_for_discovery(server: DemoServer) -> None:
    page = get(server, "/").body.decode()
    assert page.count('<link rel="alternate"') == 3
    assert (
        '<link rel="alternate" type="application/rss+xml" title="First &amp; Last" '
        'href="/feeds/first.xml">'
    ) in page


def test_a_given_port_is_taken_and_given_back(clock: Clock) -> None:
    with DemoServer(NEWS, clock=clock, started_at=STARTED_AT) as first:
        port = first.port
    with DemoServer(NEWS, clock=clock, started_at=STARTED_AT, port=port) as second:
        assert second.port == port
        assert get(second, "/").status == 200


def test_the_bundled_news_is_served_whole_and_its_links_lead_to_pages(clock: Clock) -> None:
    news = load_news()
    clock.forward(60)
    with DemoServer(news, clock=clock, started_at=STARTED_AT) as server:
        for outlet in news.outlets:
            url = urlsplit(server.urls[outlet.name])
            got = get(server, url.path)
            assert got.status == (503 if outlet.fails else 200)
            if outlet.kind is not Kind.JSON and not outlet.fails:
                entries = feedparser.parse(io.BytesIO(got.body)).entries
                assert len(entries) == len(outlet.visible(news.complete_after))
                assert get(server, urlsplit(entries[0].link).path).status == 200


def test_a_client_that_hangs_up_disturbs_nobody(
    server: DemoServer, capfd: pytest.CaptureFixture[str]
) -> None:
    hang_up = struct.pack("ii", 1, 0)  # SO_LINGER 0: close() sends a reset
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hang_up)
        rude.sendall(b"GET / HT")

    assert get(server, "/").status == 200
    for thread in threading.enumerate():
        if "process_request" in thread.name:
            thread.join(5)
    assert capfd.readouterr().err == ""
