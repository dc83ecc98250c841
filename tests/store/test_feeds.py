import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import Feed, FeedHints, FeedSpec, FeedState, Origin
from monitor.errors import NotFound
from monitor.store import SqliteStore, upgrade
from tests.builders import DAY, HOUR, MINUTE, NOW, spec

CONFIG = FeedSpec("https://a.example/", "Aus der Datei", HOUR, ("technik", "de"), Origin.CONFIG)
COMMAND = FeedSpec("https://a.example/", "Von Hand", None, (), Origin.COMMAND)

LEARNED = FeedState(
    next_poll_at=NOW + timedelta(microseconds=1),
    etag='"v1"',
    last_modified="Tue, 24 Nov 2026 08:00:00 GMT",
    body_hash="abc",
    marks=b"\x00sixteen bytes\xff\xfe",
    last_polled_at=NOW,
    last_ok_at=NOW,
    baseline_at=NOW,
    failures=2,
    failing_since_at=NOW,
    last_error="HTTP 503",
    due_reason="backoff",
    whole_at=NOW - HOUR,
    rhythm=HOUR,
    news_at=NOW - 2 * HOUR,
    hints=FeedHints(MINUTE, (0, 23), (5, 6)),
    address="https://b.example/",
    moved_to="https://c.example/",
    moves=2,
)


async def learn(store: SqliteStore, feed: Feed, state: FeedState = LEARNED) -> frozenset[int]:
    return await store.write(lambda tx: tx.feeds.settle([(feed, state)]))


async def add(store: SqliteStore, *names: str) -> list[Feed]:
    return await store.write(lambda tx: [tx.feeds.add(spec(name), NOW) for name in names])


async def test_a_new_feed_is_due_at_once(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(CONFIG, NOW))
    assert (feed.spec, feed.state) == (CONFIG, FeedState(next_poll_at=NOW))
    assert await store.read(lambda tx: tx.feeds.due(NOW, 10)) == (feed.id,)


async def test_what_polling_learned_is_read_back_to_the_microsecond(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(CONFIG, NOW))
    assert await learn(store, feed) == {feed.id}
    assert await store.read(lambda tx: tx.feeds.find(feed.spec.url)) == replace(feed, state=LEARNED)


async def test_due_feeds_come_longest_waiting_first(store: SqliteStore) -> None:
    waits = {"neu": 0, "alt": 30, "mittel": 10, "spaeter": -5}
    await store.write(
        lambda tx: [tx.feeds.add(spec(name), NOW - wait * MINUTE) for name, wait in waits.items()]
    )
    due = await store.read(lambda tx: tx.feeds.due(NOW, 10))
    feeds = await store.read(lambda tx: tx.feeds.load(due))
    assert [feed.spec.name for feed in feeds] == ["alt", "mittel", "neu"]
    assert await store.read(lambda tx: tx.feeds.due(NOW, 1)) == due[:1]


async def test_whether_a_feed_had_no_poll_yet_leaves_out_what_nobody_names(
    store: SqliteStore,
) -> None:
    async def any_unpolled() -> bool:
        return await store.read(lambda tx: tx.feeds.any_unpolled())

    assert not await any_unpolled()
    gone, feed = await add(store, "gone", "feed")
    assert await any_unpolled()
    assert await learn(store, feed) == {feed.id}
    assert await any_unpolled()
    await store.write(lambda tx: tx.feeds.remove(gone.spec.url))
    assert not await any_unpolled()


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
    assert await learn(store, feed) == {feed.id}
    await store.write(lambda tx: tx.feeds.sync([], NOW))
    assert await store.read(lambda tx: tx.feeds.find(feed.spec.url)) is None
    assert await store.read(lambda tx: tx.feeds.find(CONFIG.url)) is None
    assert await store.read(lambda tx: tx.feeds.due(NOW + HOUR, 10)) == ()
    await store.write(lambda tx: tx.feeds.sync([CONFIG], NOW + HOUR))
    fresh = FeedState(next_poll_at=NOW + HOUR)
    assert await store.read(lambda tx: tx.feeds.find(CONFIG.url)) == replace(feed, state=fresh)


async def test_removing_an_unknown_feed_says_so(store: SqliteStore) -> None:
    with pytest.raises(NotFound, match=r"https://b\.example/"):
        await store.write(lambda tx: tx.feeds.remove("https://b.example/"))


# --- what polls came to ---------------------------------------------------------------------------


async def test_many_states_are_written_at_once_and_named(store: SqliteStore) -> None:
    feeds = await add(store, "eins", "zwei", "drei")
    states = [replace(feed.state, last_polled_at=NOW, failures=n) for n, feed in enumerate(feeds)]
    changes = list(zip(feeds, states, strict=True))
    assert await store.write(lambda tx: tx.feeds.settle(changes)) == {feed.id for feed in feeds}
    read = await store.read(lambda tx: tx.feeds.load([feed.id for feed in feeds]))
    assert [feed.state for feed in read] == states
    failing = await store.read(lambda tx: tx.feeds.failing())
    assert [feed.spec.name for feed in failing] == ["drei", "zwei"]
    assert await store.write(lambda tx: tx.feeds.settle([])) == frozenset()


async def test_a_state_that_has_moved_on_is_left_alone(store: SqliteStore) -> None:
    gone, polled, back, same = await add(store, "weg", "gelesen", "wieder", "gleich")
    await learn(store, back)
    back = replace(back, state=LEARNED)
    newer = replace(LEARNED, last_polled_at=NOW + MINUTE, next_poll_at=NOW + HOUR)
    await learn(store, polled, newer)
    await store.write(lambda tx: tx.feeds.remove(gone.spec.url))
    await store.write(lambda tx: tx.feeds.remove(back.spec.url))
    await store.write(lambda tx: tx.feeds.add(back.spec, NOW))
    changes = [(feed, LEARNED) for feed in (gone, polled, back, same)]
    assert await store.write(lambda tx: tx.feeds.settle(changes)) == {same.id}
    now = await store.read(lambda tx: tx.feeds.load([polled.id, back.id, same.id]))
    assert [feed.state for feed in now] == [newer, FeedState(NOW), LEARNED]


async def test_feeds_of_a_host_that_rests_are_not_polled_before_its_time(
    store: SqliteStore,
) -> None:
    urls = {
        "due": "http://a.example/1",
        "later": "http://a.example/2",
        "much later": "http://a.example/3",
        "encrypted": "https://a.example/4",
        "other": "http://b.example/",
        "moved here": "http://c.example/",
    }
    specs = [FeedSpec(url, name) for name, url in urls.items()]
    feeds = await store.write(lambda tx: [tx.feeds.add(spec, NOW) for spec in specs])
    states = [replace(feed.state, last_polled_at=NOW) for feed in feeds]
    states[1] = replace(states[1], next_poll_at=NOW + MINUTE)
    states[2] = replace(states[2], next_poll_at=NOW + DAY, due_reason="back-off")
    states[5] = replace(states[5], address="http://a.example/5")
    await store.write(lambda tx: tx.feeds.settle(zip(feeds, states, strict=True)))
    await store.write(lambda tx: tx.feeds.postpone({"a.example:80": NOW + HOUR}, "rests"))
    found = await store.read(lambda tx: tx.feeds.load([feed.id for feed in feeds]))
    assert {f.spec.name: f.state.next_poll_at for f in found if f.state.due_reason == "rests"} == {
        "due": NOW + HOUR,
        "later": NOW + HOUR,
        "moved here": NOW + HOUR,
    }


@pytest.mark.fault("A6")
async def test_feeds_polled_in_the_future_are_due_now(store: SqliteStore) -> None:
    right, wrong = await add(store, "richtig", "falsch")
    tomorrow = replace(LEARNED, last_polled_at=NOW + DAY, next_poll_at=NOW + DAY)
    await learn(store, right, replace(LEARNED, next_poll_at=NOW + HOUR))
    await learn(store, wrong, tomorrow)
    await store.write(lambda tx: tx.feeds.catch_up(NOW))
    assert await store.read(lambda tx: tx.feeds.due(NOW, 9)) == (wrong.id,)


def test_what_is_due_is_found_without_looking_at_all_feeds(tmp_path: Path) -> None:
    upgrade(tmp_path / "monitor.sqlite", now=NOW)
    with closing(sqlite3.connect(tmp_path / "monitor.sqlite")) as database:
        plan = database.execute(
            """EXPLAIN QUERY PLAN SELECT id FROM feed WHERE next_poll_at <= 1
               AND (from_config OR from_command) ORDER BY next_poll_at, id LIMIT 9"""
        ).fetchall()
    assert [row[3] for row in plan] == [
        "SEARCH feed USING INDEX ix_feed_next_poll_at (next_poll_at<?)"
    ]
