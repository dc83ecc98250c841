"""C4: nobody on this machine or its network is asked for anything, however a feed spells it."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import product

import aiohttp
import pytest
from aiohttp.abc import ResolveResult

from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard, Resolver, is_public
from monitor.core.link import is_public_link
from monitor.core.model import FetchRequest
from monitor.errors import FetchError, ForbiddenAddress
from tests.e2e.program import Program
from tests.faults.harness.addresses import SPELLINGS, Canary, open_canary
from tests.faults.harness.hostile import Hostile, give, open_hostile, redirect
from tests.faults.proof import Record, pick

HOPS = range(1, 11)
REACHABLE = 25
"""Spellings that lead to this machine with any resolver, if nobody looks."""
PUBLIC = "203.0.114.9"
PRIVATE = (
    *("127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1"),  # noqa: S104
    *("192.168.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "224.0.0.1"),
    *("::1", "::", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"),
    *("fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001:0:7f00:1::1", "255.255.255.255"),
)


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with open_canary() as listening:
        yield listening


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with open_hostile() as server:
        yield server


class Blind(AddressGuard):
    """Lets everybody through."""

    def open_socket(self, target: aiohttp.AddrInfoType) -> socket.socket:
        return socket.socket(*target[:3])


@asynccontextmanager
async def fetcher(
    guard: AddressGuard, resolver: Resolver | None = None
) -> AsyncIterator[HttpFetcher]:
    made = HttpFetcher(
        guard, user_agent="test", clock=lambda: datetime(2026, 3, 2, tzinfo=UTC), resolver=resolver
    )
    try:
        yield made
    finally:
        await made.close()


async def visit(url: str, guard: AddressGuard) -> None:
    """Fetch, and see an error: nobody there answers anything."""
    async with fetcher(guard) as client:
        with pytest.raises((FetchError, TimeoutError)):
            async with asyncio.timeout(2):
                await client.fetch(FetchRequest(url))


@pytest.mark.fault("C4")
async def test_no_spelling_in_a_feeds_address_leads_here(canary: Canary, record: Record) -> None:
    for host in SPELLINGS:
        await visit(f"http://{host}:{canary.port}/", AddressGuard())
    hits = canary.count()
    record(spellings=len(SPELLINGS), hits=hits)
    assert hits == 0


async def test_without_the_guard_they_would(canary: Canary) -> None:
    reached = 0
    for host in SPELLINGS:
        async with fetcher(Blind()) as client:
            with pytest.raises((FetchError, TimeoutError)):
                async with asyncio.timeout(0.1):
                    await client.fetch(FetchRequest(f"http://{host}:{canary.port}/"))
        reached += bool(canary.count())
    assert reached >= REACHABLE


@pytest.mark.fault("C4")
async def test_no_spelling_in_a_redirect_leads_here(
    canary: Canary, hostile: Hostile, record: Record
) -> None:
    guard = AddressGuard(hostile.allow)
    for host in SPELLINGS:
        for status in (301, 302, 303, 307, 308):
            hostile.answers["go"] = redirect(f"http://{host}:{canary.port}/", status)
            await visit(hostile.url("go"), guard)
    hits = canary.count()
    record(redirects=5 * len(SPELLINGS), hits=hits)
    assert hits == 0


@pytest.mark.fault("C4")
async def test_no_hop_of_a_chain_leads_here(
    canary: Canary, hostile: Hostile, record: Record
) -> None:
    guard = AddressGuard(hostile.allow)
    for hop in HOPS:
        for n in range(1, hop):
            hostile.answers[f"{n}"] = redirect(f"/{n + 1}")
        for host in ("127.0.0.1", "0x7f.1", "①②⑦.⓪.⓪.①", "[::ffff:127.0.0.1]"):
            hostile.answers[f"{hop}"] = redirect(f"//{host}:{canary.port}/")
            await visit(hostile.url("1"), guard)
    hits = canary.count()
    record(hops=4 * len(HOPS), hits=hits)
    assert hits == 0


# --- names that change what they mean -------------------------------------------------------------


class Rebinding(Resolver):
    """Gives one answer after the other, and the last one again and again."""

    def __init__(self, answers: Sequence[Sequence[str]]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self._answers.pop(0) if self._answers[1:] else self._answers[0]
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        pass


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)


class Noting(AddressGuard):
    """Notes for which addresses a socket was made; no packet leaves for a public one."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open_socket(self, target: aiohttp.AddrInfoType) -> socket.socket:
        super().open_socket(target).close()
        self.opened.append(str(target[4][0]))
        raise OSError(101, "Network is unreachable")


def write_rebindings(count: int) -> list[list[list[str]]]:
    """A public answer first, then private ones, alone or among public ones."""
    choose, rebindings = random.Random(5), list[list[list[str]]]()  # noqa: S311 - the same in every run
    while len(rebindings) < count:
        one, other = choose.sample(PRIVATE, 2)
        rebindings += [
            [[PUBLIC], [one]],
            [[PUBLIC], [PUBLIC], [one], [other]],
            [[PUBLIC, one], [one]],
            [[one, PUBLIC], [other]],
            [[PUBLIC], [one, other, PUBLIC]],
        ]
    return rebindings


@pytest.mark.fault("C4")
async def test_a_name_that_becomes_private_is_not_followed(canary: Canary, record: Record) -> None:
    rebindings, opened = write_rebindings(50), list[str]()
    for answers in rebindings:
        guard = Noting()
        async with fetcher(guard, Rebinding(answers)) as client:
            for n in range(len(answers)):
                # Another port each time, so that no cache of names stands in for the guard.
                url = f"http://news.example.com:{canary.port if n else 80}/{n}"
                with pytest.raises(FetchError):
                    await client.fetch(FetchRequest(url))
        opened += guard.opened
    hits, private = canary.count(), [address for address in opened if not is_public(address)]
    record(rebindings=len(rebindings), connections=len(opened), hits=hits + len(private))
    assert (hits, private) == (0, [])
    assert opened


@pytest.mark.fault("C4")
async def test_a_private_answer_is_said_to_be_forbidden(canary: Canary) -> None:
    async with fetcher(AddressGuard(), Rebinding([["127.0.0.1"]])) as client:
        with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1 is not a public address"):
            await client.fetch(FetchRequest(f"http://news.example.com:{canary.port}/"))
    assert canary.count() == 0


async def test_without_the_guard_a_rebound_name_would_be_followed(canary: Canary) -> None:
    async with fetcher(Blind(), Rebinding([["127.0.0.1"]])) as client:
        with pytest.raises((FetchError, TimeoutError)):
            async with asyncio.timeout(0.1):
                await client.fetch(FetchRequest(f"http://news.example.com:{canary.port}/"))
    assert canary.count() == 1


@pytest.mark.fault("D8")
def test_no_spelling_of_this_machine_is_shown_as_a_link(record: Record) -> None:
    linked = [host for host in SPELLINGS if is_public_link(f"http://{host}/")]
    record(spellings=len(SPELLINGS), links=len(linked))
    assert linked == []


# --- every address that a document may hold -------------------------------------------------------

EVERYTHING = """\
<?xml version="1.0"?>
<?xml-stylesheet href="{0}/style.xsl" type="text/xsl"?>
<!DOCTYPE rss SYSTEM "{0}/rss.dtd" [<!ENTITY other SYSTEM "{0}/entity">]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="{0}/base/"
  xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:xi="http://www.w3.org/2001/XInclude"
  xmlns:media="http://search.yahoo.com/mrss/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">
<channel><title>Blatt</title><link>{0}/home</link><docs>{0}/docs</docs>
<image><url>{0}/image.png</url><link>{0}/image</link></image><atom:icon>{0}/icon.png</atom:icon>
<atom:logo>{0}/logo.png</atom:logo><itunes:image href="{0}/itunes.png"/>
<atom:link rel="self" href="{0}/self"/><atom:link rel="hub" href="{0}/hub"/>
<atom:link rel="next" href="{0}/next"/><itunes:new-feed-url>{0}/moved</itunes:new-feed-url>
<cloud domain="127.0.0.1" port="{1}" path="/rpc" registerProcedure="x" protocol="http-post"/>
<textInput><link>{0}/search</link></textInput><xi:include href="{0}/include"/>
<item><guid isPermaLink="true">{0}/guid</guid><title>{2}</title><link>{0}/article</link>
<comments>{0}/comments</comments><wfw:commentRss>{0}/comment-feed</wfw:commentRss>
<enclosure url="{0}/enclosure.mp3" length="9" type="audio/mpeg"/><source url="{0}/source">S</source>
<media:content url="{0}/video.mp4"/><media:thumbnail url="{0}/thumbnail.png"/>
<description>&other; &lt;meta http-equiv="refresh" content="0;url={0}/refresh"&gt;
&lt;img src="{0}/picture.png"&gt;&lt;iframe src="{0}/frame"&gt;&lt;/iframe&gt;
&lt;link rel="stylesheet" href="{0}/style.css"&gt; Der Konzern kündigt.</description></item>
</channel></rss>"""
PAGE = """<!doctype html><base href="{0}/"><title>Blatt</title><link rel="icon" href="{0}/icon.png">
<link rel="alternate" type="application/rss+xml" href="{0}/feed"><meta http-equiv="refresh"
content="0;url={0}/refresh"><script src="{0}/script.js"></script>"""
TITLE = "Bank warns of an AI bubble in data centers"
HOSTS = ("127.0.0.1", "127.0.0.2", "0x7f.1", "[::1]", "①②⑦.⓪.⓪.①", "localhost")


@pytest.mark.fault("C4", "D8")
def test_nothing_that_a_document_names_is_asked_for(
    canary: Canary, hostile: Hostile, program: Program, record: Record
) -> None:
    for n, host in enumerate(HOSTS):
        address = f"http://{host}:{canary.port}"
        hostile.answers[f"all-{n}"] = give(EVERYTHING.format(address, canary.port, TITLE).encode())
        hostile.answers[f"page-{n}"] = give(PAGE.format(address).encode())
        hostile.answers[f"go-{n}"] = redirect(f"{address}/feed")
    names = [f"{kind}-{n}" for n in range(len(HOSTS)) for kind in ("all", "page", "go")]
    program.configure(configure(hostile, *names))
    program.do("run", "--once")
    for verb, name in product(("test", "discover"), names[: pick(1, 3)]):
        program.run("feeds", verb, hostile.url(name))
    hits, told = canary.count(), (program.folder / "alerts.txt").read_text(encoding="utf-8")
    record(documents=len(names), addresses=EVERYTHING.count("{0}") * len(HOSTS), hits=hits)
    assert hits == 0
    assert TITLE in told
    assert "http://" not in told


def configure(hostile: Hostile, *names: str) -> str:
    """Flag every article of these, and write alerts to a file."""
    feeds = "".join(f'[[feeds]]\nname = "{n}"\nurl = "{hostile.url(n)}"\n' for n in names)
    return f"""\
polling = {{ allow = {hostile.allow} }}
alerts = {{ baseline = false }}
topics = [{{ name = "ai-overbuild", threshold = 0.0 }}]
classifier = {{ encoder = "off" }}
channels.file.url = "file://alerts.txt"
{feeds}"""
