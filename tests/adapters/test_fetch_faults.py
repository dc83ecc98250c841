"""Servers that misbehave, against real sockets: FAULTS C1 C2 C3 C4 C9, and the limits per host."""

import asyncio
import gzip
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from pytest_httpserver import HTTPServer

from monitor.adapters.fetch import SMALL, HttpFetcher
from monitor.adapters.net import CONNECTIONS_PER_HOST, AddressGuard
from monitor.core.model import FetchRequest, FetchResult
from monitor.errors import FetchError, ForbiddenAddress, Refused, TooLarge, Unreachable
from tests.adapters.certificates import serve_tls

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIMIT = 100_000


def fetcher(port: int, *, seconds: float = 10) -> HttpFetcher:
    return HttpFetcher(
        AddressGuard([f"127.0.0.1:{port}"]),
        user_agent="test",
        clock=lambda: NOW,
        deadline=timedelta(seconds=seconds),
        max_bytes=LIMIT,
    )


async def fetch(url: str, *, seconds: float = 10) -> FetchResult:
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    client = fetcher(port, seconds=seconds)
    try:
        return await client.fetch(FetchRequest(url))
    finally:
        await client.close()


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


HEAD = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def raw_server(
    *parts: bytes,
    forever: bytes = b"",
    hold: bool = False,
    tell_sent: Callable[[], None] = lambda: None,
) -> AsyncIterator[str]:
    """Send `parts`, then `forever` again and again, or nothing more if `hold`, else close."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
            await writer.drain()
            tell_sent()
            while forever:
                writer.write(forever)
                await writer.drain()
                await asyncio.sleep(0.001)
            if hold:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/f"


@pytest.mark.fault("C1")
@pytest.mark.parametrize(
    ("parts", "forever"),
    [
        ((), b""),
        ((HEAD,), b""),
        ((HEAD,), b"X-Drip: 1\r\n"[:1]),
        ((HEAD + b"Content-Length: 1000\r\n\r\n",), b""),
        ((HEAD + b"Content-Length: 90000\r\n\r\n",), b"x"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n",), b"1\r\nx\r\n"),
        ((), b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["silent", "half a head", "header drip", "no body", "body drip", "chunk drip", "103s"],
)
async def test_one_deadline_ends_every_kind_of_slowness(
    parts: tuple[bytes, ...], forever: bytes
) -> None:
    async with raw_server(*parts, forever=forever, hold=not forever) as url:
        with pytest.raises((Unreachable, TooLarge)):
            await fetch(url, seconds=0.3)


@pytest.mark.fault("C1")
async def test_the_deadline_runs_over_all_redirects(httpserver: HTTPServer) -> None:
    async with raw_server(hold=True) as silent:
        httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": silent})
        client = HttpFetcher(
            AddressGuard([f"127.0.0.1:{httpserver.port}", silent[7:-2]]),
            user_agent="test",
            clock=lambda: NOW,
            deadline=timedelta(seconds=0.3),
        )
        with pytest.raises(Unreachable, match=r"within 0\.3 s"):
            await client.fetch(FetchRequest(url_of(httpserver, "/a")))
        await client.close()


@pytest.mark.fault("C3")
@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + b"Content-Length: 1000\r\n\r\n<rss>",),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n0\r\n\r\n",),
        (
            HEAD
            + b"Content-Length: 20\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(b"x" * 99)[:20],
        ),
        (HEAD + b"Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\n<rss>",),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n<rss>",),
        (b"",),
        (b"SSH-2.0-OpenSSH_9.6\r\n",),
    ],
    ids=[
        "short",
        "no last chunk",
        "bad chunk",
        "cut gzip",
        "no gzip",
        "two lengths",
        "empty",
        "ssh",
    ],
)
async def test_a_broken_answer_is_an_error_and_never_a_body(parts: tuple[bytes, ...]) -> None:
    async with raw_server(*parts) as url:
        with pytest.raises(Unreachable):
            await fetch(url)


@pytest.mark.fault("C2")
@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + b"Content-Length: 200000\r\n\r\n" + b"x" * 200_000,),
        (HEAD + b"\r\n" + b"x" * 200_000,),
        (HEAD + b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\n",),
    ],
    ids=["announced", "not announced", "header"],
)
async def test_size_is_bounded(parts: tuple[bytes, ...]) -> None:
    async with raw_server(*parts) as url:
        with pytest.raises(TooLarge):
            await fetch(url)


@pytest.mark.fault("C2")
@pytest.mark.parametrize(
    ("body", "encoding", "asks"),
    [
        (b"x" * SMALL, "identity", 0),
        (b"x" * (SMALL + 1), "identity", 1),
        (gzip.compress(b"x" * SMALL), "gzip", 0),
        (gzip.compress(b"x" * (SMALL + 1)), "gzip", 1),
        (gzip.compress(os.urandom(2 * SMALL)), "gzip", 1),
        (gzip.compress(b"x" * 4 * SMALL), "br", 0),
    ],
    ids=["small", "large", "small gzip", "bomb", "large gzip", "unknown"],
)
async def test_room_is_asked_for_once_before_a_body_becomes_large(
    httpserver: HTTPServer, body: bytes, encoding: str, asks: int
) -> None:
    asked: list[None] = []

    async def room() -> None:
        asked.append(None)

    headers = {"Content-Encoding": encoding}
    httpserver.expect_request("/f").respond_with_data(body, headers=headers)
    client = HttpFetcher(
        AddressGuard([f"127.0.0.1:{httpserver.port}"]), user_agent="test", clock=lambda: NOW
    )
    with suppress(TooLarge):
        await client.fetch(FetchRequest(url_of(httpserver, "/f"), room=room))
    await client.close()
    assert len(asked) == asks


@pytest.mark.fault("C1", "C2")
async def test_large_bodies_that_come_slowly_keep_no_large_one_waiting(
    httpserver: HTTPServer,
) -> None:
    place, sent = asyncio.Semaphore(1), asyncio.Semaphore(0)
    large = b"x" * 2 * SMALL
    httpserver.expect_request("/well").respond_with_data(large)
    start = HEAD + b"Content-Length: 900000\r\n\r\n" + large
    async with raw_server(start, hold=True, tell_sent=sent.release) as slow:
        ports = (f"127.0.0.1:{httpserver.port}", slow[7:-2])
        client = HttpFetcher(
            AddressGuard(ports),
            user_agent="test",
            clock=lambda: NOW,
            deadline=timedelta(seconds=3),
        )

        async def poll(url: str) -> FetchResult:
            async with AsyncExitStack() as held:
                room = partial(held.enter_async_context, place)
                return await client.fetch(FetchRequest(url, room=room))

        slow_ones = [asyncio.create_task(poll(slow)) for _ in range(CONNECTIONS_PER_HOST)]
        for _ in slow_ones:
            await sent.acquire()
        well = await asyncio.wait_for(poll(url_of(httpserver, "/well")), 1)
        ends = await asyncio.gather(*slow_ones, return_exceptions=True)
        await client.close()
    assert well.body == large
    assert {str(end) for end in ends} == {"no whole answer within 3 s"}


@pytest.mark.fault("C2")
async def test_who_finds_no_room_in_time_fails_and_does_not_wait_for_ever(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/f").respond_with_data(b"x" * 2 * SMALL)
    client = HttpFetcher(
        AddressGuard([f"127.0.0.1:{httpserver.port}"]),
        user_agent="test",
        clock=lambda: NOW,
        deadline=timedelta(seconds=0.3),
    )
    with pytest.raises(Unreachable, match=r"left no room within 0\.3 s"):
        await client.fetch(FetchRequest(url_of(httpserver, "/f"), room=asyncio.Event().wait))
    await client.close()


@pytest.mark.fault("C2")
async def test_many_headers_are_refused() -> None:
    flood = b"".join(b"X-%d: 1\r\n" % n for n in range(100_000))
    async with raw_server(HEAD + flood + b"\r\n") as url:
        with pytest.raises(FetchError):
            await fetch(url)


@pytest.mark.fault("C4")
async def test_a_redirect_loop_is_left(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data(status=302, headers={"Location": "/a"})
    with pytest.raises(Unreachable, match="circle"):
        await fetch(url_of(httpserver, "/a"))


@pytest.mark.fault("C4")
@pytest.mark.parametrize(("hops", "arrives"), [(10, True), (11, False)])
async def test_ten_redirects_are_followed_and_no_more(
    httpserver: HTTPServer, hops: int, arrives: bool
) -> None:
    for n in range(hops):
        headers = {"Location": f"/{n + 1}"}
        httpserver.expect_request(f"/{n}").respond_with_data(status=302, headers=headers)
    httpserver.expect_request(f"/{hops}").respond_with_data(b"here")
    if arrives:
        assert (await fetch(url_of(httpserver, "/0"))).body == b"here"
    else:
        with pytest.raises(Unreachable, match="more than 10 redirects"):
            await fetch(url_of(httpserver, "/0"))


@pytest.fixture(scope="module")
def canary() -> Iterator[HTTPServer]:
    """A private server that must never be asked."""
    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request("/secret").respond_with_data(b"secret")
        yield server


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"]
)
async def test_a_redirect_to_a_private_host_is_not_followed(
    httpserver: HTTPServer, canary: HTTPServer, host: str
) -> None:
    headers = {"Location": f"http://{host}:{canary.port}/secret"}
    httpserver.expect_request("/a").respond_with_data(status=307, headers=headers)
    with pytest.raises(ForbiddenAddress):
        await fetch(url_of(httpserver, "/a"))
    assert canary.log == []


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/xml,<rss/>"]
)
async def test_a_redirect_leaves_the_web_never(httpserver: HTTPServer, target: str) -> None:
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": target})
    with pytest.raises(ForbiddenAddress):
        await fetch(url_of(httpserver, "/a"))


@pytest.mark.fault("C4")
async def test_a_redirect_to_a_broken_address_is_not_followed() -> None:
    async with raw_server(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n") as url:
        with pytest.raises(FetchError):
            await fetch(url)


async def test_a_redirect_without_a_target_is_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=302)
    with pytest.raises(Refused, match="HTTP 302"):
        await fetch(url_of(httpserver, "/a"))


@pytest.mark.fault("C11")
async def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        await fetch(f"http://127.0.0.1:{port}/")
    assert caught.value.temporary


@pytest.mark.fault("C11")
async def test_an_unknown_name_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await fetch("http://no-such-host.invalid:80/")


async def test_a_host_gets_at_most_two_connections_at_once() -> None:
    open_now, most = 0, 0
    third = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await reader.readuntil(b"\r\n\r\n")
        if open_now < 3:
            await asyncio.wait({asyncio.create_task(third.wait())}, timeout=0.05)
        writer.write(HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\nx")
        await writer.drain()
        open_now -= 1
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = fetcher(port)
        requests = [FetchRequest(f"http://127.0.0.1:{port}/{n}") for n in range(6)]
        await asyncio.gather(*(client.fetch(request) for request in requests))
        await client.close()
    assert most == 2


@pytest.mark.fault("C9")
async def test_a_self_signed_certificate_is_not_accepted(self_signed: ssl.SSLContext) -> None:
    with serve_tls(self_signed) as server:
        server.expect_request("/f").respond_with_data(b"x")
        with pytest.raises(Unreachable, match="certificate not accepted"):
            await fetch(f"https://127.0.0.1:{server.port}/f")
        assert server.log == []
