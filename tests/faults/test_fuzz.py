"""C3, D1, D2, F3: what nobody thought of; `make faults` tries for ten minutes."""

import asyncio
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard
from monitor.adapters.parse.document import parse_document
from monitor.config import load_settings, read_default_config
from monitor.core.article import TITLE_LIMIT, make_draft
from monitor.core.model import Feed, FeedSpec, FeedState, FetchRequest, ParsedFeed
from monitor.errors import ConfigError, FetchError, ParseError
from tests.faults.harness.hostile import Hostile, open_hostile, say
from tests.faults.proof import Record, pick
from tests.faults.test_entries import KINDS, MUTATIONS

NOW = datetime(2026, 3, 2, tzinfo=UTC)
URL = "https://blatt.example/feed"
FEED = Feed(1, FeedSpec(URL, "Blatt"), FeedState(next_poll_at=NOW))
SECONDS = pick(2, 150)
"""How long each of these goes on."""

quick = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=10**9,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""The same examples in every run, until the time is over."""


class TimeIsOver(BaseException):
    """Ends hypothesis, which catches what is an Exception."""


def go_on(check: Callable[..., None], *strategies: st.SearchStrategy[object]) -> int:
    """Try examples until the time is over; count them."""
    tried, end = 0, time.monotonic() + SECONDS

    @quick
    @given(st.tuples(*strategies))
    def attempt(values: tuple[object, ...]) -> None:
        nonlocal tried
        if time.monotonic() > end:
            raise TimeIsOver
        check(*values)
        tried += 1

    with suppress(TimeIsOver):
        attempt()
    return tried


# --- documents ------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    (
        *("rss", "channel", "feed", "entry", "item", "title", "link", "guid", "id", "description"),
        *("summary", "content:encoded", "pubDate", "updated", "author", "dc:date", "category"),
        *("media:content", "georss:point", "georss:line", "itunes:image", "source", "enclosure"),
        *("rdf:RDF", "xhtml:div", "textInput", "image"),
    )
)
ATTRIBUTES = st.sampled_from(
    (
        *("", ' type="xhtml"', ' type="html"', ' mode="base64"', ' xml:base="http://["'),
        *(' href="//["', ' xml:lang="x"', ' isPermaLink="true"', ' rel="self"', " x=1", ' y="'),
        ' xmlns="urn:x"',
    )
)
SCRAPS = st.sampled_from(
    (
        *("&#xD800;", "&#x110000;", "&#;", "&", "<", ">", "]]>", "<![CDATA[", "<!--", "-->", "<?"),
        *(
            "?>",
            "<!DOCTYPE x>",
            "\0",
            "\ufffe",
            "http://[::1",
            "9" * 50,
            "2026-13-99",
            "=",
            "data:,",
        ),
        *(
            "data:,",
            "&lt;script&gt;",
            "-0001",
            "\n" * 200,
            "<item>",
            "</item>",
            "</entry>",
            "a" * 500,
        ),
    )
)


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements that are mostly closed."""

    def write(name: str, more: str, inside: list[str], end: str = "") -> str:
        return f"<{name}{more}>{''.join(inside)}</{end or name}>"

    closed = st.builds(write, NAMES, ATTRIBUTES, st.lists(children))
    crossed = st.builds(write, NAMES, ATTRIBUTES, st.lists(children), NAMES)
    return st.one_of(closed, closed, closed, crossed)


TREES = st.recursive(st.one_of(SCRAPS, st.text(max_size=20)), element, max_leaves=40)
WRAPS = st.sampled_from(
    (
        *("{}", '<rss version="2.0"><channel>{}</channel></rss>', "<rss><channel>{}"),
        *('<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>', "<rdf:RDF>{}</rdf:RDF>"),
        *(
            "<?xml version='1.0'?>{}",
            '{{"version":"https://jsonfeed.org/version/1.1","items":[{}]}}',
        ),
    )
)
ENCODINGS = st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "utf-32-be", "cp1252", "utf-7"))


def survive(body: bytes) -> ParsedFeed | None:
    """Read it as the worker does; an error must be the document's, and what comes must be kept."""
    try:
        parsed = parse_document(body, URL, "text/xml")
    except ParseError:
        return None
    for entry in parsed.entries:
        draft = make_draft(entry, FEED, NOW, baseline=False)
        assert len(draft.title) <= TITLE_LIMIT
        assert f"{draft.identity}{draft.title}{draft.text}{draft.link}".encode()
    return parsed


@pytest.mark.fault("D1")
def test_no_structure_of_a_document_breaks_the_parser(record: Record) -> None:
    def check(wrap: str, tree: str, encoding: str) -> None:
        survive(wrap.format(tree).encode(encoding, "replace"))

    record(structures=go_on(check, WRAPS, TREES, ENCODINGS))


@pytest.mark.fault("D1")
def test_no_bytes_put_into_a_feed_break_the_parser(record: Record) -> None:
    """A feed of every kind with some of its bytes changed, cut out, doubled or made up."""
    bodies = [
        document("".join(entry(n) for n in range(1, 6))).encode()
        for entry, document in KINDS.values()
    ]

    def check(seed: int, noise: bytes) -> None:
        choose = random.Random(seed)  # noqa: S311 - hypothesis gives the seed
        body = choose.choice(bodies)
        for _ in range(choose.randint(1, 8)):
            at, end = sorted(choose.randrange(len(body)) for _ in range(2))
            cut = min(end, at + choose.randint(0, 80))
            body = choose.choice(
                (
                    body[:at] + noise + body[at:],
                    body[:at] + body[cut:],
                    body[:cut] + body[at:],
                    body[:at] + bytes([choose.randrange(256)]) + body[at + 1 :],
                )
            )
        survive(body)

    record(mutants=go_on(check, st.integers(0, 2**32), st.binary(max_size=30)))


@pytest.mark.fault("D1")
def test_several_broken_entries_cost_only_themselves(record: Record) -> None:
    """Some entries of twenty are broken, each in one of the known ways."""

    def check(kind: str, broken: dict[int, str]) -> None:
        entry, document = KINDS[kind]
        texts = [MUTATIONS[broken[n]](entry(n)) if n in broken else entry(n) for n in range(1, 21)]
        body = document("".join(texts)).encode(errors="surrogateescape")
        parsed = survive(body)
        assert parsed is not None
        unbroken = {f"g-{n}" for n in range(1, 21) if n not in broken}
        assert unbroken & said(body, unbroken) <= {entry.guid for entry in parsed.entries}, broken

    def said(body: bytes, unbroken: set[str]) -> set[str]:
        """The ids of a well-formed document, which can have fewer entries than it looks.

        An open CDATA section that another entry closes makes a text of all between them.
        """
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError:
            return unbroken
        return {str(element.text) for element in root.iter("{*}guid", "{*}id")}

    broken = st.dictionaries(st.integers(1, 20), st.sampled_from(sorted(MUTATIONS)), max_size=6)
    record(documents=go_on(check, st.sampled_from(sorted(KINDS)), broken))


# --- answers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with open_hostile() as server:
        yield server


LINES = st.sampled_from(
    (
        *(b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999", b":", b" x"),
        *(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Encoding: deflate"),
        *(b"Location: //[", b"Location: \xff\xfe", b"Retry-After: \xe2\x91\xa0", b"ETag: \x80"),
        *(b"Set-Cookie: a=b", b"Content-Type: \xff", b"Connection: close", b"X: \0"),
    )
)
STATUS = st.sampled_from(
    (b"200 OK", b"301 Go", b"304 Same", b"103 Hints", b"999 ?", b"200", b"-1 x", b"101 Switch")
)
CHUNKS = st.sampled_from(
    (b"5\r\n<rss>\r\n", b"0\r\n\r\n", b"zz\r\n", b"ffffffffff\r\nx", b"-1\r\n")
)


@pytest.mark.fault("C3")
def test_no_answer_breaks_the_fetcher(hostile: Hostile, record: Record) -> None:
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(open_client(hostile))

    def check(status: bytes, lines: list[bytes], chunks: list[bytes], noise: bytes) -> None:
        head = b"\r\n".join((b"HTTP/1.1 " + status, *lines))
        hostile.answers["fuzz"] = say(head, b"\r\n\r\n", *chunks, noise)
        with suppress(FetchError):
            loop.run_until_complete(client.fetch(FetchRequest(hostile.url("fuzz"))))

    answers = (STATUS, st.lists(LINES, max_size=6), st.lists(CHUNKS, max_size=4), st.binary())
    record(answers=go_on(check, *answers))
    loop.run_until_complete(client.close())
    loop.close()


async def open_client(hostile: Hostile) -> HttpFetcher:
    deadline = timedelta(seconds=2)
    guard = AddressGuard(hostile.allow)
    return HttpFetcher(guard, user_agent="test", clock=lambda: NOW, deadline=deadline)


# --- configurations -------------------------------------------------------------------------------


@pytest.mark.fault("F3")
def test_a_slip_in_the_configuration_is_told_with_its_line_or_harmless(
    tmp_path: Path, record: Record
) -> None:
    """The file that ships, with a letter more, less, changed or swapped, or a line lost."""
    file = tmp_path / "config.toml"
    lines = [line for line in read_default_config().splitlines() if line and line[0] != "#"]
    told = 0

    def check(at: int, column: int, letter: str, kind: int) -> None:
        nonlocal told
        line = lines[at % len(lines)]
        place = column % (len(line) + 1)
        slips = (
            line[:place] + letter + line[place:],
            line[:place] + line[place + 1 :],
            line[:place] + letter + line[place + 1 :],
            line[:place] + line[place : place + 2][::-1] + line[place + 2 :],
            "",
        )
        slipped = [*lines]
        slipped[at % len(lines)] = slips[kind]
        file.write_text("\n".join(slipped), encoding="utf-8")
        complaint = complain(file)
        told += complaint is not None
        assert complaint is None or re.match(rf"{re.escape(str(file))}:\d+: .", complaint)

    letters = st.characters(codec="utf-8", exclude_characters="\r\n")
    numbers = st.integers(0, 10**6)
    tried = go_on(check, numbers, numbers, letters, st.integers(0, 4))
    record(slips=tried, told=told)
    assert told


def complain(file: Path) -> str | None:
    """What loading it says, if anything."""
    try:
        load_settings(file, {}, file.parent)
    except ConfigError as error:
        return str(error)
    return None
