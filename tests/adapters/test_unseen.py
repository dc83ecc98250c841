"""Only entries that are new are read, and what is left out would have been the same."""

from datetime import timedelta

import pytest

from monitor.adapters.parse import MEMORY, FeedParser, syndication, unseen
from monitor.adapters.parse.cut import cut
from monitor.adapters.parse.document import parse_document
from monitor.adapters.worker import Worker
from tests.adapters.readings import URL, Reader

ATOM = "http://www.w3.org/2005/Atom"


def item(guid: int, words: str = "Der Markt öffnet", more: str = "") -> str:
    return f"<item><guid>{guid}</guid><title>{words}</title>{more}</item>"


def rss(*items: str, head: str = "<title>Blatt</title>", root: str = "", tail: str = "") -> bytes:
    inside = f"{head}\n{chr(10).join(items)}\n{tail}"
    return f"<rss version='2.0'{root}><channel>{inside}</channel></rss>".encode()


def atom(*entries: str, root: str = "") -> bytes:
    return f"<feed xmlns='{ATOM}'{root}><title>Blatt</title>{''.join(entries)}</feed>".encode()


def entry(key: int, more: str = "", start: str = "") -> str:
    return f"<entry{start}><id>urn:{key}</id><title>Rat tagt {key}</title>{more}</entry>"


# --- what is read ---------------------------------------------------------------------------------


def test_a_first_document_is_read_whole() -> None:
    assert Reader().guids(rss(item(1), item(2))) == ["1", "2"]


def test_then_only_what_is_new_wherever_it_stands() -> None:
    reader = Reader()
    reader.read(rss(item(1), item(2), item(3)))
    assert reader.guids(rss(item(9), item(3), item(8), item(1), item(7))) == ["9", "8", "7"]


def test_an_edited_entry_is_read_again_whatever_the_edit() -> None:
    reader = Reader()
    reader.read(rss(item(1), item(2)))
    assert reader.guids(rss(item(1), item(2, more="<pubDate>2026-03-01</pubDate>"))) == ["2"]
    assert reader.guids(rss(item(1, "Der Markt öffnet "), item(2))) == ["1", "2"]


def test_what_the_feed_says_of_itself_makes_no_entry_new() -> None:
    reader = Reader()
    reader.read(rss(item(1), head="<title>T</title><lastBuildDate>2026-03-01</lastBuildDate>"))
    parsed = reader.read(rss(item(1), head="<title>Neu</title><ttl>5</ttl>", tail="<x>1</x>"))
    assert (parsed.title, parsed.entries, parsed.known) == ("Neu", (), 1)


def test_an_entry_that_went_is_forgotten() -> None:
    reader = Reader()
    reader.read(rss(item(1), item(2)))
    assert len(reader.marks) == 32
    reader.read(rss(item(2)))
    assert reader.guids(rss(item(1), item(2))) == ["1"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-15", "cp1252"])
def test_the_encoding_of_the_document_does_not_matter(encoding: str) -> None:
    declared = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>"
    reader = Reader()
    reader.read((declared + rss(item(1)).decode()).encode(encoding))
    assert reader.guids((declared + rss(item(2), item(1)).decode()).encode(encoding)) == ["2"]


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1), "<!-- <item> von gestern -->", item(2)),
        rss(item(1, more="<description><![CDATA[</item><item>]]></description>"), item(2)),
        rss(item(1, more="<!-- </item> --><?a </item>?>"), item(2)),
        rss("<ITEM><guid>1</guid></ITEM>", item(2)),
        rss(item(1), item(2), root=" xmlns='http://purl.org/rss/1.0/'"),
        rss(item(1, more="<x a='/>' b='&gt;'/>"), item(2)),
        atom(entry(1), entry(2)),
        atom(entry(1, "<content>a</content>"), entry(2, "<content type='html'>b</content>")),
        atom(entry(1), entry(2))
        .replace(b"<", b"<a:")
        .replace(b"<a:/", b"</a:")
        .replace(b"xmlns=", b"xmlns:a="),
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        b"xmlns='http://purl.org/rss/1.0/'><channel><title>T</title></channel>"
        b"<item rdf:about='http://a.example/1'/><item rdf:about='urn:2'><title>a</title></item>"
        b"</rdf:RDF>".replace(b"/1'/>", b"/1'><title>b</title></item>"),
    ],
)
def test_entries_are_known_in_every_format(body: bytes) -> None:
    reader = Reader()
    assert len(reader.read(body).entries) == 2
    assert reader.read(body).known == 2


# --- what must be read again ----------------------------------------------------------------------


LINKED = item(2, more="<link>b</link>")
LEAKS = {
    "a base address": (item(1, more="<x xml:base='https://away.example/c/'>a</x>"), LINKED),
    "a namespace": (
        item(1, more="<q:a xmlns:q='http://purl.org/dc/elements/1.1/'/>"),
        item(2, more="<q:date xmlns:q='urn:q'>2026-03-01</q:date>"),
    ),
    "a language behind an open div": (
        item(1, more="<description xml:lang='it'>a<div/>b</description>"),
        item(2, more="<x xml:lang='fr'><y/></x><description>c</description>"),
    ),
    "an uncounted end": (
        item(1, more="<description>a<b><title>x</title></b></description>"),
        item(2, more="<description>a<b>c</b></description>"),
    ),
    "an image of the feed": (
        item(1, more="<image><c:encoded>a</c:encoded></image>"),
        item(2, more="<image><description><![CDATA[<p>b]]></description></image>"),
    ),
}


@pytest.mark.parametrize(("odd", "plain"), LEAKS.values(), ids=LEAKS)
def test_an_entry_that_changes_how_the_next_is_read_is_never_left_out(odd: str, plain: str) -> None:
    def document(*items: str) -> bytes:
        root = " xmlns:c='http://purl.org/rss/1.0/modules/content/'"
        return rss(*items, head="<image><url>/a.png</url></image>", root=root)

    reader = Reader()
    reader.read(document(plain))
    reader.read(document(odd, plain))
    assert "1" in reader.guids(document(odd, plain))
    assert "1" in reader.guids(document(item(3), odd, plain))
    reader.read(document(plain))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" xml:lang='de'", " xml:lang='en'"),
        (" xml:base='https://a.example/'", " xml:base='https://b.example/'"),
        (" xmlns:q='urn:q'", " xmlns:q='http://purl.org/dc/elements/1.1/'"),
    ],
)
def test_what_holds_for_the_whole_document_makes_all_entries_new(before: str, after: str) -> None:
    one = item(1, more="<link>b</link><q:x xmlns:q='urn:q'/>")
    reader = Reader()
    reader.read(rss(one, root=before))
    assert len(reader.read(rss(one, root=after)).entries) == 1


def test_a_prefix_that_means_something_else_where_the_entries_are_makes_them_new() -> None:
    one, again = "<item><q:title>Nachtzug</q:title></item>", " xmlns:q='urn:b'"
    before = rss(one, head=f"<x{again}/>", root=" xmlns:q='urn:a'")
    after = rss(one, head="<x/>", root=" xmlns:q='urn:a'").replace(
        b"<channel", f"<channel{again}".encode()
    )
    reader = Reader()
    assert reader.read(before).entries != reader.read(after).entries != ()


def test_another_address_makes_all_entries_new() -> None:
    body = rss(item(1, more="<link>b</link>"))
    marks = parse_document(body, URL, None).marks
    moved = parse_document(body, "https://moved.example/feed", None, marks)
    assert [one.link for one in moved.entries] == ["https://moved.example/b"]


def test_a_reader_that_reads_differently_reads_everything_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = rss(item(1))
    marks = parse_document(body, URL, None).marks
    monkeypatch.setattr(unseen, "VERSION", "2")
    assert len(parse_document(body, URL, None, marks).entries) == 1


def test_an_entry_that_could_not_be_read_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss(item(1, "Gut"), item(2, "Schlecht"))
    with monkeypatch.context() as broken:
        broken.setattr(syndication, "_date", lambda raw: 1 // ("Gut" in raw["title"]) and None)
        first = parse_document(body, URL, None)
    assert (len(first.entries), len(first.problems)) == (1, 1)
    again = parse_document(body, URL, None, first.marks)
    assert ([one.guid for one in again.entries], again.known) == (["2"], 1)


# --- twins: entries with one identity -------------------------------------------------------------


@pytest.mark.fault("D3")
@pytest.mark.parametrize(
    "course",
    [
        ["A", "AB", "B"],
        ["A", "BA", "A"],
        ["A", "BA", "B", "AB"],
        ["AB", "BA", "AB"],
        ["AB", "CAB", "BC", "A"],
        ["AA", "A", "BAA"],
    ],
)
def test_of_twins_the_first_counts_as_if_all_were_read(course: list[str]) -> None:
    reader = Reader()
    for document in course:
        reader.read(rss(*(item(1, f"Fassung {letter}") for letter in document)))


# --- what is read whole ---------------------------------------------------------------------------


@pytest.mark.fault("D1")
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE rss [\n<!ENTITY a 'b'>\n]>" + rss(item(1, "&a;")),
        b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD 0.91//EN" "a.dtd">' + rss(item(1)),
        b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(item(1, "&a;")),
        b"<!--\n<!DOCTYPE netscape>\n-->" + rss(item(1)),
        b"<!--\n<!ENTITY a --><!-- b -->" + rss(item(1)),
        rss(item(1)) + b"<rss/>",
        rss(item(1, "a & b")),
        rss(item(1, "&nbsp;")),
        rss(item(1, more="<q:a/>")),
        rss(item(1))[:-9],
        rss(item(1), "Rest", item(2)),
        rss(item(1), "<ttl>5</ttl>", item(2)),
        rss(item(1), "<![CDATA[ <!-- ]]>", item(2), "<!-- a -->", item(3)),
        rss(item(1, more=item(2))),
        rss(item(1), "<item/>"),
        rss("<item/>", item(1)),
        rss("<item a='/>'/>", item(1)),
        rss("<item xmlns='urn:x'/>"),
        rss("<x:item xmlns:x='urn:x'>a</x:item>"),
        rss(),
        atom(entry(1, "<content type='xhtml'><p><entry/></p></content>")),
        atom(entry(1, "<content type='xhtml'><content/><content/><item/></content>")),
        atom(entry(1, f"<content type='xhtml'><svg>{'<content/>' * 3}<item/><a/></svg></content>")),
    ],
)
def test_where_the_cut_is_not_certain_the_document_is_read_whole(body: bytes) -> None:
    reader = Reader()
    reader.read(body)
    assert reader.marks == b""


@pytest.mark.fault("D2")
def test_a_document_that_defines_entities_is_not_cut() -> None:
    """Its time and memory would grow with what they stand for."""
    assert cut(b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(item(1, "&a;"))) is None
    assert cut(rss(item(1))) is not None


def test_documents_of_very_many_entries_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.adapters.parse.cut.MOST_ENTRIES", 3)
    assert Reader().read(rss(item(1), item(2), item(3))).marks
    assert not Reader().read(rss(item(1), item(2), item(3), item(4))).marks


# --- in the worker --------------------------------------------------------------------------------


async def test_marks_go_through_the_worker() -> None:
    worker = Worker("parse", memory=MEMORY)
    parser = FeedParser(worker, deadline=timedelta(seconds=60))
    first = await parser.parse(rss(item(1)), URL, None)
    second = await parser.parse(rss(item(2), item(1)), URL, None, first.marks)
    await worker.close()
    assert ([one.guid for one in second.entries], second.known) == (["2"], 1)
