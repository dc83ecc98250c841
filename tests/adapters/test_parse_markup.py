"""HTML into plain text, links into comparable ones, pages into the feeds they name."""

import pytest

from monitor.adapters.parse.link import absolute_link, canonical_link
from monitor.adapters.parse.markup import TEXT_LIMIT, find_feeds, to_text

URL = "https://feed.example/path/feed.xml"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a &amp; b &lt;c&gt; &#8211; d", "a & b <c> – d"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>a <b>bold</b>\n word</p>", "a bold word"),
        ("<ul><li>x<li>y</ul>", "x\ny"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ("<p>unclosed <i>tags", "unclosed tags"),
        ("<!-- note -->seen", "seen"),
        ("<img src=x onerror=alert(1)>after", "after"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("{{7*7}} ${x} %s", "{{7*7}} ${x} %s"),
        ("<p>" * 10_000 + "deep", "deep"),
    ],
)
def test_html_becomes_plain_text(markup: str, text: str) -> None:
    assert to_text(markup) == text


@pytest.mark.parametrize("piece", ["<p>x", "&lt;", "x ", "\n", "<b", "&", "<!--", "<script>"])
def test_ten_megabytes_of_markup_give_bounded_text(piece: str) -> None:
    assert len(to_text(piece * (10_000_000 // len(piece)))) <= TEXT_LIMIT


@pytest.mark.fault("D8")
@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" /x ", "https://feed.example/x"),
        ("x", "https://feed.example/path/x"),
        ("//b.example/x", "https://b.example/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("http://", None),
        ("http://[", None),
        ("", None),
        (None, None),
        ("https://a.example/" + "x" * 2000, None),
    ],
)
def test_links_are_absolute_web_addresses_or_none(link: str | None, expected: str | None) -> None:
    assert absolute_link(link, URL) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://A.example/x#top", "https://a.example/x"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x?utm_source=a&id=7&utm_campaign=b", "https://a.example/x?id=7"),
        (
            "https://a.example/x?fbclid=1&gclid=2&wt_mc=3&wt.mc_id=4&at_medium=5",
            "https://a.example/x",
        ),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://a.example/?utmost=1&at_home=2", "https://a.example/?at_home=2&utmost=1"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://a.example:99999/", None),
        (None, None),
    ],
)
def test_one_page_has_one_canonical_link(link: str | None, expected: str | None) -> None:
    assert canonical_link(link) == expected


def test_a_page_names_its_feeds() -> None:
    page = b"""<html><head>
    <link rel="alternate" type="application/rss+xml" title="News &amp; more" href="/rss">
    <link rel="ALTERNATE stylesheet" type="application/atom+xml; charset=utf-8" href="atom">
    <link rel="alternate" type="application/feed+json" href="https://cdn.example/feed.json">
    <link rel="alternate" type="application/rss+xml" title="again" href="/rss">
    <link rel="alternate" type="text/html" hreflang="de" href="/de">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="stylesheet" href="/style.css"></head></html>"""
    assert find_feeds(page, URL) == (
        ("News & more", "https://feed.example/rss"),
        ("", "https://feed.example/path/atom"),
        ("", "https://cdn.example/feed.json"),
    )


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://cdn.example/feeds/", "https://cdn.example/feeds/atom"),
        ("/below/", "https://feed.example/below/atom"),
        ("javascript:x", "https://feed.example/path/atom"),
    ],
)
def test_a_page_may_say_where_its_links_begin(base: str, address: str) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="atom">'
    assert find_feeds(f'<base href="{base}">{link}'.encode(), URL) == (("", address),)


@pytest.mark.parametrize(
    ("encoding", "meta"),
    [("utf-8", ""), ("utf-8", '<meta charset="utf-8">'), ("cp1252", '<meta charset="cp1252">')],
)
def test_titles_are_read_in_the_pages_encoding(encoding: str, meta: str) -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="Küste" href="/rss">'
    page = f"<html><head>{meta}{link}</head></html>".encode(encoding)
    assert find_feeds(page, URL) == (("Küste", "https://feed.example/rss"),)


@pytest.mark.parametrize("page", [b"", b"\0\0", b"<rss/>", b"\xff\xfe"])
def test_other_pages_name_no_feeds(page: bytes) -> None:
    assert find_feeds(page, URL) == ()
