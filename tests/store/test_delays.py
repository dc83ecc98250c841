"""How long news took: what counts, and what would only distort it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.model import Delivery, Feed, FeedState
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import DAY, HOUR, MINUTE, NOW, add_articles, add_flagged, alert, draft, story

LATER = NOW + HOUR


async def open_feed(store: SqliteStore, feed: Feed) -> None:
    """Its first fetch is over."""
    state = FeedState(next_poll_at=LATER, last_polled_at=NOW, baseline_at=NOW)
    assert await store.write(lambda tx: tx.feeds.settle([(feed, state)])) == {feed.id}


@pytest.mark.parametrize(
    ("took", "counts"),
    [
        (timedelta(0), True),
        (8 * MINUTE, True),
        (7 * DAY, True),
        (7 * DAY + MINUTE, False),
        (-MINUTE, False),
        (None, False),
    ],
    ids=["at once", "soon", "after a week", "too old", "in the future", "no date"],
)
async def test_a_delay_counts_where_the_date_can_be_true(
    store: SqliteStore, feed: Feed, took: timedelta | None, counts: bool
) -> None:
    await open_feed(store, feed)
    given = LATER - took if took is not None else None
    await add_articles(store, replace(draft(feed.id, seen_at=LATER), published_given_at=given))
    seen = await store.read(lambda tx: tx.delays.until_seen(NOW))
    assert seen == ({feed.id: [took]} if counts else {})


async def test_what_a_first_fetch_found_says_nothing(store: SqliteStore, feed: Feed) -> None:
    await open_feed(store, feed)
    given = NOW - MINUTE
    await add_articles(
        store,
        replace(draft(feed.id, "first", seen_at=NOW), published_given_at=given),
        replace(draft(feed.id, "old", seen_at=LATER, baseline=True), published_given_at=given),
    )
    assert await store.read(lambda tx: tx.delays.until_seen(NOW)) == {}


async def test_what_was_seen_before_is_not_asked_for(store: SqliteStore, feed: Feed) -> None:
    await open_feed(store, feed)
    one = replace(draft(feed.id, seen_at=LATER), published_given_at=NOW)
    await add_articles(store, one)
    assert await store.read(lambda tx: tx.delays.until_seen(LATER + MINUTE)) == {}


async def tell(store: SqliteStore, occasion: str = "first", **changes: Any) -> None:
    """Queue an alert of story 1 and settle it as `changes` say."""

    def job(tx: Transaction) -> None:
        tx.outbox.queue([alert("1", occasion)], LATER, LATER)
        row = tx.outbox.list((), 1)[0]
        sent = replace(row, state=Delivery.SENT, settled_at=LATER + 9 * MINUTE)
        tx.outbox.save(replace(sent, **changes))

    await store.write(job)


async def begin_story(store: SqliteStore, feed: Feed) -> Feed:
    """Two feeds report, the second five minutes after the first, which is given back."""
    other = await store.write(
        lambda tx: tx.feeds.add(replace(feed.spec, url="https://b.example/", name="B"), NOW)
    )
    flagged = await add_flagged(
        store,
        draft(feed.id, "late", seen_at=LATER + 5 * MINUTE),
        draft(other.id, "early", seen_at=LATER),
    )
    await store.write(lambda tx: tx.stories.add(story(flagged)))
    return other


async def test_the_first_alert_is_measured_from_the_first_article(
    store: SqliteStore, feed: Feed
) -> None:
    first = await begin_story(store, feed)
    await tell(store)
    assert await store.read(lambda tx: tx.delays.until_told(NOW)) == {first.id: [9 * MINUTE]}


@pytest.mark.parametrize(
    "changes",
    [
        {"state": Delivery.DEAD},
        {"held_until": LATER + 8 * MINUTE},
        {"settled_at": LATER - MINUTE},
    ],
    ids=["never arrived", "held in quiet hours", "before it was seen"],
)
async def test_what_was_not_told_at_once_does_not_count(
    store: SqliteStore, feed: Feed, changes: dict[str, Any]
) -> None:
    await begin_story(store, feed)
    await tell(store, **changes)
    assert await store.read(lambda tx: tx.delays.until_told(NOW)) == {}


async def test_an_update_is_no_first_alert(store: SqliteStore, feed: Feed) -> None:
    await begin_story(store, feed)
    await tell(store, "update-1")
    assert await store.read(lambda tx: tx.delays.until_told(NOW)) == {}
