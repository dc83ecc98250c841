from dataclasses import replace

import pytest

from monitor.core.model import Feed, Health, Origin
from monitor.store import SqliteStore
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    add_articles,
    add_drafts,
    add_flagged,
    add_verdicts,
    draft,
    signals,
    spec,
    verdict,
)

EDITED = "Konzern kündigt Mietvertrag, Aktie fällt"


async def test_a_new_article_is_read_back_as_it_was_given(store: SqliteStore, feed: Feed) -> None:
    given = draft(feed.id)
    (article,) = await add_articles(store, given)
    assert (article.feed_id, article.feed_name) == (feed.id, "Beispielblatt")
    for name in ("link", "title", "text", "language", "published_at", "first_seen_at", "baseline"):
        assert getattr(article, name) == getattr(given, name)
    assert await store.read(lambda tx: tx.articles.get(article.id)) == article
    assert await store.read(lambda tx: tx.articles.list([article.id, 99])) == {article.id: article}


async def test_the_same_fingerprint_again_adds_nothing(store: SqliteStore, feed: Feed) -> None:
    given = draft(feed.id)
    assert await store.write(lambda tx: add_drafts(tx, [given])) == 1
    later = replace(given, first_seen_at=NOW + HOUR, published_at=NOW + HOUR)
    assert await store.write(lambda tx: add_drafts(tx, [later])) == 0
    (article,) = await store.read(lambda tx: tx.articles.waiting(9))
    assert article.first_seen_at == NOW


async def test_an_edit_is_a_new_revision_of_the_same_article(
    store: SqliteStore, feed: Feed
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, [verdict()], signals()))
    edit = draft(feed.id, title=EDITED, seen_at=NOW + HOUR)
    (edited,) = await add_articles(store, edit)
    assert edited == replace(
        article,
        revision_id=edited.revision_id,
        title=EDITED,
        fingerprint=edit.fingerprint,
        seen_at=NOW + HOUR,
    )
    assert edited.revision_id != article.revision_id
    assert await store.read(lambda tx: tx.verdicts.of(article.id)) == ()


async def test_an_edited_baseline_article_stays_baseline(store: SqliteStore, feed: Feed) -> None:
    await add_articles(store, draft(feed.id, baseline=True))
    (edited,) = await add_articles(store, draft(feed.id, title=EDITED, baseline=False))
    assert edited.baseline


async def test_known_gives_the_newest_fingerprint_per_feed(store: SqliteStore, feed: Feed) -> None:
    other = await store.write(lambda tx: tx.feeds.add(spec("Anderswo"), NOW))
    await add_articles(store, draft(feed.id), draft(other.id, title="Etwas anderes"))
    edit = draft(feed.id, title=EDITED)
    await add_articles(store, edit)
    known = await store.read(lambda tx: tx.articles.known(feed.id, ["a", "b"]))
    assert known == {"a": edit.fingerprint}


async def test_more_identities_than_one_statement_may_name(store: SqliteStore, feed: Feed) -> None:
    drafts = [draft(feed.id, str(n)) for n in range(1201)]
    assert await store.write(lambda tx: add_drafts(tx, drafts)) == 1201
    known = await store.read(lambda tx: tx.articles.known(feed.id, map(str, range(2000))))
    assert len(known) == 1201


@pytest.mark.fault("D3")
async def test_of_two_drafts_with_one_identity_the_first_is_taken(
    store: SqliteStore, feed: Feed
) -> None:
    twins = [draft(feed.id, title="Erster"), draft(feed.id, title="Zweiter")]
    assert await store.write(lambda tx: add_drafts(tx, twins)) == 1
    assert await store.write(lambda tx: add_drafts(tx, twins)) == 0
    assert [a.title for a in await store.read(lambda tx: tx.articles.waiting(9))] == ["Erster"]


async def test_an_article_is_found_by_link_and_by_canonical_link(
    store: SqliteStore, feed: Feed
) -> None:
    given = draft(feed.id)
    (article,) = await add_articles(store, given)
    found = {given.link: (article,), given.canonical_link: (article,), "https://b.example/": ()}
    assert await store.read(lambda tx: {url: tx.articles.find(str(url)) for url in found}) == found


async def test_articles_wait_for_a_verdict_oldest_first(store: SqliteStore, feed: Feed) -> None:
    articles = await add_articles(store, *(draft(feed.id, n) for n in "abc"))
    await store.write(lambda tx: add_verdicts(tx, articles[0].revision_id, [verdict()], None))
    assert await store.read(lambda tx: tx.articles.waiting(1)) == (articles[1],)
    assert await store.read(lambda tx: tx.articles.waiting(9)) == articles[1:]


@pytest.mark.fault("B8")
async def test_a_text_that_sqlite_cannot_take_is_cleaned(store: SqliteStore, feed: Feed) -> None:
    hostile = draft(feed.id, "id\0\ud83d", title="NUL\0 und \ud83d allein, \ud83d\ude00 als Paar")
    assert await store.write(lambda tx: add_drafts(tx, [hostile])) == 1
    assert await store.write(lambda tx: add_drafts(tx, [hostile])) == 0
    (article,) = await store.read(lambda tx: tx.articles.waiting(9))
    assert article.title == "NUL und \ufffd allein, 😀 als Paar"


async def test_health_tells_what_was_read(store: SqliteStore, feed: Feed) -> None:
    silent = await store.write(lambda tx: tx.feeds.add(spec("Stumm"), NOW))
    gone = await store.write(lambda tx: tx.feeds.add(spec("Weg", Origin.COMMAND), NOW))
    await add_articles(
        store,
        draft(feed.id, "a", seen_at=NOW - MINUTE),
        draft(feed.id, "b", seen_at=NOW),
        draft(gone.id, "c", seen_at=NOW + HOUR),
        draft(gone.id, "d", seen_at=NOW + DAY),
    )
    answered = replace(feed.state, last_ok_at=NOW + HOUR)
    failing = replace(silent.state, failures=3, last_error="HTTP 503", last_ok_at=NOW - HOUR)
    await store.write(lambda tx: tx.feeds.settle([(feed, answered), (silent, failing)]))
    await store.write(lambda tx: tx.feeds.remove(gone.spec.url))
    health = await store.read(lambda tx: tx.articles.health(NOW, NOW + DAY))
    assert health == Health(
        2, feeds_ok=1, feeds=2, failing=(("Stumm", "HTTP 503"),), languages=(("de", 2),)
    )


async def test_the_newest_articles_come_first(store: SqliteStore, feed: Feed) -> None:
    drafts = [draft(feed.id, name, seen_at=NOW - DAY * days) for name, days in (("a", 1), ("b", 0))]
    await add_articles(store, *drafts)
    newest = await store.read(lambda tx: tx.articles.newest(1))
    assert [article.first_seen_at for article in newest] == [NOW]


async def test_the_hours_in_which_articles_came(store: SqliteStore, feed: Feed) -> None:
    early, late = NOW - 2 * HOUR, NOW - 2 * HOUR + MINUTE
    articles = await add_articles(
        store,
        draft(feed.id, "a", seen_at=early),
        draft(feed.id, "b", seen_at=late),
        draft(feed.id, "c", seen_at=NOW - HOUR),
        draft(feed.id, "old", seen_at=NOW - 9 * DAY),
        draft(feed.id, "baseline", seen_at=NOW, baseline=True),
    )
    await store.write(lambda tx: add_verdicts(tx, articles[0].revision_id, [verdict()], signals()))
    assert await store.read(lambda tx: tx.articles.hours(NOW - DAY)) == (late, NOW - HOUR)
    assert await store.read(lambda tx: tx.articles.hours(NOW - DAY, flagged=True)) == (early,)


async def test_what_waits_is_counted_by_what_it_waits_for(store: SqliteStore, feed: Feed) -> None:
    assert await store.read(lambda tx: tx.articles.backlog()) == {"verdict": 0, "story": 0}
    await add_flagged(store, draft(feed.id, "flagged"))
    await add_articles(store, draft(feed.id, "new"), draft(feed.id, "newer"))
    assert await store.read(lambda tx: tx.articles.backlog()) == {"verdict": 2, "story": 1}
