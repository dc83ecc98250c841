"""Feeds of every kind into entries: golden pairs, real and hostile feeds; FAULTS C10 D1 D2."""

import io
import os
import runpy
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from monitor.adapters.parse import MEMORY, FeedParser
from monitor.adapters.parse.document import parse_document
from monitor.adapters.parse.markup import TEXT_LIMIT
from monitor.adapters.worker import Worker
from monitor.core.model import Entry
from monitor.errors import NotAFeed, ParseError, TooCostly

URL = "https://feed.example/path/feed.xml"
GOLDEN = sorted(Path(__file__).parent.glob("golden/*.py"))
SHARED = Path(__file__).parents[3] / "shared" / "feeds"
REAL_FEEDS = sorted(file for file in SHARED.glob("*") if file.suffix != ".jsonl")


@pytest.mark.parametrize("expected", GOLDEN, ids=lambda file: file.stem)
def test_golden_feeds(expected: Path) -> None:
    feed = next(file for file in expected.parent.glob(f"{expected.stem}.*") if file != expected)
    parsed = parse_document(feed.read_bytes(), URL, None)
    assert replace(parsed, marks=b"") == runpy.run_path(str(expected))["EXPECTED"]


@pytest.mark.skipif(not REAL_FEEDS, reason="needs the recorded feeds in ../shared/feeds")
@pytest.mark.parametrize("file", REAL_FEEDS, ids=lambda file: file.name[-30:])
def test_real_feeds_have_the_entries_and_identities_feedparser_finds(file: Path) -> None:
    body = file.read_bytes()
    found = feedparser.parse(io.BytesIO(body)).entries
    parsed = parse_document(body, "http://127.0.0.1:8000/feed", "application/octet-stream").entries
    assert len(parsed) == len(found)
    assert len({identity(entry) for entry in parsed}) == len(
        {raw.get("id") or raw.get("link") or (raw.title, raw.summary) for raw in found}
    )


def identity(entry: Entry) -> object:
    return entry.guid or entry.canonical_link or (entry.title, entry.text)


def rss(items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def only(items: str) -> Entry:
    (entry,) = parse_document(rss(items), URL, None).entries
    return entry


# --- what is no feed (C10) ---


@pytest.mark.fault("C10")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Not here</body></html>", "web page"),
        (b"\n\n<HTML><body>", "web page"),
        (b'{"error": "not found"}', "JSON document"),
        (b"[1, 2]", "JSON document"),
        (b"/dev/zero", "neither RSS"),
        (b"http://127.0.0.1/secret", "neither RSS"),
        (b"file:///etc/passwd", "neither RSS"),
        (b"Service unavailable", "neither RSS"),
        (b"<?xml version='1.0'?><note>no feed</note>", "neither RSS"),
        (bytes(range(256)), "neither RSS"),
        ("<?xml version='1.0'?>".encode("utf-32-be"), "neither RSS"),
    ],
)
def test_other_documents_are_not_feeds_and_said_what_they_are(body: bytes, kind: str) -> None:
    with pytest.raises(NotAFeed, match=kind):
        parse_document(body, URL, "application/rss+xml")


@pytest.mark.fault("C10")
@pytest.mark.parametrize(
    "body",
    [
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": 3}',
        b'{"version": "https://jsonfeed.org/',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_broken_json_is_an_error_of_this_feed(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_document(body, URL, None)


def json_feed(*items: str, **more: str) -> bytes:
    fields = "".join(f', "{name}": {value}' for name, value in more.items())
    return f'{{"version": "{JSON_FEED}"{fields}, "items": [{", ".join(items)}]}}'.encode()


JSON_FEED = "https://jsonfeed.org/version/1.1"


@pytest.mark.parametrize(
    ("written", "guid"),
    [
        ('"a"', "a"),
        ("7", "7"),
        ("-7", "-7"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("1.50", "1.50"),
        ("1e400", "1e400"),
        ("9" * 5000, "9" * 5000),
        ("NaN", "NaN"),
        ("true", None),
        ("null", None),
        ("[1]", None),
        ('{"a": 1}', None),
        ('""', None),
    ],
)
def test_an_id_of_a_json_feed_is_kept_as_it_is_written(written: str, guid: str | None) -> None:
    """Numbers too, which the standard wants to be taken as text; no number is too long or odd."""
    [entry] = parse_document(json_feed(f'{{"id": {written}}}'), URL, None).entries
    assert entry.guid == guid


@pytest.mark.fault("D1")
@pytest.mark.parametrize(
    "odd",
    [
        '"authors": [{"name": "Frida"}, 7, null, "x"]',
        '"authors": "Frida", "author": []',
        '"attachments": [{"url": 7, "mime_type": [], "size_in_bytes": "viel"}]',
        '"attachments": {"url": "javascript:alert(1)"}',
        '"tags": 7, "image": {}, "banner_image": []',
        '"url": "javascript:alert(1)", "external_url": "file:///etc/passwd"',
        '"url": ["https://a.example/"], "title": {"a": 1}, "summary": []',
        '"date_published": "9999-99-99T00:00:00Z", "date_modified": 1e99',
        '"date_published": "0001-01-01T00:00:00+23:59"',
        '"title": "\\ud800 \\u0000 \\u202e", "url": "https://a.example/\\ud800"',
        '"content_html": "' + "<b>" * 5000 + '"',
        '"language": ["de"], "language": 7',
    ],
)
def test_an_odd_item_of_a_json_feed_costs_no_other(odd: str) -> None:
    body = json_feed('{"id": "1", "title": "heil"}', f'{{"id": "2", {odd}}}', '{"id": "3"}')
    parsed = parse_document(body, URL, None)
    assert [entry.guid for entry in parsed.entries] == ["1", "2", "3"]
    assert parsed.entries[0].title == "heil"
    assert not {"javascript", "file"} & {str(entry.link)[:4] for entry in parsed.entries}


def test_of_a_json_feed_without_end_the_first_items_are_read() -> None:
    """All of them would fill the memory of the parent process, which has to take them."""
    items = ", ".join(f'{{"id": "{n}"}}' for n in range(20_002))
    parsed = parse_document(json_feed(items), URL, None)
    assert [parsed.entries[0].guid, parsed.entries[-1].guid] == ["0", "19999"]
    assert parsed.problems == ("of 20,002 items the first 20,000 are read",)


def test_a_json_feed_of_the_first_version_is_one() -> None:
    for version in ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1.1"):
        body = json_feed('{"id": 1}').replace(JSON_FEED.encode(), version.encode())
        assert len(parse_document(body, URL, None).entries) == 1


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse_document(rss(""), URL, None).entries == ()


# --- broken entries (D1, D3, D5) ---


@pytest.mark.fault("D1")
def test_an_entry_that_feedparser_cannot_read_costs_only_itself() -> None:
    good = "<item><guid>1</guid><title>heil</title></item><item><guid>3</guid></item>"
    bad = "<item><guid>2</guid><title>&#x1234567890ABCDEF12;</title></item>"
    parsed = parse_document(rss(bad + good), URL, None)
    assert [entry.guid for entry in parsed.entries if entry.guid != "2"] == ["1", "3"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "iso-8859-15", "cp1252"]
)
def test_declared_encodings_are_read(encoding: str) -> None:
    text = rss("<item><title>Größe</title></item>").decode()
    name = encoding.removesuffix("-sig").removesuffix("-le")
    body = f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(encoding)
    assert [entry.title for entry in parse_document(body, URL, None).entries] == ["Größe"]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("iso-8859-1", "utf-8"),
        ("koi8-r", "koi8-r"),
        ("no-such-charset", "utf-8"),
        ("", "cp1252"),
    ],
    ids=["a wrong header", "a right header", "an unknown header", "no header"],
)
def test_without_a_declaration_the_bytes_decide_before_the_header(
    charset: str, encoding: str
) -> None:
    title = "Цены" if encoding == "koi8-r" else "Größe"
    body = rss(f"<item><title>{title}</title></item>").decode().encode(encoding)
    parsed = parse_document(body, URL, f"text/xml; charset={charset}" if charset else None)
    assert [entry.title for entry in parsed.entries] == [title]


@pytest.mark.fault("D5")
@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0100", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
        ("0000-00-00T00:00:00Z", None),
        ("neulich", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_missing(date: str, expected: datetime | None) -> None:
    assert only(f"<item><title>x</title><pubDate>{date}</pubDate></item>").published_at == expected


def test_a_missing_publication_date_is_the_update() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>
    <updated>2026-03-01T12:00:00Z</updated></entry></feed>"""
    (entry,) = parse_document(feed, URL, None).entries
    assert entry.published_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_longer_of_summary_and_content_is_the_text() -> None:
    content = "<p>kurz</p>"
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id>
    <summary>Die Zusammenfassung ist hier länger.</summary>
    <content type="html"><![CDATA[{content}]]></content></entry></feed>""".encode()
    (entry,) = parse_document(feed, URL, None).entries
    assert entry.text == "Die Zusammenfassung ist hier länger."


@pytest.mark.fault("D7")
def test_a_title_of_a_megabyte_is_bounded() -> None:
    entry = only(f"<item><guid>1</guid><title>{'Lang ' * 200_000}</title></item>")
    assert len(entry.title) <= TEXT_LIMIT


def test_a_bare_guid_is_no_link() -> None:
    entry = only("<item><guid>k-1</guid><title>x</title></item>")
    assert (entry.guid, entry.link) == ("k-1", None)


# --- in the worker (D1, D2) ---


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker("parse", memory=MEMORY)
    yield worker
    await worker.close()


async def test_the_parser_reads_in_a_process_of_its_own(worker: Worker) -> None:
    parsed = await FeedParser(worker).parse(rss("<item><guid>1</guid></item>"), URL, None)
    assert [entry.guid for entry in parsed.entries] == ["1"]
    assert await worker.call(os.getpid, deadline=timedelta(seconds=5)) != os.getpid()


async def test_what_is_no_feed_is_said_through_the_worker(worker: Worker) -> None:
    with pytest.raises(NotAFeed, match="web page"):
        await FeedParser(worker).parse(b"<html>", URL, None)


COSTLY = {
    "entities": b'<!DOCTYPE rss [\n<!ENTITY a "%s">\n]>' % (b"x" * 20_000)
    + rss(f"<item><title>{'&a;' * 40_000}</title></item>"),
    "blank lines": b"<?xml version='1.0'?>" + b"\n" * 400_000 + rss(""),
    "author": rss("<item><author>" + "a." * 50_000 + "@</author></item>"),
    "open items": b"<rss version='2.0'><channel>" + b"<item><title>&#x" * 300_000,
}


@pytest.mark.fault("D2")
@pytest.mark.parametrize("attack", COSTLY.values(), ids=COSTLY.keys())
async def test_a_costly_document_is_given_up_and_the_next_one_read(
    worker: Worker, attack: bytes
) -> None:
    await FeedParser(worker).parse(rss(""), URL, None)
    with pytest.raises(TooCostly):
        await FeedParser(worker, deadline=timedelta(seconds=0.5)).parse(attack, URL, None)
    parsed = await FeedParser(worker).parse(rss("<item><guid>1</guid></item>"), URL, None)
    assert len(parsed.entries) == 1


@pytest.mark.fault("D1", "D2")
async def test_what_counts_is_the_work_and_not_how_busy_the_machine_is(worker: Worker) -> None:
    parser = FeedParser(worker, cpu=1)
    await worker.call(time.sleep, 1.5, deadline=timedelta(seconds=60))
    assert (await parser.parse(rss("<item/>"), URL, None)).entries
    with pytest.raises(TooCostly, match="killed by SIGXCPU"):
        await parser.parse(COSTLY["blank lines"], URL, None)
    assert (await parser.parse(rss("<item/>"), URL, None)).entries


@pytest.mark.fault("A8", "D1")
async def test_a_document_over_the_memory_limit_is_given_up_and_the_next_one_read() -> None:
    worker = Worker("parse", memory=220 * 2**20)
    big = rss("<item><title>x</title></item>" * 300_000)
    with pytest.raises(TooCostly, match=r"MemoryError|killed|ended"):
        await FeedParser(worker, deadline=timedelta(seconds=60)).parse(big, URL, None)
    parsed = await FeedParser(worker).parse(rss("<item><guid>1</guid></item>"), URL, None)
    await worker.close()
    assert len(parsed.entries) == 1


async def test_feeds_are_discovered_in_the_worker(worker: Worker) -> None:
    page = b'<link rel="alternate" type="application/rss+xml" title="A" href="/a">'
    found = await FeedParser(worker).discover(page, URL)
    assert found == (("A", "https://feed.example/a"),)
