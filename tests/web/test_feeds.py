"""The feeds' pages."""

from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from monitor.core.model import Feed, FeedSpec, FeedState, Origin
from monitor.ports import Transaction
from monitor.web import feedlist
from monitor.web.charts import draw_bars
from monitor.web.feeds import PER_PAGE
from tests.builders import DAY, HOUR, MINUTE, NOW, add_articles, draft
from tests.web.conftest import Site

RSS = b"""<rss version="2.0"><channel><title>Hafenblatt &amp; Kai</title>
<item><title>Kran steht still</title><guid>1</guid></item></channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>Hafen</title>
<link rel="alternate" type="application/rss+xml" title="Hafenblatt" href="/rss.xml">
<link rel="alternate" type="application/rss+xml" title="Lotsenfunk" href="/lotsen.xml">
<link rel="alternate" type="application/rss+xml" title="Gestrandet" href="/gone.xml">
</head><body>Moin</body></html>"""
OPML = b"""<opml version="2.0"><head/><body><outline text="Hafen">
<outline type="rss" text="Hafenblatt" xmlUrl="https://hafen.example/rss"/></outline>
<outline type="rss" text="Lotsenfunk" xmlUrl="https://lotsen.example/rss"/>
<outline type="rss" text="Seemannsgarn" xmlUrl="ftp://garn.example/rss"/></body></opml>"""


async def add_feed(
    site: Site,
    name: str = "Hafenblatt",
    origin: Origin = Origin.COMMAND,
    tags: tuple[str, ...] = (),
    **learned: object,
) -> Feed:
    """A feed that was polled an hour ago, but for what is said to be otherwise."""
    spec = FeedSpec(f"https://{name.lower()}.example/rss", name, tags=tags, origin=origin)
    healthy = FeedState(
        next_poll_at=NOW + 15 * MINUTE,
        last_polled_at=NOW - HOUR,
        last_ok_at=NOW - HOUR,
        baseline_at=NOW - 30 * DAY,
        due_reason="interval 15m",
    )

    def job(tx: Transaction) -> Feed:
        feed = tx.feeds.add(spec, NOW)
        tx.feeds.settle([(feed, replace(healthy, **learned))])  # type: ignore[arg-type]
        return tx.feeds.load([feed.id])[0]

    return await site.app.parts.store.write(job)


async def read_feeds(site: Site) -> dict[str, str]:
    """The polled feeds' addresses and names."""
    feeds = await site.app.parts.store.read(lambda tx: tx.feeds.list())
    return {feed.spec.url: feed.spec.name for feed in feeds}


def let_ask(site: Site, server: HTTPServer) -> str:
    """Let the page ask this server; give its address."""
    allow = {"allow": (f"127.0.0.1:{server.port}",)}
    polling = site.app.settings.polling.model_copy(update=allow)
    site.app.settings = replace(site.app.settings, polling=polling)
    return f"http://127.0.0.1:{server.port}"


# --- the list and the feed ---


async def test_without_feeds_the_page_asks_for_one(site: Site) -> None:
    page = (await site.get("/feeds")).text
    assert "There is no feed here." in page
    assert 'action="/feeds/find"' in page
    assert 'action="/feeds/opml"' in page


async def test_a_feed_says_how_it_is_and_when_it_is_asked_next(site: Site) -> None:
    feed = await add_feed(site, tags=("Hafen", "Küste"))
    for path in ("/feeds", f"/feeds/{feed.id}"):
        page = (await site.get(path)).text
        for text in ("Hafenblatt", "reading", "in 15 minutes", "every 15 min, as configured"):
            assert text in page, (path, text)
        assert 'href="/feeds?tag=K%C3%BCste"' in page


async def test_what_is_wrong_is_said_with_its_remedy(site: Site) -> None:
    error = "HTTP 404 (redirect 1, to https://kai.example/rss)"
    feed = await add_feed(
        site, failures=12, failing_since_at=NOW - 2 * DAY, last_error=error, last_ok_at=None
    )
    for language, texts in (
        ("en", ("failing", "Nothing is there any more", "by the address of its site", "never yet")),
        ("de", ("gestört", "Dort ist nichts mehr", "mit der Adresse der Website", "noch nie")),
    ):
        site.cookies["language"] = language
        page = (await site.get(f"/feeds/{feed.id}")).text
        assert [text for text in (*texts, error) if text not in page] == []


async def test_a_feed_shows_its_days_and_its_newest_articles(site: Site) -> None:
    feed = await add_feed(site)
    other = await add_feed(site, "Lotsenfunk")
    await add_articles(
        site.app.parts.store,
        draft(feed.id, "a", title="Kran steht still", seen_at=NOW),
        draft(feed.id, "b", title="Kran dreht sich", seen_at=NOW - MINUTE),
        draft(feed.id, "c", title="Kran bestellt", seen_at=NOW - 2 * DAY),
        draft(feed.id, "d", title="Kran erdacht", seen_at=NOW - 14 * DAY),
        draft(feed.id, "e", title="Kran von einst", seen_at=NOW, baseline=True),
        draft(other.id, "f", title="Nebel", seen_at=NOW - DAY),
    )
    page = (await site.get(f"/feeds/{feed.id}")).text
    assert f"last 14 days: {'0, ' * 11}1, 0, 2" in page
    assert "3 articles in 14 days" in page
    assert "Kran erdacht" in page
    assert "Nebel" not in page


async def test_how_long_news_took_is_said(site: Site) -> None:
    feed = await add_feed(site)
    given = (replace(draft(feed.id, str(n)), published_given_at=NOW - n * MINUTE) for n in (3, 5))
    await add_articles(site.app.parts.store, *given)
    assert "3 min (half), 5 min (nearly all)" in (await site.get("/feeds")).text
    page = (await site.get(f"/feeds/{feed.id}")).text
    assert "3 min (half), 5 min (nearly all); 2 articles in 30 days" in page


async def test_what_a_feed_says_is_text(site: Site) -> None:
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    feed = await add_feed(site, tags=('"><img src=x>',), last_error=hostile)
    await site.app.parts.store.write(lambda tx: tx.feeds.add(replace(feed.spec, name=hostile), NOW))
    await add_articles(site.app.parts.store, draft(feed.id, title=hostile))
    for path in ("/feeds", f"/feeds/{feed.id}"):
        page = (await site.get(path)).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page
        assert "<script>alert" not in page
        assert "<img" not in page


async def test_feeds_are_chosen_by_state_and_tag_and_trouble_comes_first(site: Site) -> None:
    await add_feed(site, "Anker", tags=("Küste",))
    await add_feed(site, "Boje", tags=("Küste",), failures=1, last_error="HTTP 500")
    await add_feed(site, "Deich", last_polled_at=None)
    for asked, names in (
        ("", ["Boje", "Anker", "Deich"]),
        ("?state=error", ["Boje"]),
        ("?state=new", ["Deich"]),
        ("?tag=K%C3%BCste", ["Boje", "Anker"]),
        ("?tag=K%C3%BCste&state=ok", ["Anker"]),
        ("?state=drunk", []),
        (f"?page={'9' * 5000}", ["Boje", "Anker", "Deich"]),
    ):
        page = (await site.get(f"/feeds{asked}")).text
        found = sorted((page.find(f">{name}</a>"), name) for name in ("Anker", "Boje", "Deich"))
        assert [name for at, name in found if at >= 0] == names, asked


async def test_many_feeds_are_on_many_pages(site: Site) -> None:
    specs = [FeedSpec(f"https://a{n}.example/", f"Blatt {n}") for n in range(PER_PAGE + 1)]
    await site.app.parts.store.write(lambda tx: tx.feeds.sync(specs, NOW))
    assert 'rel="next" href="/feeds?page=2"' in (await site.get("/feeds")).text
    assert (await site.get("/feeds?page=2")).text.count('class="row"') == 1


async def test_an_unknown_feed_is_not_found(site: Site) -> None:
    for path in ("/feeds/99", "/feeds/x"):
        assert (await site.get(path)).status == 404
    for verb in ("poll", "remove"):
        assert (await site.send(f"/feeds/99/{verb}")).status == 404


@pytest.mark.parametrize(
    ("counts", "path"),
    [
        ([], ""),
        ([0, 0], ""),
        ([1, 0, 2], "M0 10v-5h6V10zM16 10v-10h6V10z"),
        ([1, 1000], "M0 10v-1h6V10zM8 10v-10h6V10z"),
    ],
)
def test_bars_are_drawn_as_one_path(counts: list[int], path: str) -> None:
    assert draw_bars(counts, 10) == path


# --- what a person does with a feed ---


async def test_a_feed_is_polled_now_by_one_click(site: Site) -> None:
    feed = await add_feed(site)
    answer = await site.send(f"/feeds/{feed.id}/poll")
    assert (answer.status, answer.headers["location"]) == (303, f"/feeds/{feed.id}")
    assert await site.app.parts.store.read(lambda tx: tx.feeds.due(NOW, 9)) == (feed.id,)
    page = (await site.get(f"/feeds/{feed.id}")).text
    assert "by hand" in page
    assert 'hx-trigger="changed, every 2s"' in page


async def test_a_feed_that_was_added_is_removed(site: Site) -> None:
    feed = await add_feed(site)
    assert (await site.send(f"/feeds/{feed.id}/remove")).headers["location"] == "/feeds"
    assert await read_feeds(site) == {}
    assert (await site.get(f"/feeds/{feed.id}")).status == 404


async def test_a_feed_of_the_configuration_says_so_and_stays(site: Site) -> None:
    feed = await add_feed(site, origin=Origin.CONFIG)
    site.app.settings = replace(site.app.settings, feeds=(feed.spec,))
    page = (await site.get(f"/feeds/{feed.id}")).text
    assert "named in config.toml" in page
    assert "/remove" not in page
    answer = await site.send(f"/feeds/{feed.id}/remove")
    assert answer.status == 400
    assert "remove it there" in answer.text
    assert len(await read_feeds(site)) == 1


# --- finding feeds ---


async def test_the_only_feed_of_an_address_is_added_at_once(
    site: Site, httpserver: HTTPServer
) -> None:
    url = f"{let_ask(site, httpserver)}/rss.xml"
    httpserver.expect_request("/rss.xml").respond_with_data(RSS)
    for _ in range(2):
        answer = await site.send("/feeds/find", address=f" {url} ")
        assert (answer.status, answer.headers["location"]) == (303, "/feeds/1")
    assert await read_feeds(site) == {url: "Hafenblatt & Kai"}
    assert "on the page or by command" in (await site.get("/feeds/1")).text


async def test_of_several_feeds_a_person_chooses(site: Site, httpserver: HTTPServer) -> None:
    base = let_ask(site, httpserver)
    httpserver.expect_request("/").respond_with_data(PAGE, content_type="text/html")
    for path in ("/rss.xml", "/lotsen.xml"):
        httpserver.expect_request(path).respond_with_data(RSS)
    httpserver.expect_request("/gone.xml").respond_with_data("", 404)
    page = (await site.send("/feeds/find", address=base)).text
    assert page.count('action="/feeds/add"') == 2
    assert "Nothing is there any more (HTTP 404)." in page
    assert await read_feeds(site) == {}
    await site.send("/feeds/add", url=f"{base}/lotsen.xml", name="Lotsenfunk \x00\u202e")
    assert await read_feeds(site) == {f"{base}/lotsen.xml": "Lotsenfunk"}
    page = (await site.send("/feeds/find", address=base)).text
    assert page.count('action="/feeds/add"') == 1
    assert "is polled already" in page


async def test_a_known_feed_keeps_its_name_and_tags(site: Site) -> None:
    feed = await add_feed(site, tags=("Küste",))
    answer = await site.send("/feeds/add", url=feed.spec.url, name="Anders")
    assert answer.headers["location"] == f"/feeds/{feed.id}"
    kept = await site.app.parts.store.read(lambda tx: tx.feeds.load([feed.id]))
    assert kept[0].spec == feed.spec


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "That is no address that can be polled."),
        ("ftp://hafen.example/", "That is no address that can be polled."),
        ("https://kapitaen:geheim@hafen.example/", "An address may hold no password"),
        ("http://127.0.0.1:1/", "[polling] allow"),
        ("http://169.254.169.254/latest/", "is not a public address"),
    ],
)
async def test_what_cannot_be_asked_is_said_beside_the_address(
    site: Site, address: str, problem: str
) -> None:
    answer = await site.send("/feeds/find", address=address)
    assert answer.status == 400
    assert problem in answer.text
    assert f'value="{address}"' in answer.text
    if "no address" in problem or "password" in problem:
        assert (await site.send("/feeds/add", url=address)).status == 400


async def test_a_search_ends(
    site: Site, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedlist, "SEARCH", 0.0)
    answer = await site.send("/feeds/find", address=f"{let_ask(site, httpserver)}/")
    assert answer.status == 400
    assert "The search took too long." in answer.text


# --- lists ---


async def test_a_list_is_taken_and_what_was_not_is_named(site: Site) -> None:
    await add_feed(site, "Lotsen")
    await site.app.parts.store.write(
        lambda tx: tx.feeds.add(FeedSpec("https://lotsen.example/rss", "L"), NOW)
    )
    answer = await site.upload("/feeds/opml", OPML)
    assert answer.status == 200
    assert "1 new, 1 known already, 1 not taken." in answer.text
    assert "Seemannsgarn: no address that can be polled" in answer.text
    assert "https://hafen.example/rss" in await read_feeds(site)


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        (b"Moin", 400, "not an OPML file"),
        (b"", 400, "not an OPML file"),
        (b"x" * (2 * 1024 * 1024), 413, "That is too large."),
    ],
    ids=["text", "nothing", "large"],
)
async def test_what_is_no_list_is_refused(
    site: Site, content: bytes, status: int, text: str
) -> None:
    answer = await site.upload("/feeds/opml", content)
    assert answer.status == status
    assert text in answer.text
    assert await read_feeds(site) == {}


async def test_a_list_without_a_file_is_asked_for_again(site: Site) -> None:
    answer = await site.send("/feeds/opml")
    assert answer.status == 400
    assert "Choose a file first." in answer.text


async def test_all_feeds_go_out_as_a_list_that_comes_in_again(site: Site) -> None:
    await add_feed(site, tags=("Hafen & Kai",))
    answer = await site.get("/feeds.opml")
    assert answer.headers["content-disposition"] == 'attachment; filename="feeds.opml"'
    assert "0 new, 1 known already" in (await site.upload("/feeds/opml", answer.text.encode())).text
