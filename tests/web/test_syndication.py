"""The feeds that go out, read by our own parser as any other feed is."""

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from lxml import etree
from starlette.datastructures import Headers

from monitor.adapters.parse.document import parse_document
from monitor.core.model import ParsedFeed
from monitor.web.syndication import is_known
from tests.builders import NOW
from tests.web.conftest import Answer, Site
from tests.web.stories import add_story

OUTS = {"/stories.atom": "application/atom+xml", "/stories.json": "application/feed+json"}
HOSTILE = "]]><script>alert(1)</script>&amp; \u201equoted\u201c {{ 7 * 7 }} %s \U0001f47e"
UNSAYABLE = "a\x00b\x08c\x1bd\ud800e\ufffff\ufffeg"


def read(answer: Answer) -> ParsedFeed:
    assert answer.status == 200
    kind = answer.headers["content-type"]
    return parse_document(answer.text.encode(), "http://127.0.0.1/", kind, b"")


def entries_of(atom: str) -> Any:
    return etree.fromstring(atom.encode()).findall("{*}entry")


@pytest.mark.parametrize("path", OUTS)
async def test_our_own_parser_reads_what_goes_out(site: Site, path: str) -> None:
    await add_story(site.app.parts.store, "a", "Konzern kündigt zwei Verträge")
    await add_story(site.app.parts.store, "b", "Bericht: Rechenzentren stehen leer")
    answer = await site.get(path)
    assert answer.headers["content-type"].split(";")[0] == OUTS[path]
    feed = read(answer)
    assert [entry.title for entry in feed.entries] == [
        "Bericht: Rechenzentren stehen leer",
        "Konzern kündigt zwei Verträge",
    ]
    entry = feed.entries[1]
    assert entry.published_at is not None
    assert entry.published_at.replace(microsecond=0) == NOW.replace(microsecond=0)
    assert "Konzern kündigt Mietvertrag" in entry.text
    assert "Beispielblatt" in entry.text
    assert feed.problems == ()


@pytest.mark.parametrize(
    ("title", "said"),
    [(HOSTILE, HOSTILE), (UNSAYABLE, "abcd?efg")],
    ids=["markup", "what XML cannot say"],
)
async def test_a_hostile_title_is_text(site: Site, title: str, said: str) -> None:
    await add_story(site.app.parts.store, title=title.encode("utf-8", "replace").decode())
    atom, feed = (await site.get("/stories.atom")).text, (await site.get("/stories.json")).text
    [entry], [item] = entries_of(atom), json.loads(feed)["items"]
    assert (entry.findtext("{*}title"), item["title"]) == (said, said)
    for markup in (entry.findtext("{*}content"), item["content_html"]):
        assert "<script" not in markup
        assert "&lt;script&gt;" in markup or title == UNSAYABLE


async def test_links_lead_to_the_report_and_to_our_page_of_the_story(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    report = "https://beispielblatt.example/a?utm_source=feed"
    page = f"{site.address}/stories/{story.id}"
    [item] = json.loads((await site.get("/stories.json")).text)["items"]
    assert (item["external_url"], item["url"]) == (report, page)
    [entry] = entries_of((await site.get("/stories.atom")).text)
    links = {link.get("rel"): link.get("href") for link in entry.findall("{*}link")}
    assert links == {"alternate": report, "related": page}


async def test_programs_are_told_more(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    [item] = json.loads((await site.get("/stories.json")).text)["items"]
    assert item["tags"] == ["ai-overbuild"]
    assert item["_monitor"] == {
        "story": story.id,
        "score": 0.9,
        "threshold": 0.5,
        "articles": 1,
        "sources": 1,
        "told_at": None,
        "baseline": False,
    }
    [entry] = entries_of((await site.get("/stories.atom")).text)
    assert entry.find("{*}category").attrib == {"term": "ai-overbuild", "label": "AI overbuild"}


async def test_a_story_keeps_its_name_wherever_it_is_read(site: Site) -> None:
    await add_story(site.app.parts.store)
    names = set[str | None]()
    for host in ("127.0.0.1:8787", "localhost:1"):
        feed = read(await site.get("/stories.atom", Host=host))
        names |= {entry.guid for entry in feed.entries}
        items = json.loads((await site.get("/stories.json", Host=host)).text)["items"]
        names |= {item["id"] for item in items}
    assert len(names) == 1
    assert str(names.pop()).startswith("urn:uuid:")


async def test_one_topic_can_be_asked_for(site: Site) -> None:
    await add_story(site.app.parts.store)
    for topic, count in (("ai-overbuild", 1), ("microsoft-openai", 0), ("<&'\">", 0), ("", 1)):
        for path in OUTS:
            assert len(read(await site.get(f"{path}?topic={topic}")).entries) == count


@pytest.mark.parametrize("path", OUTS)
async def test_a_reader_that_has_it_gets_nothing_again(site: Site, path: str) -> None:
    empty = await site.get(path)
    assert (await site.get(path)).headers["etag"] == empty.headers["etag"]
    await add_story(site.app.parts.store)
    first = await site.get(path, **{"If-None-Match": empty.headers["etag"]})
    assert first.status == 200
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for header in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
        again = await site.get(path, **header)
        assert (again.status, again.text, again.headers["etag"]) == (304, "", tag)
    assert "no-store" not in first.headers["cache-control"]


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ({}, False),
        ({"If-None-Match": '"a"'}, True),
        ({"If-None-Match": 'W/"a"'}, True),
        ({"If-None-Match": '"x", "a"'}, True),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": '"x"'}, False),
        ({"If-None-Match": ""}, False),
        ({"If-Modified-Since": format_datetime(NOW, usegmt=True)}, True),
        ({"If-Modified-Since": format_datetime(NOW + timedelta(days=1), usegmt=True)}, True),
        ({"If-Modified-Since": format_datetime(NOW - timedelta(days=1), usegmt=True)}, False),
        ({"If-Modified-Since": "yesterday"}, False),
        ({"If-None-Match": '"x"', "If-Modified-Since": format_datetime(NOW, usegmt=True)}, False),
    ],
)
def test_what_a_reader_has(asked: dict[str, str], known: bool) -> None:
    """RFC 9110, 13.1: weak comparison; the time counts only where no tag is named."""
    assert is_known(Headers(asked), '"a"', format_datetime(NOW, usegmt=True)) is known
