"""HTTP through an address guard: the only door to aiohttp.

A feed can name any host, and a host can resolve to any address at any time. The guard therefore
judges the address a socket is about to connect to, on every hop, and never a name.
"""

import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import LineTooLong
from yarl import URL

from monitor.core.link import is_public_link
from monitor.core.model import Proxy
from monitor.errors import FetchError, ForbiddenAddress, Refused, TooLarge, Unreachable

CONNECTIONS_PER_HOST = 2
CHUNK = 64 * 2**10
PROXY_LOGIN = 407
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Resolver = AbstractResolver

# IANA's special-purpose registries (RFC 6890 and successors), as of 2026. Python 3.11's
# `ipaddress.is_global` calls several of these global.
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(prefix)
    for prefix in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and one cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# The only assigned public space; loopback, mapped and compatible IPv4, NAT64, unique local,
# link-local and multicast addresses lie outside it.
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(prefix)
    for prefix in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries any IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address, in its standard spelling, belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in prefix for prefix in _CLOSED_4)
    return ip in _OPEN_6 and not any(ip in prefix for prefix in _CLOSED_6)


def names_public(address: URL) -> bool:
    """Whether a host, by its spelling alone, may be public: all that can be said before a proxy."""
    host = address.raw_host or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return is_public_link(f"http://{host}")
    return is_public(host)


def is_same_origin(url: str, other: str) -> bool:
    """Whether two web addresses have scheme, host and port in common."""
    try:
        return URL(url).origin() == URL(other).origin()
    except ValueError:
        return False


class AddressGuard:
    """Lets sockets connect to public addresses, and to what the operator allowed by name.

    `allow` holds "host:port" exactly as URLs name them, for example "127.0.0.1:8000".
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allow = frozenset(entry.lower() for entry in allow)

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator trusts this host and port, whatever its address."""
        return f"{host}:{port}" in self._allow or f"[{host}]:{port}" in self._allow

    def open_socket(self, target: aiohttp.AddrInfoType) -> socket.socket:
        """Make a socket for the address (getaddrinfo's 5-tuple), or raise an `OSError`."""
        family, kind, protocol, _, address = target
        if not is_public(str(address[0])):
            raise _PrivateAddressError(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)


class _PrivateAddressError(OSError):
    """The guard's answer, as the OSError that aiohttp expects of a socket factory."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Header names are lower-case; repeated headers are joined by ", ".

    `location` is the absolute address of a redirect, else None.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    location: str | None
    _response: aiohttp.ClientResponse

    async def read(self, limit: int, body: IO[bytes]) -> None:
        """Write the body as sent, still compressed; raise `TooLarge` beyond `limit` bytes."""
        async for chunk in self._response.content.iter_chunked(CHUNK):
            if body.tell() + len(chunk) > limit:
                raise TooLarge(f"more than {limit:,} bytes")
            body.write(chunk)


class Http:
    """GETs single answers: no redirect followed, no cookie kept, nothing inflated.

    Hosts the operator allowed have a connection pool of their own, without the guard; which pool
    serves a URL is decided on the parsed URL that is then requested. A proxy is the operator's, so
    it may be private; it looks names up itself, so what it is asked for is judged by its spelling.
    """

    def __init__(self, guard: AddressGuard, *, resolver: Resolver | None = None) -> None:
        self._guard = guard
        self._resolver = resolver
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    @asynccontextmanager
    async def get(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        proxy: Proxy | None = None,
        verify: bool = True,
    ) -> AsyncIterator[Answer]:
        """Give the answer while its body can be read; raise `FetchError`.

        `verify` False takes any certificate of that host.
        """
        address = _parse(url)
        trusted = self._guard.allows(address.host or "", address.port or 0)
        if proxy and not trusted and not names_public(address):
            raise ForbiddenAddress(f"{address.host} is not a public address")
        try:
            async with self._session(trusted or proxy is not None).get(
                address,
                headers=headers if proxy is None else {**headers, **_hop_headers(proxy, address)},
                allow_redirects=False,
                ssl=verify,
                proxy=proxy.url if proxy else None,
                proxy_headers=proxy.headers if proxy else None,
            ) as response:
                yield _answer(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _translate(error) from error

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    def _session(self, trusted: bool) -> aiohttp.ClientSession:
        if trusted not in self._sessions:
            connector = aiohttp.TCPConnector(
                limit_per_host=CONNECTIONS_PER_HOST,
                # A host is asked again in minutes; kept, the connections of a thousand hosts would
                # be all the files that a process may open.
                force_close=True,
                resolver=self._resolver or aiohttp.ThreadedResolver(),
                socket_factory=None if trusted else self._guard.open_socket,
            )
            self._sessions[trusted] = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
            )
        return self._sessions[trusted]


def _parse(url: str) -> URL:
    try:
        address = URL(url)
        known = address.scheme in {"http", "https"} and bool(address.host)
    except ValueError as error:
        raise ForbiddenAddress(f"not a web address: {url[:200]!r}") from error
    if not known:
        raise ForbiddenAddress(f"not an http(s) address: {url[:200]!r}")
    return address


def _hop_headers(proxy: Proxy, address: URL) -> Mapping[str, str]:
    """What the proxy reads in the request itself: it cannot look into one that is encrypted."""
    return proxy.headers if address.scheme == "http" else {}


def _answer(response: aiohttp.ClientResponse) -> Answer:
    headers = {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers}
    location = headers.get("location") if response.status in REDIRECTS else None
    target = str(response.url.join(URL(location))) if location else None
    return Answer(str(response.url), response.status, headers, target, response)


def _translate(error: Exception) -> FetchError:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, _PrivateAddressError
    ):
        literal = str(error.os_error).startswith(f"{error.host} ")
        return ForbiddenAddress(f"{'' if literal else error.host + ': '}{error.os_error}")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _translate_proxy(error)
    if isinstance(error, aiohttp.InvalidURL):
        return ForbiddenAddress(f"not a web address: {error}"[:200])
    if any(isinstance(cause, LineTooLong) for cause in _causes(error)):
        return TooLarge("a header line is too long")
    return Unreachable(_explain(error))


def _translate_proxy(error: aiohttp.ClientHttpProxyError) -> FetchError:
    if error.status == PROXY_LOGIN:
        return Refused(error.status)
    return Unreachable(f"the proxy answered HTTP {error.status}")


def _explain(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"{error.host}: certificate not accepted: {_blame(error.certificate_error)}"
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"proxy {error.host}:{error.port}: {_name(error.os_error)}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"{error.host}: no address found (DNS)"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{error.host}:{error.port}: {_name(error.os_error)}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer was cut off or malformed"
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]


def _blame(error: Exception) -> str:
    """OpenSSL's own words: "self-signed certificate", "certificate has expired" ..."""
    return str(getattr(error, "verify_message", None) or error)


def _name(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
