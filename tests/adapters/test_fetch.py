"""HTTP against a real, well-behaved loopback server; statuses (C7) and compression bombs (C2)."""

import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.adapters.fetch import HttpFetcher, inflate, parse_freshness, parse_retry_after
from monitor.adapters.net import AddressGuard
from monitor.core.model import FetchRequest, FetchResult, Hop
from monitor.errors import Refused, TooLarge

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIMIT = 100_000


def fetcher(port: int) -> HttpFetcher:
    return HttpFetcher(
        AddressGuard([f"127.0.0.1:{port}"]),
        user_agent="monitor/0 (+https://monitor.example.com)",
        clock=lambda: NOW,
        max_bytes=LIMIT,
    )


async def fetch(url: str) -> FetchResult:
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    client = fetcher(port)
    try:
        return await client.fetch(FetchRequest(url))
    finally:
        await client.close()


# --- the good ways, against a well-behaved server ---


async def test_a_body_comes_with_its_validators_and_type(httpserver: HTTPServer) -> None:
    headers = {"ETag": '"7"', "Last-Modified": "Sun, 01 Mar 2026 11:00:00 GMT"}
    httpserver.expect_request("/f").respond_with_data(
        b"<rss/>", headers=headers, content_type="application/rss+xml"
    )
    url = httpserver.url_for("/f").replace("localhost", "127.0.0.1")
    assert await fetch(url) == FetchResult(
        url=url,
        not_modified=False,
        body=b"<rss/>",
        content_type="application/rss+xml",
        etag='"7"',
        last_modified="Sun, 01 Mar 2026 11:00:00 GMT",
    )


@pytest.mark.fault("C8")
async def test_validators_are_sent_back_and_304_has_no_body(httpserver: HTTPServer) -> None:
    asked = {"If-None-Match": '"7"', "If-Modified-Since": "Sun, 01 Mar 2026 11:00:00 GMT"}
    httpserver.expect_request("/f", headers=asked).respond_with_data(status=304)
    client = fetcher(httpserver.port)
    request = FetchRequest(url_of(httpserver, "/f"), '"7"', "Sun, 01 Mar 2026 11:00:00 GMT")
    result = await client.fetch(request)
    await client.close()
    assert result.not_modified
    assert result.body is None


@pytest.mark.fault("C8")
async def test_304_without_a_validator_is_an_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/f").respond_with_data(status=304)
    with pytest.raises(Refused, match="HTTP 304"):
        await fetch(url_of(httpserver, "/f"))


async def test_the_request_says_who_asks_and_keeps_no_cookie(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(b"x", headers={"Set-Cookie": "a=b"})

    httpserver.expect_request("/f").respond_with_handler(answer)
    client = fetcher(httpserver.port)
    for _ in range(2):
        await client.fetch(FetchRequest(url_of(httpserver, "/f")))
    await client.close()
    headers = seen[1].headers
    assert headers["User-Agent"] == "monitor/0 (+https://monitor.example.com)"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "application/feed+json" in headers["Accept"]
    assert "Cookie" not in headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_to_the_final_address(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_data(status=status, headers={"Location": "b?x=1"})
    httpserver.expect_request("/b").respond_with_data(b"here")
    result = await fetch(url_of(httpserver, "/a"))
    there = url_of(httpserver, "/b?x=1")
    assert (result.url, result.body, result.hops) == (there, b"here", (Hop(status, there),))


@pytest.mark.fault("C7")
async def test_an_error_after_a_redirect_says_who_made_it(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=301, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data(status=429)
    with pytest.raises(Refused) as caught:
        await fetch(url_of(httpserver, "/a"))
    assert caught.value.hops == (Hop(301, url_of(httpserver, "/b")),)


async def test_how_long_an_answer_stays_fresh_is_told(httpserver: HTTPServer) -> None:
    headers = {"Cache-Control": "public, max-age=1800"}
    httpserver.expect_request("/f").respond_with_data(b"x", headers=headers)
    assert (await fetch(url_of(httpserver, "/f"))).fresh_for == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("gzip", lambda body: gzip.compress(body[:4]) + gzip.compress(body[4:])),
        ("gzip", lambda body: gzip.compress(body) + b"\0\0\0"),
        ("identity", lambda body: body),
    ],
)
async def test_compressed_bodies_are_inflated(
    httpserver: HTTPServer, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = "Die Börse schließt fester.".encode()
    headers = {"Content-Encoding": encoding}
    httpserver.expect_request("/f").respond_with_data(compress(body), headers=headers)
    assert (await fetch(url_of(httpserver, "/f"))).body == body


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


# --- statuses and Retry-After (C7) ---


@pytest.mark.fault("C6")
@pytest.mark.parametrize(
    ("status", "temporary"),
    [
        *((status, False) for status in (204, 401, 403, 404, 410)),
        *((status, True) for status in (408, 429, 500, 503)),
    ],
)
async def test_another_status_is_refused(
    httpserver: HTTPServer, status: int, temporary: bool
) -> None:
    httpserver.expect_request("/f").respond_with_data(status=status)
    with pytest.raises(Refused, match=f"HTTP {status}") as caught:
        await fetch(url_of(httpserver, "/f"))
    assert caught.value.temporary is temporary


@pytest.mark.fault("C7")
async def test_the_servers_wish_to_wait_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/f").respond_with_data(status=429, headers={"Retry-After": "600"})
    with pytest.raises(Refused) as caught:
        await fetch(url_of(httpserver, "/f"))
    assert caught.value.retry_after == timedelta(minutes=10)


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", timedelta(minutes=1)),
        ("999999", timedelta(hours=24)),
        ("9" * 400, timedelta(hours=24)),
        ("Sun, 01 Mar 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 01 Mar 2026 13:30:00 +0100", timedelta(minutes=30)),
        ("Sun, 01 Mar 2026 12:30:00 -0000", timedelta(minutes=30)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta(minutes=1)),
        ("Fri, 01 Mar 2126 12:00:00 GMT", timedelta(hours=24)),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_is_clamped(value: str | None, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOW) == wait


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, timedelta(minutes=10)),
        ({"cache-control": "private, Max-Age = 600, must-revalidate"}, timedelta(minutes=10)),
        ({"cache-control": 'max-age="600"'}, timedelta(minutes=10)),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age=31536000"}, timedelta(hours=24)),
        ({"cache-control": "max-age=999999999999"}, timedelta(hours=24)),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store", "expires": "Sun, 01 Mar 2026 12:30:00 GMT"}, None),
        ({"expires": "Sun, 01 Mar 2026 12:30:00 GMT"}, timedelta(minutes=30)),
        (
            {
                "expires": "Sun, 01 Mar 2026 20:30:00 GMT",
                "date": "Sun, 01 Mar 2026 20:00:00 GMT",
            },
            timedelta(minutes=30),
        ),
        (
            {"cache-control": "max-age=60", "expires": "Sun, 01 Mar 2026 12:30:00 GMT"},
            timedelta(minutes=1),
        ),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "Sun, 01 Mar 2026 12:30:00 GMT", "date": "today"}, None),
    ],
)
def test_freshness_is_read_from_what_servers_send(
    headers: dict[str, str], fresh: timedelta | None
) -> None:
    assert parse_freshness(headers, NOW) == fresh


# --- compression bombs (C2) ---


@pytest.mark.fault("C2")
@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (gzip.compress(bytes(10**7)), "gzip"),
        (zlib.compress(bytes(10**7)), "deflate"),
        (gzip.compress(gzip.compress(b"x")), "gzip, gzip"),
        (b"", "br"),
        (b"", "zstd"),
        (b"", "gzip, br"),
        (gzip.compress(b"") * 5000, "gzip"),
    ],
    ids=["gzip", "deflate", "stacked", "brotli", "zstd", "mixed", "members"],
)
def test_a_bomb_is_not_inflated(raw: bytes, encoding: str) -> None:
    with pytest.raises(TooLarge):
        inflate(raw, encoding, LIMIT)


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert len(inflate(gzip.compress(bytes(LIMIT)), "gzip", LIMIT)) == LIMIT


@pytest.mark.fault("C2")
async def test_two_encoding_headers_are_stacked_encodings(httpserver: HTTPServer) -> None:
    answer = Response(gzip.compress(b"x"))
    answer.headers.add("Content-Encoding", "gzip")
    answer.headers.add("Content-Encoding", "gzip")
    httpserver.expect_request("/f").respond_with_response(answer)
    with pytest.raises(TooLarge, match="gzip, gzip"):
        await fetch(url_of(httpserver, "/f"))
