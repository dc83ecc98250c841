"""The address guard: what is public, in which spelling, and that a socket is never opened else."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aiohttp.abc import ResolveResult

from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard, Http, Resolver, is_public
from monitor.app import read_clock
from monitor.core.model import FetchRequest
from monitor.errors import ForbiddenAddress, Unreachable

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
]
CLOSED = [
    "0.0.0.0",  # noqa: S104 - a value, nothing is bound
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "localhost",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str) -> None:
    assert is_public(address)


@pytest.mark.fault("C4")
@pytest.mark.parametrize("address", CLOSED)
def test_everything_else_is_closed(address: str) -> None:
    assert not is_public(address)


SPELLINGS_OF_LOOPBACK = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0.0.0x1",
    "017700000001",
    "0177.0.0.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "0",
    "localhost",
    "LOCALHOST.",
    "evil.localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "user@127.0.0.1",
    "public.example.com@127.0.0.1",
]


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listening socket on loopback that must never be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def was_hit(canary: socket.socket) -> bool:
    try:
        canary.accept()[0].close()
    except BlockingIOError:
        return False
    return True


async def get(http: Http, url: str) -> None:
    try:
        async with http.get(url, {}):
            pass
    finally:
        await http.close()


@pytest.mark.fault("C4")
@pytest.mark.parametrize("host", SPELLINGS_OF_LOOPBACK)
async def test_no_spelling_of_loopback_is_connected_to(canary: socket.socket, host: str) -> None:
    port = canary.getsockname()[1]
    with pytest.raises((ForbiddenAddress, Unreachable)):
        await get(Http(AddressGuard()), f"http://{host}:{port}/")
    assert not was_hit(canary)


class Rebinding(Resolver):
    """Answers with a public address first and with loopback from then on, as an attacker's DNS."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._answers.pop(0)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@pytest.mark.fault("C4")
async def test_a_name_that_resolves_to_loopback_is_not_connected_to(canary: socket.socket) -> None:
    port = canary.getsockname()[1]
    http = Http(AddressGuard(), resolver=Rebinding("127.0.0.1"))
    with pytest.raises(ForbiddenAddress, match=r"news\.example\.com: 127\.0\.0\.1"):
        await get(http, f"http://news.example.com:{port}/")
    assert not was_hit(canary)


async def test_what_is_allowed_by_name_is_connected_to(canary: socket.socket) -> None:
    port = canary.getsockname()[1]
    http = Http(AddressGuard([f"127.0.0.1:{port}"]))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await get(http, f"http://127.0.0.1:{port}/")
    assert was_hit(canary)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "other.example.com"])
async def test_an_allowed_host_opens_no_other_name(canary: socket.socket, host: str) -> None:
    port = canary.getsockname()[1]
    guard = AddressGuard([f"127.0.0.1:{port}"])
    with pytest.raises(ForbiddenAddress):
        await get(Http(guard, resolver=Rebinding("127.0.0.1")), f"http://{host}:{port}/")
    assert not was_hit(canary)


async def test_an_allowed_port_opens_no_other_port(canary: socket.socket) -> None:
    port = canary.getsockname()[1]
    with pytest.raises(ForbiddenAddress):
        await get(Http(AddressGuard([f"127.0.0.1:{port + 1}"])), f"http://127.0.0.1:{port}/")
    assert not was_hit(canary)


@pytest.mark.fault("C4")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://ftp.example.com/",
        "data:,x",
        "/dev/zero",
        "",
        "http://",
        "http://[x",
    ],
)
async def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await get(Http(AddressGuard()), url)


async def test_no_connection_outlives_its_answer() -> None:
    """A round over a thousand hosts would hold a thousand of them, and no file could be opened."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        assert await reader.read() == b""
        over.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    fetcher = HttpFetcher(AddressGuard([f"127.0.0.1:{port}"]), user_agent="a", clock=read_clock)
    answer = await fetcher.fetch(FetchRequest(f"http://127.0.0.1:{port}/"))
    assert answer.body == b"ok"
    # Far less than the quarter of a minute for which aiohttp keeps one by default.
    await asyncio.wait_for(over.wait(), 5)
    await fetcher.close()
    server.close()
