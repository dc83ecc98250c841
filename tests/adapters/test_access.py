"""What one feed's server wants besides a plain GET, and that nobody else gets to see it."""

import ssl
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard
from monitor.core.model import FeedAccess, FetchRequest, FetchResult, Hop, Proxy
from monitor.errors import FetchError, ForbiddenAddress, Refused, Unreachable
from tests.adapters.certificates import serve_tls
from tests.proxy import loopback_proxy

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = "kanarienvogel-4711"
LOGIN = FeedAccess({"Authorization": f"Bearer {KEY}", "Cookie": "abo=1", "User-Agent": "leser/1"})
PROXY_LOGIN = {"Proxy-Authorization": "Basic d2ViOndhbGQ="}
FEED = "http://news.example.com/rss"


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another server: the same host on another port is another origin."""
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@asynccontextmanager
async def open_fetcher(access: dict[str, FeedAccess], *ports: int) -> AsyncIterator[HttpFetcher]:
    guard = AddressGuard(f"127.0.0.1:{port}" for port in ports)
    fetcher = HttpFetcher(guard, user_agent="monitor/0", clock=lambda: NOW, access=access)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def fetch(url: str, access: FeedAccess, *ports: int, feed: str | None = None) -> FetchResult:
    async with open_fetcher({feed or url: access}, *ports) as fetcher:
        return await fetcher.fetch(FetchRequest(url, feed=feed))


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def headers_at(server: HTTPServer) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (seen.headers.get("Authorization"), seen.headers.get("Cookie"), seen.headers["User-Agent"])
        for seen, _ in server.log
    ]


GIVEN = (f"Bearer {KEY}", "abo=1", "leser/1")
NOT_GIVEN = (None, None, "monitor/0")


# --- headers, cookies, login: to the feed's own origin only ---


async def test_a_feeds_own_server_gets_what_the_file_says(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/f").respond_with_data(b"x")
    await fetch(url_of(httpserver, "/f"), LOGIN, httpserver.port)
    assert headers_at(httpserver) == [GIVEN]


async def test_another_feed_of_the_same_server_does_not_get_it(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/g").respond_with_data(b"x")
    async with open_fetcher({url_of(httpserver, "/f"): LOGIN}, httpserver.port) as fetcher:
        await fetcher.fetch(FetchRequest(url_of(httpserver, "/g")))
    assert headers_at(httpserver) == [NOT_GIVEN]


async def test_a_redirect_within_the_server_keeps_it(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/f").respond_with_data(status=302, headers={"Location": "/g"})
    httpserver.expect_request("/g").respond_with_data(b"x")
    answer = await fetch(url_of(httpserver, "/f"), LOGIN, httpserver.port)
    assert headers_at(httpserver) == [GIVEN, GIVEN]
    assert answer.hops == (Hop(302, url_of(httpserver, "/g")),)


async def test_a_redirect_elsewhere_drops_it(httpserver: HTTPServer, elsewhere: HTTPServer) -> None:
    """Another port is another origin; coming back is coming home."""
    there, home = url_of(elsewhere, "/away"), url_of(httpserver, "/home")
    httpserver.expect_request("/f").respond_with_data(status=302, headers={"Location": there})
    elsewhere.expect_request("/away").respond_with_data(status=302, headers={"Location": home})
    httpserver.expect_request("/home").respond_with_data(b"x")
    ports = (httpserver.port, elsewhere.port)
    answer = await fetch(url_of(httpserver, "/f"), LOGIN, *ports)
    assert headers_at(elsewhere) == [NOT_GIVEN]
    assert headers_at(httpserver) == [GIVEN, GIVEN]
    assert [hop.url for hop in answer.hops] == [there, home]


async def test_a_name_for_the_same_address_is_another_server(httpserver: HTTPServer) -> None:
    named = f"http://localhost:{httpserver.port}/g"
    httpserver.expect_request("/f").respond_with_data(status=302, headers={"Location": named})
    httpserver.expect_request("/g").respond_with_data(b"x")
    guard = AddressGuard([f"127.0.0.1:{httpserver.port}", f"localhost:{httpserver.port}"])
    access = {url_of(httpserver, "/f"): LOGIN}
    fetcher = HttpFetcher(guard, user_agent="monitor/0", clock=lambda: NOW, access=access)
    await fetcher.fetch(FetchRequest(url_of(httpserver, "/f")))
    await fetcher.close()
    assert headers_at(httpserver) == [GIVEN, NOT_GIVEN]


async def test_what_a_feed_asks_for_besides_itself_is_asked_its_way(
    httpserver: HTTPServer, elsewhere: HTTPServer
) -> None:
    """An article's page on the feed's own server needs the same login; one elsewhere has none."""
    httpserver.expect_request("/article").respond_with_data(b"x")
    elsewhere.expect_request("/article").respond_with_data(b"x")
    feed, ports = url_of(httpserver, "/f"), (httpserver.port, elsewhere.port)
    for server in (httpserver, elsewhere):
        await fetch(url_of(server, "/article"), LOGIN, *ports, feed=feed)
    assert headers_at(httpserver) == [GIVEN]
    assert headers_at(elsewhere) == [NOT_GIVEN]


# --- which hop it was ---


@pytest.mark.fault("C4")
async def test_a_refused_redirect_is_named(httpserver: HTTPServer) -> None:
    first, second = "/b", "http://169.254.169.254/latest/meta-data/"
    httpserver.expect_request("/a").respond_with_data(status=301, headers={"Location": first})
    httpserver.expect_request("/b").respond_with_data(status=302, headers={"Location": second})
    with pytest.raises(ForbiddenAddress) as caught:
        await fetch(url_of(httpserver, "/a"), FeedAccess(), httpserver.port)
    assert str(caught.value) == (
        f"169.254.169.254 is not a public address (redirect 2, to {second})"
    )
    assert caught.value.hops == (Hop(301, url_of(httpserver, "/b")), Hop(302, second))


async def test_an_error_without_a_redirect_names_none(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=404)
    with pytest.raises(Refused) as caught:
        await fetch(url_of(httpserver, "/a"), FeedAccess(), httpserver.port)
    assert (str(caught.value), caught.value.hops) == ("HTTP 404", ())


# --- certificates (C9) ---


@pytest.mark.fault("C9")
async def test_only_the_feed_that_says_so_is_read_over_an_unknown_certificate(
    self_signed: ssl.SSLContext,
) -> None:
    with serve_tls(self_signed) as server:
        server.expect_request("/f").respond_with_data(b"x")
        url = f"https://127.0.0.1:{server.port}/f"
        access = {url: FeedAccess(tls_verify=False)}
        async with open_fetcher(access, server.port) as fetcher:
            assert (await fetcher.fetch(FetchRequest(url))).body == b"x"
            with pytest.raises(Unreachable, match="self-signed certificate"):
                await fetcher.fetch(FetchRequest(f"{url}?other"))


@pytest.mark.fault("C9")
async def test_a_redirect_to_another_server_is_checked_again(self_signed: ssl.SSLContext) -> None:
    with serve_tls(self_signed) as server, serve_tls(self_signed) as other:
        there = f"https://127.0.0.1:{other.port}/f"
        server.expect_request("/f").respond_with_data(status=302, headers={"Location": there})
        url = f"https://127.0.0.1:{server.port}/f"
        with pytest.raises(Unreachable, match="certificate not accepted"):
            await fetch(url, FeedAccess(tls_verify=False), server.port, other.port)
        assert other.log == []


# --- proxies ---


async def test_plain_http_goes_through_the_proxy_with_its_login(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/rss").respond_with_data(b"x")
    async with loopback_proxy(httpserver.port, PROXY_LOGIN["Proxy-Authorization"]) as proxy:
        access = FeedAccess(LOGIN.headers, Proxy(proxy.url, PROXY_LOGIN))
        answer = await fetch(FEED, access)
    assert answer.body == b"x"
    assert proxy.heads[0].startswith("GET http://news.example.com/rss HTTP/1.1\r\n")
    assert headers_at(httpserver) == [GIVEN]


async def test_https_goes_through_a_tunnel_that_sees_no_secret(
    self_signed: ssl.SSLContext,
) -> None:
    with serve_tls(self_signed) as server:
        server.expect_request("/rss").respond_with_data(b"x")
        async with loopback_proxy(server.port, PROXY_LOGIN["Proxy-Authorization"]) as proxy:
            way = Proxy(proxy.url, PROXY_LOGIN)
            access = FeedAccess(LOGIN.headers, way, tls_verify=False)
            answer = await fetch("https://news.example.com/rss", access)
        assert answer.body == b"x"
        assert [head.split("\r\n")[0] for head in proxy.heads] == [
            "CONNECT news.example.com:443 HTTP/1.1"
        ]
        assert KEY not in proxy.heads[0]
        assert headers_at(server) == [GIVEN]
        assert "Proxy-Authorization" not in server.log[0][0].headers


async def test_through_a_proxy_the_certificate_is_checked_as_well(
    self_signed: ssl.SSLContext,
) -> None:
    with serve_tls(self_signed) as server:
        async with loopback_proxy(server.port) as proxy:
            access = FeedAccess(proxy=Proxy(proxy.url))
            with pytest.raises(Unreachable, match="certificate not accepted"):
                await fetch("https://news.example.com/rss", access)
        assert server.log == []


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "①②⑦.⓪.⓪.①",
        "169.254.169.254",
        "192.88.99.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "printer.local",
        "intranet",
    ],
)
async def test_a_proxy_is_not_asked_for_what_is_private_by_its_spelling(
    httpserver: HTTPServer, host: str
) -> None:
    """It would look for it in its own network, where our guard cannot see."""
    async with loopback_proxy(httpserver.port) as proxy:
        with pytest.raises(ForbiddenAddress):
            await fetch(f"http://{host}/rss", FeedAccess(proxy=Proxy(proxy.url)))
    assert proxy.heads == []


@pytest.mark.fault("C4")
async def test_a_redirect_through_a_proxy_is_judged_likewise(httpserver: HTTPServer) -> None:
    there = "http://169.254.169.254/"
    httpserver.expect_request("/rss").respond_with_data(status=302, headers={"Location": there})
    async with loopback_proxy(httpserver.port) as proxy:
        with pytest.raises(ForbiddenAddress, match="redirect 1, to http://169"):
            await fetch(FEED, FeedAccess(proxy=Proxy(proxy.url)))
    assert len(proxy.heads) == 1


async def test_what_the_operator_allowed_is_asked_for_through_a_proxy(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/f").respond_with_data(b"x")
    async with loopback_proxy(httpserver.port) as proxy:
        access = FeedAccess(proxy=Proxy(proxy.url))
        assert (await fetch("http://127.0.0.1:4711/f", access, 4711)).body == b"x"


@pytest.mark.parametrize("url", [FEED, "https://news.example.com/rss"])
async def test_a_proxy_that_wants_another_login_says_so(httpserver: HTTPServer, url: str) -> None:
    async with loopback_proxy(httpserver.port, "Basic YW5kZXJz") as proxy:
        with pytest.raises(Refused, match="HTTP 407"):
            await fetch(url, FeedAccess(proxy=Proxy(proxy.url, PROXY_LOGIN)))


async def test_a_proxy_that_is_not_there_is_named() -> None:
    access = FeedAccess(proxy=Proxy("http://127.0.0.1:1", PROXY_LOGIN))
    with pytest.raises(Unreachable, match=r"^proxy 127\.0\.0\.1:1: Connection refused$"):
        await fetch(FEED, access)


# --- secrets (F1) ---


@pytest.mark.fault("F1")
async def test_a_server_that_repeats_a_secret_does_not_get_it_into_an_error(
    httpserver: HTTPServer,
) -> None:
    """Errors are stored. Some services move a key from the header into the address."""
    target = {"Location": f"/g?key={KEY}"}
    httpserver.expect_request("/f").respond_with_data(status=302, headers=target)
    httpserver.expect_request("/g").respond_with_data(status=403)
    with pytest.raises(Refused) as caught:
        await fetch(url_of(httpserver, "/f"), LOGIN, httpserver.port)
    assert str(caught.value) == f"HTTP 403 (redirect 1, to {url_of(httpserver, '/g')})"


@pytest.mark.fault("F1")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_error_and_no_traceback_holds_a_secret(
    httpserver: HTTPServer, scheme: str
) -> None:
    httpserver.expect_request("/rss").respond_with_data(status=500)
    login = {"Proxy-Authorization": f"Basic {KEY}"}
    async with loopback_proxy(httpserver.port) as proxy:
        for way in (Proxy(proxy.url, login), Proxy("http://127.0.0.1:1", login)):
            access = FeedAccess(LOGIN.headers, way)
            with pytest.raises(FetchError) as caught:
                await fetch(f"{scheme}://news.example.com/rss", access)
            told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
            assert KEY not in told + repr(access)
