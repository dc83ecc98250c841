"""PageDue: read the page of an article that a teaser left undecided, and let it be judged again.

A page delays nobody: its article was judged by the feed's text before, hosts are read side by side,
and whatever a page does, its article keeps the feed's text until there is a better one.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.core.article import TEXT_LIMIT, clean_text
from monitor.core.events import ArticlesAdded, Event, PageDue
from monitor.core.model import Article, FetchRequest, Finding, Page, PageState, Verdict
from monitor.core.page import (
    LATEST,
    ask_for_page,
    drop_title,
    find_obstacle,
    is_worth_reading,
    settle,
)
from monitor.errors import ExtractError, FetchError
from monitor.pipeline.parts import Live, Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Pages read side by side, each of another host."""

GAP = timedelta(seconds=5)
"""Between two pages of one host; longer where the server wishes it."""

REST = timedelta(minutes=10)
"""How long a host is left alone whose page could not be settled."""

SPARED = Finding(PageState.SPARED, reason="decided by the feed's text meanwhile")
BROKEN = Finding(PageState.WAITING, reason="an error of this program; its log has it")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page and its article as they were when it was opened, and whether it is still of use."""

    page: Page
    article: Article
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
        asked = tx.pages.ask(ask_for_page(article, now))
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
    opened = await parts.store.read(partial(_open, article_id=event.article_id))
    if opened is None or parts.live.stopping or not _take(parts.live, opened, parts.clock()):
        return []
    rest = REST
    try:
        finding = await _look(parts, opened.article) if opened.useful else SPARED
        events = await parts.store.write(partial(_store, parts, opened, finding))
        rest = max(GAP, finding.wait or GAP)
        return events
    finally:
        _leave(parts.live, opened.page.host, parts.clock() + rest, parts.clock())


def _open(tx: Transaction, article_id: int) -> Opened | None:
    """Find the page and its article; None where nothing waits, or an edit is yet to be judged."""
    page, article = tx.pages.of(article_id), tx.articles.get(article_id)
    verdicts = tx.verdicts.of(article_id)
    if page is None or article is None or page.state is not PageState.WAITING or not verdicts:
        return None
    return Opened(page, article, _is_useful(tx, article, verdicts))


def _is_useful(tx: Transaction, article: Article, verdicts: Iterable[Verdict]) -> bool:
    return is_worth_reading(article, verdicts) and tx.stories.of(article.id) is None


async def _look(parts: Parts, article: Article) -> Finding:
    try:
        return await _find_text(parts, article)
    except FetchError as error:
        state = PageState.WAITING if error.temporary else PageState.FAILED
        return Finding(state, reason=str(error), wait=error.retry_after)
    except ExtractError as error:
        return Finding(PageState.REFUSED, reason=str(error))
    except Exception:  # a bug: it is logged whole, and costs this page an attempt
        log.exception("reading the page of article %d failed", article.id)
        return BROKEN


async def _find_text(parts: Parts, article: Article) -> Finding:
    link = article.link or ""
    answer = await parts.fetcher.fetch(FetchRequest(link, page=True))
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


# --- one reader at a time for each host ---------------------------------------------------------


def _is_free(live: Live, host: str, now: datetime) -> bool:
    """Whether a host may be asked; a clock that was set back by days does not close it."""
    rest = live.read_after.get(host, now) - now
    return host not in live.reading and not timedelta() < rest <= LATEST


def _take(live: Live, opened: Opened, now: datetime) -> bool:
    free = _is_free(live, opened.page.host, now)
    if free:
        live.reading.add(opened.page.host)
    return free


def _leave(live: Live, host: str, until: datetime, now: datetime) -> None:
    live.reading.discard(host)
    for rested in [name for name in live.read_after if _is_free(live, name, now)]:
        del live.read_after[rested]
    live.read_after[host] = until
