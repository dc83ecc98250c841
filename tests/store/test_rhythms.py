"""How often feeds bring something new, and how often topics take something of it."""

from functools import partial

from monitor.core.model import Feed
from monitor.store import SqliteStore
from tests.builders import DAY, HOUR, MINUTE, NOW, add_articles, add_verdicts, draft, signals, spec
from tests.builders import verdict as judge

THIS_HOUR = int(NOW.timestamp()) // 3600


async def filled(store: SqliteStore, feed: Feed) -> Feed:
    """Three articles of one feed and one of another; a baseline and an old one beside them."""
    other = await store.write(lambda tx: tx.feeds.add(spec("Bote"), NOW))
    articles = await add_articles(
        store,
        draft(feed.id, "a", seen_at=NOW - 2 * HOUR),
        draft(feed.id, "b", seen_at=NOW - 2 * HOUR + MINUTE),
        draft(feed.id, "c", seen_at=NOW - HOUR),
        draft(feed.id, "baseline", seen_at=NOW, baseline=True),
        draft(feed.id, "old", seen_at=NOW - 9 * DAY),
        draft(other.id, "d", seen_at=NOW),
    )
    for article, topics in zip(articles, ("xy", "x", "", "x", "x", "y"), strict=True):
        found = [judge(topic, 0.9 if topic in topics else 0.1) for topic in "xy"]
        job = partial(add_verdicts, revision_id=article.revision_id, verdicts=found, told=signals())
        await store.write(job)
    return other


async def test_articles_are_counted_by_feed_and_hour(store: SqliteStore, feed: Feed) -> None:
    other = await filled(store, feed)
    assert await store.read(lambda tx: tx.rhythms.of_feeds(NOW - DAY)) == {
        feed.id: {THIS_HOUR - 2: 2, THIS_HOUR - 1: 1},
        other.id: {THIS_HOUR: 1},
    }
    assert await store.read(lambda tx: tx.rhythms.latest_of_feeds(NOW - DAY)) == {
        feed.id: NOW - HOUR,
        other.id: NOW,
    }
    assert await store.read(lambda tx: tx.rhythms.latest_of_feeds(NOW)) == {other.id: NOW}


async def test_what_a_topic_took_is_counted_by_hour(store: SqliteStore, feed: Feed) -> None:
    await filled(store, feed)
    assert await store.read(lambda tx: tx.rhythms.of_topics(NOW - DAY)) == {
        "x": {THIS_HOUR - 2: 2},
        "y": {THIS_HOUR - 2: 1, THIS_HOUR: 1},
    }
    assert await store.read(lambda tx: tx.rhythms.latest_of_topics(NOW - DAY)) == {
        "x": NOW - 2 * HOUR + MINUTE,
        "y": NOW,
    }
    assert await store.read(lambda tx: tx.rhythms.latest_of_topics(NOW)) == {"y": NOW}
