"""Gets one document: redirects by hand, one deadline over everything, bounded in every size."""

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from monitor.adapters.net import AddressGuard, Answer, Http, Resolver, is_same_origin
from monitor.core.model import FeedAccess, FetchRequest, FetchResult, Hop
from monitor.errors import FetchError, Refused, TooLarge, Unreachable

MAX_HOPS = 10
SMALL = 256 * 2**10
"""Bytes of a body that are held without asking for room."""

MAX_GZIP_MEMBERS = 16
SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})")
_NOT_KEPT = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?:[,\s]|$)")
OK = 200
NOT_MODIFIED = 304
PLAIN = frozenset({"", "identity"})
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.1"


class Room:
    """Asks for room once, before more than `SMALL` bytes are held in memory."""

    def __init__(self, ask: Callable[[], Awaitable[object]] | None, patience: timedelta) -> None:
        self._ask = ask
        self._patience = patience.total_seconds()

    async def grow(self, size: int) -> None:
        """Wait for room for so many bytes in all; raise `Unreachable` when that takes too long."""
        if size <= SMALL or self._ask is None:
            return
        ask, self._ask = self._ask, None
        try:
            async with asyncio.timeout(self._patience):
                await ask()
        except TimeoutError as error:
            text = f"other large documents left no room within {self._patience:g} s"
            raise Unreachable(text) from error


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole answer, its body still as it was sent: in a file where it is large.

    So however slowly large bodies come, they neither fill the memory nor wait for one another.
    """

    result: FetchResult
    body: IO[bytes]
    encoding: str


class HttpFetcher:
    """The Fetcher port over HTTP.

    `user_agent` says honestly who asks; `clock` is read for a Retry-After that names a date;
    `deadline` is the total for connecting, all redirects and the body, and then once more for room
    in memory where it is large; `max_bytes` bounds the body before and after inflating; `access`
    says of some feeds, by address, how they are asked.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        clock: Callable[[], datetime],
        deadline: timedelta = timedelta(seconds=30),
        max_bytes: int = 10_000_000,
        resolver: Resolver | None = None,
        access: Mapping[str, FeedAccess] | None = None,
    ) -> None:
        self._http = Http(guard, resolver=resolver)
        self._user_agent = user_agent
        self._clock = clock
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._access = access or {}

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """One conditional GET; raise `FetchError` for everything that is neither 200 nor 304."""
        hops: list[Hop] = []
        try:
            with SpooledTemporaryFile(SMALL) as body:
                arrived = await self._hurry(request, hops, body)
                return await self._unpack(arrived, Room(request.room, self._deadline))
        except FetchError as error:
            error.hops = tuple(hops)
            raise

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def _hurry(self, request: FetchRequest, hops: list[Hop], body: IO[bytes]) -> Arrived:
        seconds = self._deadline.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(request, hops, body)
        except TimeoutError as error:
            raise Unreachable(f"no whole answer within {seconds:g} s") from error

    async def _follow(self, request: FetchRequest, hops: list[Hop], body: IO[bytes]) -> Arrived:
        """Note each redirect in `hops` as it is taken, so that an error can name it."""
        url, seen = request.url, set[str]()
        while url not in seen:
            if len(seen) > MAX_HOPS:
                raise Unreachable(f"more than {MAX_HOPS} redirects")
            seen.add(url)
            async with self._ask(url, request) as answer:
                if answer.location is None:
                    return await self._take(request, answer, hops, body)
                url = answer.location
                hops.append(Hop(answer.status, url))
        raise Unreachable("redirects in a circle")

    def _ask(self, url: str, request: FetchRequest) -> AbstractAsyncContextManager[Answer]:
        headers, feed = self._headers(request), request.feed or request.url
        access = self._access.get(feed)
        if access is None:
            return self._http.get(url, headers)
        own = is_same_origin(url, feed)
        return self._http.get(
            url,
            {**headers, **access.headers} if own else headers,
            proxy=access.proxy,
            verify=access.tls_verify or not own,
        )

    def _headers(self, request: FetchRequest) -> dict[str, str]:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": ACCEPT_PAGE if request.page else ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        }
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        return headers

    async def _take(
        self, request: FetchRequest, answer: Answer, hops: list[Hop], body: IO[bytes]
    ) -> Arrived:
        conditional = bool(request.etag or request.last_modified)
        not_modified = answer.status == NOT_MODIFIED and conditional
        if answer.status != OK and not not_modified:
            wait = parse_retry_after(answer.headers.get("retry-after"), self._clock())
            raise Refused(answer.status, wait)
        result = FetchResult(
            url=answer.url,
            not_modified=not_modified,
            body=None,
            content_type=answer.headers.get("content-type"),
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            hops=tuple(hops),
            fresh_for=parse_freshness(answer.headers, self._clock()),
        )
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if not not_modified:
            check_encoding(encoding)
            await answer.read(self._max_bytes, body)
        return Arrived(result, body, encoding)

    async def _unpack(self, arrived: Arrived, room: Room) -> FetchResult:
        if arrived.result.not_modified:
            return arrived.result
        await room.grow(arrived.body.tell())
        arrived.body.seek(0)
        body = arrived.body.read()
        if arrived.encoding not in PLAIN:
            body = await self._inflate(body, arrived.encoding, room)
        return replace(arrived.result, body=body)

    async def _inflate(self, raw: bytes, encoding: str, room: Room) -> bytes:
        with suppress(TooLarge):
            return await asyncio.to_thread(inflate, raw, encoding, SMALL)
        await room.grow(self._max_bytes)
        return await asyncio.to_thread(inflate, raw, encoding, self._max_bytes)


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait a server wishes, from seconds or a date (RFC 9110, 10.2.3), in 1 min … 24 h."""
    if value is None:
        return None
    try:
        wait = timedelta(seconds=int(value)) if value.strip().isdigit() else _date(value) - now
    except OverflowError:
        wait = LONGEST_WAIT
    except ValueError:
        return None
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def parse_freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """For how long an answer stays fresh (RFC 9111, 4.2.1), at most 24 h; None: it is not said."""
    control = headers.get("cache-control", "").lower()
    if _NOT_KEPT.search(control):
        return None
    age = _MAX_AGE.search(control)
    try:
        if age is not None:
            fresh = timedelta(seconds=int(age[1]))
        else:
            fresh = _date(headers["expires"]) - _date(headers.get("date") or format_datetime(now))
    except OverflowError:
        fresh = LONGEST_WAIT
    except (KeyError, ValueError):
        return None
    return min(fresh, LONGEST_WAIT) if fresh > timedelta() else None


def _date(value: str) -> datetime:
    date = parsedate_to_datetime(value)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def check_encoding(encoding: str) -> None:
    """Raise `TooLarge` for what is not inflated: other encodings, or several."""
    if encoding not in PLAIN | PACKED:
        raise TooLarge(f"content encoding {encoding[:40]!r} is not inflated")


def inflate(raw: bytes, encoding: str, limit: int) -> bytes:
    """Undo one gzip or deflate, never making more than `limit` bytes.

    Raise `TooLarge` beyond it and for other or stacked encodings, `Unreachable` for broken data.
    """
    check_encoding(encoding)
    try:
        return _inflate_members(raw, _window_bits(raw, encoding), limit)
    except zlib.error as error:
        raise Unreachable(f"broken {encoding} data") from error


def _window_bits(raw: bytes, encoding: str) -> int:
    """What zlib wants; "deflate" comes with a zlib header (RFC 9110) or, wrongly, without."""
    if encoding != "deflate":
        return 16 + zlib.MAX_WBITS
    has_header = raw[:1] == b"\x78" and int.from_bytes(raw[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def _inflate_members(raw: bytes, window_bits: int, limit: int) -> bytes:
    parts, size = list[bytes](), 0
    # A gzip file may have several members; each copies what follows, so many would cost n².
    for _ in range(MAX_GZIP_MEMBERS):
        stream = zlib.decompressobj(window_bits)
        parts.append(stream.decompress(raw, limit + 1 - size))
        size += len(parts[-1])
        if size > limit:
            raise TooLarge(f"more than {limit:,} bytes when inflated")
        if not stream.eof:
            raise Unreachable("the compressed answer was cut off")
        raw = stream.unused_data
        if not raw.startswith(b"\x1f\x8b"):
            return b"".join(parts)  # of a single part it makes no copy
    raise TooLarge(f"more than {MAX_GZIP_MEMBERS} gzip members")
