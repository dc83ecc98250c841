"""Which pages wait to be read, and texts that came from pages."""

from dataclasses import replace

from monitor.core.model import Feed, FeedSpec, Page, PageState, TextSource
from monitor.store import SqliteStore
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    add_articles,
    add_drafts,
    add_verdicts,
    draft,
    signals,
    verdict,
)

PAGE_TEXT = "Der Konzern hat beide Verträge gekündigt, weil der Strom fehlt. " * 20


async def ask(store: SqliteStore, *pages: Page) -> list[bool]:
    return await store.write(lambda tx: [tx.pages.ask(page) for page in pages])


async def test_a_page_is_asked_for_once(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    page = Page(article.id, "blatt.example", NOW, NOW)
    assert await ask(store, page, replace(page, asked_at=NOW + HOUR)) == [True, False]
    assert await store.read(lambda tx: tx.pages.of(article.id)) == page
    assert await store.read(lambda tx: tx.pages.of(article.id + 1)) is None


async def test_of_each_host_the_oldest_article_is_due(store: SqliteStore, feed: Feed) -> None:
    articles = await add_articles(store, *(draft(feed.id, str(n)) for n in range(5)))
    one, two, three, four, five = (
        Page(article.id, host, NOW, NOW + wait)
        for article, host, wait in zip(
            articles,
            ("one", "one", "two", "three", "one"),
            (MINUTE, 0 * MINUTE, 2 * MINUTE, HOUR, 0 * MINUTE),
            strict=True,
        )
    )
    await ask(store, one, two, three, four, five)
    assert await store.read(lambda tx: tx.pages.due(NOW)) == (two,)
    assert await store.read(lambda tx: tx.pages.due(NOW + 2 * MINUTE)) == (one, three)


async def test_what_is_settled_is_due_no_more(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    page = Page(article.id, "blatt.example", NOW, NOW)
    await ask(store, page)
    told = replace(page, state=PageState.REFUSED, attempts=1, reason="a teaser", settled_at=NOW)
    await store.write(lambda tx: tx.pages.save(told))
    assert await store.read(lambda tx: tx.pages.due(NOW + DAY)) == ()
    assert await store.read(lambda tx: tx.pages.of(article.id)) == told


async def test_a_page_asked_for_by_a_clock_that_was_ahead_is_due_at_once(
    store: SqliteStore, feed: Feed
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    page = Page(article.id, "blatt.example", NOW + DAY, NOW + DAY)
    await ask(store, page)
    assert await store.read(lambda tx: tx.pages.due(NOW)) == (page,)


async def test_a_pages_text_is_a_new_revision_and_no_edit(store: SqliteStore, feed: Feed) -> None:
    given = draft(feed.id)
    (article,) = await add_articles(store, given)
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, [verdict(score=0.3)], None))
    await store.write(lambda tx: tx.articles.add_page_text(article, PAGE_TEXT, NOW + HOUR))

    (read,) = await store.read(lambda tx: tx.articles.waiting(9))
    expected = replace(article, text=PAGE_TEXT, source=TextSource.PAGE, seen_at=NOW + HOUR)
    assert read == replace(expected, revision_id=read.revision_id)
    assert read.revision_id != article.revision_id
    assert await store.write(lambda tx: add_drafts(tx, [given])) == 0


async def test_an_edit_by_the_publisher_counts_after_a_pages_text(
    store: SqliteStore, feed: Feed
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: tx.articles.add_page_text(article, PAGE_TEXT, NOW + HOUR))
    (edited,) = await add_articles(store, draft(feed.id, title="Konzern dementiert"))
    assert (edited.title, edited.source) == ("Konzern dementiert", TextSource.FEED)


async def test_a_pages_text_is_forgotten_as_any_other(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id, seen_at=NOW - 100 * DAY))
    await store.write(lambda tx: tx.articles.add_page_text(article, PAGE_TEXT, NOW - 100 * DAY))
    (read,) = await store.read(lambda tx: tx.articles.waiting(9))
    await store.write(lambda tx: add_verdicts(tx, read.revision_id, [verdict()], signals()))
    assert await store.write(lambda tx: tx.articles.forget(NOW - 999 * DAY, NOW, 500)) == 1
    found = await store.read(lambda tx: tx.articles.get(article.id))
    assert found == replace(read, text="")


async def test_a_feed_remembers_whether_its_pages_may_be_read(store: SqliteStore) -> None:
    given = FeedSpec("https://blatt.example/rss", "Blatt", full_text=False)
    feed = await store.write(lambda tx: tx.feeds.add(given, NOW))
    assert feed.spec.full_text is False
