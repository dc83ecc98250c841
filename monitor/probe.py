"""Asks one address by hand, as the daemon would, for a feed or for what feeds there are.

Nothing is stored. What the configuration says of asking a feed of that address holds here too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urljoin

from monitor.app import Reader
from monitor.core.feed import Timing, settle_parsed
from monitor.core.model import (
    Feed,
    FeedSpec,
    FeedState,
    FetchRequest,
    FetchResult,
    Hop,
    ParsedFeed,
)
from monitor.core.rhythm import Pace
from monitor.errors import FetchError, ForbiddenAddress, NotAFeed, ParseError, Refused, TooLarge

COMMON_PATHS = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
"""Where feeds lie that no page names, the most usual first."""

COMMON_QUERY = "?feed=rss2"

MOST_TRIED = 12
"""Feeds asked for in one search at most."""

GAP = 0.5
"""Seconds between two requests of one search."""

OK = 200

_REMEDIES = {
    401: "it wants a login: write username and password (or headers, cookies) at its [[feeds]]",
    403: "it lets nobody in like this: perhaps it wants a login, cookies or headers",
    404: "nothing is there: `monitor feeds discover` with the site's first page may find it",
    407: 'the proxy wants a login: write proxy = "http://USER:PASSWORD@HOST:PORT"',
    410: "it is gone for good",
    429: "it was asked too often: try again later",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What asking for a feed gave. It is one where `error` is None; `remedy` says what to do else.

    `feeds` are those that a web page names, as (title, address). `next_in` is when the daemon would
    ask again, `why` says why then. `seconds` is how long it took.
    """

    url: str
    seconds: float = 0.0
    error: str | None = None
    remedy: str = ""
    status: int | None = None
    hops: tuple[Hop, ...] = ()
    answer: FetchResult | None = None
    feed: ParsedFeed | None = None
    newest_at: datetime | None = None
    next_in: timedelta | None = None
    why: str = ""
    feeds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that is named or was found, and what it holds; or why it could not be read."""

    url: str
    title: str
    entries: int = 0
    newest_at: datetime | None = None
    error: str | None = None


async def try_feed(reader: Reader, spec: FeedSpec, pace: Pace, now: datetime) -> Trial:
    """Fetch and read a feed once. Raise nothing for what a server or a document does."""
    clock = asyncio.get_running_loop().time
    began = clock()
    trial = await _try(reader, Trial(spec.url))
    if trial.answer and trial.feed:
        fresh = Feed(0, spec, FeedState(next_poll_at=now))
        timing = Timing(now, pace, jitter=0.0)
        state = settle_parsed(fresh, trial.answer, trial.feed, "", None, timing)
        trial = replace(trial, next_in=state.next_poll_at - now, why=state.due_reason)
    return replace(trial, seconds=clock() - began)


async def _try(reader: Reader, trial: Trial) -> Trial:
    try:
        answer = await reader.fetcher.fetch(FetchRequest(trial.url))
    except FetchError as error:
        status = error.status if isinstance(error, Refused) else None
        return replace(
            trial, error=str(error), remedy=_advise(error), status=status, hops=error.hops
        )
    trial = replace(trial, status=OK, hops=answer.hops, answer=answer)
    try:
        feed = await _parse(reader, answer)
    except NotAFeed as error:
        return replace(trial, error=str(error), feeds=await _list_named(reader, answer))
    except ParseError as error:
        return replace(trial, error=str(error))
    return replace(trial, feed=feed, newest_at=_find_newest(feed))


async def discover_feeds(reader: Reader, url: str, gap: float = GAP) -> tuple[Found, ...]:
    """The feeds of an address: itself, else those its page names, else where feeds usually lie.

    Each was read. Raise `FetchError` where the address itself gives nothing.
    """
    page = await reader.fetcher.fetch(FetchRequest(url))
    try:
        return (_describe(page.url, await _parse(reader, page)),)
    except NotAFeed:
        named = await _list_named(reader, page)
    if named:
        return tuple([found async for found in _read_named(reader, url, named, gap)])
    return tuple([found async for found in _search(reader, url, page.url, gap)])


async def _read_named(
    reader: Reader, page: str, named: tuple[tuple[str, str], ...], gap: float
) -> AsyncIterator[Found]:
    for title, address in named[:MOST_TRIED]:
        await asyncio.sleep(gap)
        try:
            found = await _read(reader, address, page)
        except (FetchError, ParseError) as error:
            yield Found(address, title, error=str(error))
        else:
            yield found


async def _search(reader: Reader, page: str, origin: str, gap: float) -> AsyncIterator[Found]:
    """Stop at the first: sites that have no list of their feeds give one feed many addresses."""
    for address in islice(_list_usual(origin), MOST_TRIED):
        await asyncio.sleep(gap)
        try:
            yield await _read(reader, address, page)
        except ParseError:
            continue
        except FetchError as error:
            if error.temporary:  # the server is tired, or gone
                return
        else:
            return


def _list_usual(page: str) -> Iterator[str]:
    """Beside the page, then at the top of its site."""
    usual = [urljoin(page, path) for path in COMMON_PATHS]
    usual += [urljoin(page, COMMON_QUERY)]
    usual += [urljoin(page, f"/{path}") for path in COMMON_PATHS]
    yield from dict.fromkeys(usual)


async def _read(reader: Reader, address: str, page: str) -> Found:
    answer = await reader.fetcher.fetch(FetchRequest(address, feed=page))
    return _describe(answer.url, await _parse(reader, answer))


async def _parse(reader: Reader, answer: FetchResult) -> ParsedFeed:
    return await reader.parser.parse(answer.body or b"", answer.url, answer.content_type)


async def _list_named(reader: Reader, answer: FetchResult) -> tuple[tuple[str, str], ...]:
    try:
        return await reader.parser.discover(answer.body or b"", answer.url)
    except ParseError:
        return ()


def _describe(url: str, feed: ParsedFeed) -> Found:
    return Found(url, feed.title, len(feed.entries), _find_newest(feed))


def _find_newest(feed: ParsedFeed) -> datetime | None:
    return max((e.published_at for e in feed.entries if e.published_at), default=None)


def _advise(error: FetchError) -> str:
    if isinstance(error, Refused):
        return _REMEDIES.get(error.status, "")
    if isinstance(error, ForbiddenAddress):
        return "only what [polling] allow names may be private"
    if isinstance(error, TooLarge):
        return "a feed of this size is not read"
    return "tls_verify = false at its [[feeds]] takes any" if "certificate" in str(error) else ""
