"""Pages of articles that a teaser left undecided: read once, delaying nobody, losing nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from monitor.core.events import ArticlesAdded, Event, FeedsDue, PageDue
from monitor.core.model import (
    Article,
    FeedSpec,
    FetchRequest,
    FetchResult,
    Page,
    PageState,
    ParsedFeed,
    TextSource,
)
from monitor.errors import ForbiddenAddress, Refused, StoreFull, Unreachable
from monitor.pipeline import look
from monitor.pipeline.pages import AT_ONCE, REST
from tests.pipeline.conftest import World
from tests.pipeline.fakes import FakeParser, bodies

TITLE = "Chipmaker in doubt"
LINK = "https://one.example/Chipmaker-in-doubt"
FULL = "Investors call the whole sector a bubble that no chipmaker will survive."
DULL = "The chipmaker opens a canteen, and nobody has anything to say about it."


async def opened(world: World, name: str = "one") -> str:
    """A feed that is past its baseline."""
    url = await world.add_feed(name, ("Nothing of note",))
    await world.settle()
    world.mail.sent.clear()
    return url


async def show_page(world: World, page: bytes | Exception, url: str | None = None) -> None:
    """Let the feed bring the undecided article, and its link lead to this page."""
    world.fetcher.answers[LINK] = page
    world.show(url or await opened(world), TITLE, "Nothing of note")
    await world.pass_time()


async def article(world: World) -> Article:
    (found,) = await world.parts.store.read(lambda tx: tx.articles.find(LINK))
    return found


async def page(world: World) -> Page | None:
    found = await article(world)
    return await world.parts.store.read(lambda tx: tx.pages.of(found.id))


async def due(world: World) -> list[Event]:
    return [event for event in await look(world.parts) if isinstance(event, PageDue)]


def asked(world: World) -> int:
    return sum(request.page for request in world.fetcher.requests)


async def test_a_page_flags_what_its_teaser_left_undecided(world: World) -> None:
    await show_page(world, FULL.encode())
    assert world.mail.titles == [f"AI overbuild: {TITLE}"]
    found = await article(world)
    assert (found.text, found.source) == (FULL, TextSource.PAGE)
    (verdict,) = await world.parts.store.read(lambda tx: tx.verdicts.of(found.id))
    assert FULL in [evidence.text for evidence in verdict.evidence]
    assert world.extractor.calls == [(LINK, TITLE, TITLE)]
    assert await world.count("pages taken") == await world.count("pages asked for") == 1


async def test_a_page_is_asked_as_its_feed_is_so_that_a_login_opens_both(world: World) -> None:
    await show_page(world, FULL.encode())
    (request,) = [request for request in world.fetcher.requests if request.page]
    assert (request.url, request.feed) == (LINK, "https://one.example")


async def test_a_message_says_that_sentences_come_from_the_page(world: World) -> None:
    await show_page(world, FULL.encode())
    (sent,) = world.mail.sent
    assert "article page" in str(sent.message.blocks)


async def test_a_page_that_says_no_more_leaves_the_article_untold(world: World) -> None:
    await show_page(world, DULL.encode())
    assert world.mail.sent == []
    assert (await article(world)).text == DULL


async def test_the_next_polls_find_no_edit_and_ask_for_no_page(world: World) -> None:
    await show_page(world, DULL.encode())
    for _ in range(3):
        world.fetcher.answers["https://one.example"] = bodies((TITLE, "Another word"))
        await world.pass_time()
    assert (await article(world)).source is TextSource.PAGE
    assert asked(world) == 1


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (b"!only 210 characters: a teaser", PageState.REFUSED, "only 210 characters: a teaser"),
        (b"!a notice, not an article", PageState.REFUSED, "a notice, not an article"),
        (Refused(404), PageState.FAILED, "HTTP 404"),
        (ForbiddenAddress("10.0.0.1 is no public address"), PageState.FAILED, "10.0.0.1 is no"),
        (RuntimeError("a bug"), PageState.WAITING, "an error of this program"),
    ],
)
async def test_what_is_no_better_keeps_the_feeds_text_and_says_why(
    world: World, answer: bytes | Exception, state: PageState, reason: str
) -> None:
    await show_page(world, answer)
    found, told = await article(world), await page(world)
    assert told is not None
    assert (told.state, found.text, found.source) == (state, TITLE, TextSource.FEED)
    assert told.reason.startswith(reason)
    assert await world.count(f"pages {state}") == (state is not PageState.WAITING)


async def test_a_page_that_cannot_be_reached_is_tried_twice_more(world: World) -> None:
    await show_page(world, Unreachable("no whole answer within 30 s"))
    for expected in (1, 2, 3, 3):
        assert asked(world) == expected
        await world.pass_time()
    told = await page(world)
    assert told is not None
    assert (told.state, told.attempts) == (PageState.FAILED, 3)


async def test_a_page_that_is_back_is_taken(world: World) -> None:
    await show_page(world, Unreachable("reset"))
    world.fetcher.answers[LINK] = FULL.encode()
    await world.pass_time(timedelta(minutes=5))
    assert world.mail.titles == [f"AI overbuild: {TITLE}"]


async def test_what_waits_survives_a_restart(world: World) -> None:
    await show_page(world, Unreachable("reset"))
    world.parts = replace(world.parts, live=type(world.parts.live)())
    world.fetcher.answers[LINK] = FULL.encode()
    await world.pass_time()
    assert world.mail.titles == [f"AI overbuild: {TITLE}"]


@pytest.mark.parametrize(
    ("titles", "why"),
    [
        (("Fear of an AI bubble",), "flagged at once"),
        (("A canteen opens",), "clear"),
        (("poison in doubt",), "unscored"),
        (("In doubt " + "for a thousand characters " * 40,), "whole text"),
    ],
)
async def test_no_page_is_read_of_articles_that_are_decided(
    world: World, titles: tuple[str, ...], why: str
) -> None:
    world.show(await opened(world), *titles)
    await world.pass_time()
    assert asked(world) == 0, why


async def test_no_page_is_read_of_what_a_first_fetch_brought(world: World) -> None:
    await world.add_feed("one", (TITLE,))
    await world.settle()
    assert asked(world) == 0


@pytest.mark.parametrize(
    ("default", "of_feed", "read"),
    [(True, None, 1), (True, False, 0), (False, None, 0), (False, True, 1)],
)
async def test_the_feed_has_the_last_word_on_its_pages(
    world: World, default: bool, of_feed: bool | None, read: int
) -> None:
    world.change(full_text=default)
    url = await opened(world)
    spec = FeedSpec(url, "one", full_text=of_feed)
    await world.parts.store.write(lambda tx: tx.feeds.add(spec, world.clock()))
    await show_page(world, FULL.encode(), url)
    assert asked(world) == read


async def test_a_page_is_spared_when_an_edit_has_decided(world: World) -> None:
    await show_page(world, Unreachable("reset"))
    world.show("https://one.example", f"{TITLE}|{TITLE}: a bubble")
    await world.handle(FeedsDue(((await article(world)).feed_id,)))
    await world.settle()
    await world.pass_time()
    told = await page(world)
    assert told is not None
    assert (told.state, asked(world)) == (PageState.SPARED, 1)
    assert world.mail.titles == [f"AI overbuild: {TITLE}: a bubble"]


@dataclass(frozen=True)
class EditingFetcher:
    """Polls the feed while a page is on its way."""

    world: World
    feed_id: int

    async def fetch(self, request: FetchRequest) -> FetchResult:
        if request.page and asked(self.world) == 1:
            self.world.show("https://one.example", f"{TITLE}|{TITLE}, says a source")
            await self.world.handle(FeedsDue((self.feed_id,)))
        return await self.world.fetcher.fetch(request)


async def test_an_article_that_is_edited_meanwhile_is_read_anew(world: World) -> None:
    await show_page(world, Unreachable("reset"))
    world.fetcher.answers[LINK] = FULL.encode()
    editing = EditingFetcher(world, (await article(world)).feed_id)
    world.parts = replace(world.parts, fetcher=editing)
    world.clock.advance(timedelta(minutes=5))
    await world.handle(PageDue((await article(world)).id))
    assert (await article(world)).source is TextSource.FEED
    await world.settle()
    found = await article(world)
    assert (found.title, found.text) == (f"{TITLE}, says a source", FULL)
    assert world.extractor.calls[-1][1] == found.title


async def test_pages_of_one_host_are_read_one_after_the_other(world: World) -> None:
    url = await opened(world)
    titles = [f"Doubtful {n} in doubt" for n in range(3)]
    world.fetcher.answers |= {f"{url}/{t.replace(' ', '-')}": DULL.encode() for t in titles}
    world.show(url, *titles)
    world.parts.live.reading.add("one.example:443")
    await world.pass_time()
    assert not await due(world)
    world.parts.live.reading.clear()
    assert len(await due(world)) == 1
    world.change(gap=timedelta(seconds=1))
    before = world.clock()
    await world.settle()
    assert asked(world) == 3
    assert world.clock() - before == timedelta(seconds=2)


@dataclass(frozen=True)
class LinkingParser:
    """Gives every entry this link."""

    parser: FakeParser
    link: str

    async def parse(
        self, body: bytes, url: str, content_type: str | None, marks: bytes = b""
    ) -> ParsedFeed:
        parsed = await self.parser.parse(body, url, content_type, marks)
        return replace(parsed, entries=tuple(replace(e, link=self.link) for e in parsed.entries))


@pytest.mark.parametrize("link", ["http://blatt.example:99999999/a", "http://[blatt/a"])
async def test_a_link_that_is_no_address_fails_by_itself(world: World, link: str) -> None:
    url = await opened(world)
    world.parts = replace(world.parts, parser=LinkingParser(world.parser, link))
    world.fetcher.answers[link] = ForbiddenAddress("no address")
    world.show(url, TITLE, "Fear of an AI bubble")
    await world.pass_time()
    assert await world.count("pages failed") == 1
    assert world.mail.titles == ["AI overbuild: Fear of an AI bubble"]


async def test_a_host_that_wants_to_be_left_alone_is(world: World) -> None:
    url = await opened(world)
    world.show(url, TITLE, "Bank in doubt")
    world.fetcher.answers[LINK] = Refused(429, timedelta(hours=2))
    world.fetcher.answers[f"{url}/Bank-in-doubt"] = FULL.encode()
    await world.pass_time()
    await world.pass_time()
    assert asked(world) == 1
    await world.pass_time()
    assert asked(world) == 2


async def test_hosts_are_read_side_by_side_a_few_at_a_time(world: World) -> None:
    for n in range(AT_ONCE + 2):
        url = await opened(world, f"host{n}")
        world.fetcher.answers[f"{url}/Bank-{n}-in-doubt"] = DULL.encode()
        world.show(url, f"Bank {n} in doubt")
    world.clock.advance(timedelta(hours=1))
    feeds = [event for event in await look(world.parts) if not isinstance(event, PageDue)]
    for event in feeds:
        await world.handle(event)
    await world.handle(ArticlesAdded(1))
    assert len(await due(world)) == AT_ONCE
    world.parts.live.reading.update(f"host{n}.example:443" for n in range(2))
    assert len(await due(world)) == AT_ONCE - 2
    world.parts.live.network_lost = True
    assert not await due(world)


async def test_a_page_that_cannot_be_settled_lets_its_host_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show_page(world, Unreachable("reset"))
    world.clock.advance(timedelta(minutes=5))

    async def fill(*_: object) -> None:
        raise StoreFull("no room")

    monkeypatch.setattr(type(world.parts.store), "write", fill)
    (event,) = await due(world)
    with pytest.raises(StoreFull):
        await world.handle(event)
    monkeypatch.undo()
    assert world.parts.live.reading == set()
    await world.pass_time(REST - timedelta(seconds=1))
    assert asked(world) == 2
    await world.pass_time(timedelta(seconds=1))
    assert asked(world) == 3
