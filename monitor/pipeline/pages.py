"""PageDue: read the page of an article that a teaser left undecided, and let it be judged again.

A page delays nobody: its article was judged by the feed's text before, hosts are read side by side,
and whatever a page does, its article keeps the feed's text until there is a better one.
"""

import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.core.article import TEXT_LIMIT, clean_text
from monitor.core.events import ArticlesAdded, Event, PageDue
from monitor.core.feed import host_of, is_resting
from monitor.core.model import Article, FetchRequest, FetchResult, Finding, Page, PageState, Verdict
from monitor.core.page import drop_title, find_obstacle, is_worth_reading, settle
from monitor.errors import ExtractError, FetchError
from monitor.pipeline.outcomes import find_tired_host
from monitor.pipeline.parts import Live, Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Pages read side by side, each of another host."""

REST = timedelta(minutes=10)
"""How long no page is read of a host whose last one could not be settled."""

SPARED = Finding(PageState.SPARED, reason="decided by the feed's text meanwhile")
BROKEN = Finding(PageState.WAITING, reason="an error of this program; its log has it")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page and its article as they were when it was opened, and whether it is still of use.

    `feed` is the address of the article's feed: a page of the same server is asked as it is.
    """

    page: Page
    article: Article
    feed: str
    useful: bool


def ask_for_text(
    parts: Parts, tx: Transaction, article: Article, verdicts: Iterable[Verdict]
) -> None:
    """Let an article's page be read where that could change what is told of it."""
    if not _is_useful(tx, article, verdicts):
        return
    wanted = tx.feeds.specs({article.feed_id})[article.feed_id].full_text
    if parts.rules.full_text if wanted is None else wanted:
        now = parts.clock()
        asked = tx.pages.ask(Page(article.id, _find_host(article.link or ""), now, now))
        tx.counters.bump("pages asked for", asked, now)


def find_due_pages(parts: Parts, tx: Transaction, now: datetime) -> list[PageDue]:
    """As many pages as there are places, of hosts that may be asked now."""
    live = parts.live
    if live.network_lost:
        return []
    due = [PageDue(page.article_id) for page in tx.pages.due(now) if _is_free(live, page.host, now)]
    return due[: max(AT_ONCE - len(live.reading), 0)]


async def read_page(parts: Parts, event: PageDue) -> list[Event]:
    """Read it, unless its host is being read already; what comes of it is settled and counted."""
    live, opened = parts.live, await parts.store.read(partial(_open, article_id=event.article_id))
    if opened is None or live.stopping or not _is_free(live, opened.page.host, parts.clock()):
        return []
    live.reading.add(opened.page.host)
    live.read_after[opened.page.host] = parts.clock() + REST
    try:
        finding = await _look(parts, opened) if opened.useful else SPARED
        events = await parts.store.write(partial(_store, parts, opened, finding))
        del live.read_after[opened.page.host]
        return events
    finally:
        live.reading.discard(opened.page.host)


def _open(tx: Transaction, article_id: int) -> Opened | None:
    """Find the page and its article; None where nothing waits, or an edit is yet to be judged."""
    page, article = tx.pages.of(article_id), tx.articles.get(article_id)
    verdicts = tx.verdicts.of(article_id)
    if page is None or article is None or page.state is not PageState.WAITING or not verdicts:
        return None
    feed = tx.feeds.specs({article.feed_id})[article.feed_id].url
    return Opened(page, article, feed, _is_useful(tx, article, verdicts))


def _is_useful(tx: Transaction, article: Article, verdicts: Iterable[Verdict]) -> bool:
    return is_worth_reading(article, verdicts) and tx.stories.of(article.id) is None


async def _look(parts: Parts, opened: Opened) -> Finding:
    try:
        return await _find_text(parts, opened)
    except FetchError as error:
        _note_wish(parts, opened.article.link or "", error)
        state = PageState.WAITING if error.temporary else PageState.FAILED
        return Finding(state, reason=str(error), wait=error.retry_after)
    except ExtractError as error:
        return Finding(PageState.REFUSED, reason=str(error))
    except Exception:  # a bug: it is logged whole, and costs this page an attempt
        log.exception("reading the page of article %d failed", opened.article.id)
        return BROKEN


async def _find_text(parts: Parts, opened: Opened) -> Finding:
    async with AsyncExitStack() as slot:
        room = partial(slot.enter_async_context, parts.large_page)
        link = opened.article.link or ""
        request = FetchRequest(link, page=True, feed=opened.feed, room=room)
        async with parts.lane(opened.page.host):
            answer = await parts.fetcher.fetch(request)
        return await _read_page(parts, opened.article, link, answer)


async def _read_page(parts: Parts, article: Article, link: str, answer: FetchResult) -> Finding:
    obstacle = find_obstacle(link, answer)
    if obstacle:
        return Finding(PageState.REFUSED, reason=obstacle)
    page = answer.body or b""
    text = await parts.extractor.extract(page, answer.url, article.title, article.text)
    clean = drop_title(clean_text(text, TEXT_LIMIT), article.title)
    return Finding(PageState.TAKEN, text=clean)


def _store(parts: Parts, opened: Opened, finding: Finding, tx: Transaction) -> list[Event]:
    """Store what came of it; nothing where the feed has edited the article meanwhile."""
    now, current = parts.clock(), tx.articles.get(opened.article.id)
    if current != opened.article or tx.pages.of(opened.article.id) != opened.page:
        return []
    page = settle(opened.page, finding, now)
    tx.pages.save(page)
    if page.state is not PageState.WAITING:
        tx.counters.bump(f"pages {page.state}", 1, now)
    log.info("page of article %d: %s %s", page.article_id, page.state, page.reason)
    if page.state is not PageState.TAKEN:
        return []
    tx.articles.add_page_text(opened.article, finding.text, now)
    return [ArticlesAdded(1)]


def _note_wish(parts: Parts, link: str, error: FetchError) -> None:
    """Let a host rest, for feeds and pages, that says it has too much to do."""
    host = find_tired_host(link, error)
    if host and error.retry_after:
        parts.live.resting_hosts[host] = parts.clock() + error.retry_after


def _find_host(link: str) -> str:
    """Whom a link of a feed asks; "" for what is no address, which the fetcher will say."""
    try:
        return host_of(link)
    except ValueError:
        return ""


def _is_free(live: Live, host: str, now: datetime) -> bool:
    """Whether a page of this host may be read: none is being read, and nothing asks for rest."""
    rests = (live.resting_hosts.get(host, now), live.read_after.get(host, now))
    return host not in live.reading and not any(is_resting(until, now) for until in rests)
