"""Lists of feeds, in and out."""

import pytest

from monitor.adapters.opml import MAX_BYTES, read_opml, write_opml
from monitor.core.model import FeedSpec, Origin
from monitor.errors import NotAFeed, ParseError

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Meine Quellen</title></head><body>
  <outline text="Technik">
    <outline type="rss" text="Hafen &amp; Netz" xmlUrl="https://hafen.example/rss"/>
    <outline text="Chips">
      <outline type="rss" text="Wafer" xmlUrl="https://wafer.example/atom"/>
    </outline>
  </outline>
  <outline type="rss" text="Börse" xmlUrl="http://boerse.example/feed"
    category="/Wirtschaft/Märkte,Zahlen"/>
</body></opml>""".encode()


def spec(url: str, name: str, *tags: str) -> FeedSpec:
    return FeedSpec(url=url, name=name, tags=tags, origin=Origin.COMMAND)


def test_folders_and_categories_become_tags() -> None:
    assert read_opml(LIST) == (
        spec("https://hafen.example/rss", "Hafen & Netz", "Technik"),
        spec("https://wafer.example/atom", "Wafer", "Technik", "Chips"),
        spec("http://boerse.example/feed", "Börse", "Wirtschaft", "Märkte", "Zahlen"),
    )


def test_what_is_written_is_read_back_the_same() -> None:
    feeds = (
        spec('https://a.example/?x=1&y="2"', "Ä <b>& 'Co'", "eins", "zwei"),
        spec("https://b.example/", "{{7*7}}"),
    )
    assert read_opml(write_opml(feeds, "Meine <Quellen>").encode()) == feeds


def outline(*outlines: str) -> bytes:
    return f'<opml version="1.0"><body>{"".join(outlines)}</body></opml>'.encode()


def test_an_address_counts_once_and_a_missing_name_is_the_host() -> None:
    twice = '<outline type="rss" xmlUrl="https://a.example/rss"/>' * 2
    assert read_opml(outline(twice)) == (spec("https://a.example/rss", "a.example"),)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "/rss", "http://[", ""])
def test_only_web_addresses_are_taken(url: str) -> None:
    good = '<outline type="rss" text="A" xmlUrl="https://a.example/rss"/>'
    bad = f'<outline type="rss" text="B" xmlUrl="{url}"/>'
    assert read_opml(outline(bad, good)) == (spec("https://a.example/rss", "A"),)


@pytest.mark.parametrize(
    "text", [b"", b" \n", b"<html></html>", b"http://127.0.0.1/list.opml", b"\0\xff", b"{}"]
)
def test_other_files_are_no_lists(text: bytes) -> None:
    with pytest.raises(NotAFeed, match="not an OPML file"):
        read_opml(text)


@pytest.mark.parametrize("text", [outline(), outline('<outline text="empty folder"/>')])
def test_a_list_without_feeds_says_so(text: bytes) -> None:
    with pytest.raises(ParseError, match="names no feeds"):
        read_opml(text)


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(ParseError, match="more than"):
        read_opml(bytes(MAX_BYTES + 1))


def test_nested_folders_without_end_do_no_harm() -> None:
    deep = '<outline text="x">' * 50_000 + '<outline type="rss" xmlUrl="https://a.example/"/>'
    assert read_opml(outline(deep)) == (spec("https://a.example/", "a.example", "x"),)
