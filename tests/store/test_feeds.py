from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import FeedSpec, FeedState, Origin
from monitor.errors import NotFound
from monitor.store import SqliteStore
from tests.builders import HOUR, MINUTE, NOW, spec

CONFIG = FeedSpec("https://a.example/", "Aus der Datei", HOUR, ("technik", "de"), Origin.CONFIG)
COMMAND = FeedSpec("https://a.example/", "Von Hand", None, (), Origin.COMMAND)

LEARNED = FeedState(
    next_poll_at=NOW + timedelta(microseconds=1),
    etag='"v1"',
    last_modified="Tue, 24 Nov 2026 08:00:00 GMT",
    body_hash="abc",
    last_polled_at=NOW,
    last_ok_at=NOW,
    baseline_at=NOW,
    failures=2,
    failing_since_at=NOW,
    last_error="HTTP 503",
    due_reason="backoff",
)


async def test_a_new_feed_is_due_at_once(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(CONFIG, NOW))
    assert (feed.spec, feed.state) == (CONFIG, FeedState(next_poll_at=NOW))
    assert await store.read(lambda tx: tx.feeds.due(NOW, 10)) == (feed,)


async def test_what_polling_learned_is_read_back_to_the_microsecond(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(CONFIG, NOW))
    await store.write(lambda tx: tx.feeds.save(feed.id, LEARNED))
    assert await store.read(lambda tx: tx.feeds.get(feed.id)) == replace(feed, state=LEARNED)


async def test_due_feeds_come_longest_waiting_first(store: SqliteStore) -> None:
    waits = {"neu": 0, "alt": 30, "mittel": 10, "spaeter": -5}
    await store.write(
        lambda tx: [tx.feeds.add(spec(name), NOW - wait * MINUTE) for name, wait in waits.items()]
    )
    due = await store.read(lambda tx: tx.feeds.due(NOW, 10))
    assert [feed.spec.name for feed in due] == ["alt", "mittel", "neu"]
    assert await store.read(lambda tx: tx.feeds.due(NOW, 1)) == due[:1]


@pytest.mark.parametrize(
    ("steps", "polled"),
    [
        (["config"], CONFIG),
        (["command"], COMMAND),
        (["config", "command"], CONFIG),
        (["command", "config"], CONFIG),
        (["command", "config", "no config"], replace(CONFIG, origin=Origin.COMMAND)),
        (["config", "no config"], None),
        (["config", "no config", "config"], CONFIG),
        (["command", "no config"], COMMAND),
        (["command", "remove"], None),
        (["command", "remove", "command"], COMMAND),
        (["config", "remove", "config"], CONFIG),
    ],
)
async def test_a_url_is_one_feed_whoever_names_it(
    store: SqliteStore, steps: list[str], polled: FeedSpec | None
) -> None:
    actions = {
        "config": lambda tx: tx.feeds.sync([CONFIG], NOW),
        "no config": lambda tx: tx.feeds.sync([], NOW),
        "command": lambda tx: tx.feeds.add(COMMAND, NOW),
        "remove": lambda tx: tx.feeds.remove(CONFIG.url),
    }
    for step in steps:
        await store.write(actions[step])
    feeds = await store.read(lambda tx: tx.feeds.list())
    assert [feed.spec for feed in feeds] == ([polled] if polled else [])


async def test_a_feed_that_comes_back_has_its_id_and_a_baseline_to_take(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(CONFIG, NOW))
    await store.write(lambda tx: tx.feeds.save(feed.id, LEARNED))
    await store.write(lambda tx: tx.feeds.sync([], NOW))
    assert await store.read(lambda tx: tx.feeds.get(feed.id)) is None
    assert await store.read(lambda tx: tx.feeds.find(CONFIG.url)) is None
    assert await store.read(lambda tx: tx.feeds.due(NOW + HOUR, 10)) == ()
    await store.write(lambda tx: tx.feeds.sync([CONFIG], NOW + HOUR))
    fresh = FeedState(next_poll_at=NOW + HOUR)
    assert await store.read(lambda tx: tx.feeds.find(CONFIG.url)) == replace(feed, state=fresh)


async def test_removing_an_unknown_feed_says_so(store: SqliteStore) -> None:
    with pytest.raises(NotFound, match=r"https://b\.example/"):
        await store.write(lambda tx: tx.feeds.remove("https://b.example/"))
