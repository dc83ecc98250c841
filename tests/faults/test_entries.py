"""D1: of twenty entries one is broken, in every way we know; the other nineteen are read whole."""

import re
from collections.abc import Callable, Mapping

import pytest

from monitor.adapters.parse.document import parse_document
from monitor.core.model import Entry
from tests.faults.proof import Record

URL = "https://blatt.example/feed"
COUNT, BROKEN = 20, 10
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "georss": "http://www.georss.org/georss",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "media": "http://search.yahoo.com/mrss/",
    }.items()
)


def write_item(n: int) -> str:
    return (
        f"<item><guid>g-{n}</guid><link>https://blatt.example/{n}</link><title>Meldung {n}</title>"
        f"<description>Was bei Nummer {n} geschah.</description>"
        "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>"
    )


def write_entry(n: int) -> str:
    return (
        f'<entry><id>g-{n}</id><link href="https://blatt.example/{n}"/><title>Meldung {n}</title>'
        f"<summary>Was bei Nummer {n} geschah.</summary><updated>2026-03-02T10:00:00Z</updated>"
        "</entry>"
    )


def write_rss(entries: str) -> str:
    return f'<rss version="2.0" {NAMESPACES}><channel><title>Blatt</title>{entries}</channel></rss>'


def write_rdf(entries: str) -> str:
    space = (
        'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    )
    head = f"<rdf:RDF {space} {NAMESPACES}><channel><title>Blatt</title></channel>"
    return f"{head}{entries}</rdf:RDF>"


def write_atom(entries: str) -> str:
    space = f'xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}'
    return f"<feed {space}><title>Blatt</title>{entries}</feed>"


Write = Callable[[str], str]
KINDS: Mapping[str, tuple[Callable[[int], str], Write]] = {
    "rss": (write_item, write_rss),
    "rdf": (write_item, write_rdf),
    "atom": (write_entry, write_atom),
}

Break = Callable[[str], str]
"""Breaks the text of one entry."""


def title(words: str) -> Break:
    return lambda entry: entry.replace("Meldung", words)


def inside(markup: str) -> Break:
    """Put this before everything else in the entry."""
    return lambda entry: entry.replace(">", f">{markup}", 1)


def swap(old: str, new: str) -> Break:
    return lambda entry: re.sub(old, lambda _: new, entry, count=1)


def date(text: str) -> Break:
    return lambda entry: re.sub("(<pubDate>|<updated>)[^<]*", rf"\g<1>{text}", entry)


def link(address: str) -> Break:
    return lambda entry: re.sub(r"https://blatt\.example/\d+", address, entry)


MUTATIONS: Mapping[str, Break] = {
    # character references
    "surrogate pair": title("&#55357;&#56832;"),
    "lone surrogate": title("&#xD800;"),
    "beyond Unicode": title("&#x110000;"),
    "reference of twenty digits": title("&#x1234567890ABCDEF1234;"),
    "reference of five thousand digits": title("&#" + "9" * 5000 + ";"),
    "reference to NUL": title("&#0;"),
    "reference to a control": title("&#8;&#x1b;"),
    "empty references": title("&#;&#x;&;"),
    "open reference": title("&#"),
    "bare ampersand": title("Meyer & Söhne"),
    "bare less-than": title("3 < 5"),
    "unknown entities": title("&nbsp;&uuml;&foo;"),
    # bytes
    "NUL": title("a\0b"),
    "controls": title("a\x01\x08\x0b\x1b"),
    "non-characters": title("\ufffe\uffff"),
    "broken UTF-8": title("\udcff\udcfe\udcc3"),
    "Latin-1 in between": title("\udce4\udcf6"),
    # markup
    "open title": swap("</title>", ""),
    "open link": swap("</link>", ""),
    "stray end tags": swap("</title>", "</title></b></description></summary>"),
    "open CDATA": title("<![CDATA["),
    "CDATA twice": title("<![CDATA[ a ]]> ]]>"),
    "end tags in CDATA": title("<![CDATA[ </item></entry><item><entry> ]]>"),
    "comment with dashes": title("<!-- a -- b -->"),
    "open comment": title("<!-- a"),
    "instruction": title("<?php echo ?>"),
    "open instruction": title("<?"),
    "open tag": inside("<br "),
    "number as a tag": inside("<1x>y</1x>"),
    "attribute twice": inside('<x a="1" a="2"/>'),
    "attribute without quotes": inside("<x a=1/>"),
    "tag of 70,000 letters": inside(f"<{'x' * 70_000}/>"),
    "three thousand deep": inside("<x>" * 3000 + "</x>" * 3000),
    "second declaration": inside('<?xml version="1.0"?>'),
    "second doctype": inside("<!DOCTYPE x>"),
    "no end tag": swap("</(item|entry)>", ""),
    "entry in the entry": inside("<item/><entry/>"),
    # namespaces and bases
    "undeclared prefix": inside("<foo:bar>x</foo:bar>"),
    "undeclared prefix of an attribute": inside('<x foo:y="1"/>'),
    "prefix for nothing": inside('<x xmlns:a=""/>'),
    "base that is no address": swap("<title>", '<title xml:base="http://[">'),
    "base of the entry": lambda entry: entry.replace(">", ' xml:base="http://[">', 1),
    "language that is none": lambda entry: entry.replace(">", ' xml:lang="@@">', 1),
    # what modules hold
    "places": inside(
        "<georss:point>a b</georss:point><georss:box>1 2</georss:box><georss:line>1 2 3"
        "</georss:line><georss:polygon>1</georss:polygon>"
    ),
    "media": inside('<media:content width="abc" fileSize="x"/><media:thumbnail/>'),
    "enclosures": inside('<enclosure length="x" url=":::"/><enclosure/>'),
    "authors": inside("<author>@@ ( &lt;</author><dc:creator/><itunes:author>()</itunes:author>"),
    "unknown kind of text": swap("<title>", f'<title type="{"x" * 5000}/;;" mode="base64">'),
    # dates
    "date of 99": date("Mon, 99 Foo 99999 99:99:99 +9999"),
    "date of 400 digits": date("9" * 400),
    "date of zeros": date("0000-00-00T00:00:00Z"),
    "week 60": date("2026-W60-9"),
    "before the common era": date("-2026-366"),
    "date in full-width digits": date("２０２６年三月"),
    # links and ids
    "half an IPv6 address": link("http://[::1"),
    "port of eight digits": link("http://blatt.example:99999999/"),
    "label of seventy letters": link(f"http://☃.{'a' * 70}.example/"),
    "guid of 100,000 letters": swap("g-", "g-" + "x" * 100_000),
    "empty": lambda _: "<item></item>",
    "fifty thousand line ends": title("a" + "\n" * 50_000 + "b"),
}


def read(kind: str, mutation: Break) -> tuple[Entry, ...]:
    entry, document = KINDS[kind]
    entries = [mutation(entry(n)) if n == BROKEN else entry(n) for n in range(1, COUNT + 1)]
    body = document("".join(entries)).encode(errors="surrogateescape")
    return parse_document(body, URL, None).entries


@pytest.mark.fault("D1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_entry_costs_only_itself(kind: str, record: Record) -> None:
    whole = read(kind, lambda entry: entry)
    assert len(whole) == COUNT
    wanted = {entry for entry in whole if entry.guid != f"g-{BROKEN}"}
    missing = {name: wanted - set(read(kind, mutation)) for name, mutation in MUTATIONS.items()}
    lost = sum(map(len, missing.values()))
    record(mutations=len(MUTATIONS), entries=len(MUTATIONS) * len(wanted), lost=lost)
    assert {name: entries for name, entries in missing.items() if entries} == {}


@pytest.mark.fault("D1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_broken_entry_itself_is_there(kind: str, record: Record) -> None:
    """It is where its bytes are: as many entries as the document has start tags."""
    counts = {name: len(read(kind, mutation)) for name, mutation in MUTATIONS.items()}
    # The document itself says so.
    assert counts.pop("entry in the entry") >= COUNT
    record(mutations=len(counts), lost=sum(count < COUNT for count in counts.values()))
    assert {name: count for name, count in counts.items() if count != COUNT} == {}


@pytest.mark.fault("D1")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_broken_entry_costs_only_itself_in_wide_encodings(encoding: str) -> None:
    name = encoding[:6].rstrip("-")
    entries = "".join(write_item(n) for n in range(1, COUNT + 1))
    text = write_rss(entries.replace("Meldung 10<", "Meldung &#xD800;&#x110000;<"))
    body = f'<?xml version="1.0" encoding="{name}"?>{text}'.encode(encoding)
    assert len(parse_document(body, URL, None).entries) == COUNT


@pytest.mark.fault("D1")
def test_many_broken_entries_cost_only_themselves() -> None:
    """Every third one, among two thousand."""
    breaks = list(MUTATIONS.values())[::7]
    texts = [
        breaks[n % len(breaks)](write_item(n)) if n % 3 == 0 else write_item(n)
        for n in range(1, 2001)
    ]
    body = write_rss("".join(texts)).encode(errors="surrogateescape")
    found = {entry.guid for entry in parse_document(body, URL, None).entries}
    assert {f"g-{n}" for n in range(1, 2001) if n % 3} <= found
