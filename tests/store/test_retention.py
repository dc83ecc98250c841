"""B6: texts go, what says that an article was seen stays; the log of the database stays small."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from monitor.core.model import Delivery, Feed, Label, LabelSource, Message, Outcome, Receipt
from monitor.core.outbox import claim, settle
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import DAY, NOW, add_drafts, add_flagged, alert, draft

OLD = NOW - 100 * DAY
FIRST = NOW - 1000 * DAY
LIMIT = NOW - 90 * DAY
MEGABYTE = 1024 * 1024
TEXT = "Ein langer Absatz über Rechenzentren. " * 40


@pytest.mark.fault("B6")
async def test_texts_evidence_and_signals_of_old_articles_go(
    store: SqliteStore, feed: Feed
) -> None:
    old, new = await add_flagged(
        store, draft(feed.id, "old", seen_at=OLD), draft(feed.id, "new", seen_at=NOW)
    )
    assert await store.write(lambda tx: tx.articles.forget(FIRST, LIMIT, 500)) == 1
    assert await store.write(lambda tx: tx.articles.forget(FIRST, LIMIT, 500)) == 0

    (forgotten,) = await store.read(lambda tx: tx.verdicts.of(old.article.id))
    assert (forgotten.score, forgotten.flagged, forgotten.evidence) == (0.9, True, ())
    before, kept = await store.read(lambda tx: tx.verdicts.waiting(9))
    assert (before.article.title, before.article.text) == (old.article.title, "")
    assert before.signals.words == frozenset()
    assert kept == new


@pytest.mark.fault("B6")
async def test_a_forgotten_article_is_not_new_when_it_comes_again(
    store: SqliteStore, feed: Feed
) -> None:
    given = draft(feed.id, "old", seen_at=OLD)
    await add_flagged(store, given)
    await store.write(lambda tx: tx.articles.forget(FIRST, LIMIT, 500))
    assert await store.write(lambda tx: add_drafts(tx, [given])) == 0


async def test_what_a_person_labelled_is_kept(store: SqliteStore, feed: Feed) -> None:
    (flagged,) = await add_flagged(store, draft(feed.id, "old", seen_at=OLD))
    label = Label(flagged.article.id, "ai-overbuild", True, LabelSource.COMMAND, NOW)
    await store.write(lambda tx: tx.labels.add(label))
    assert await store.write(lambda tx: tx.articles.forget(FIRST, LIMIT, 500)) == 0
    assert (await store.read(lambda tx: tx.verdicts.waiting(9))) == (flagged,)


async def test_the_texts_of_old_messages_go_and_who_was_told_stays(store: SqliteStore) -> None:
    def tell(tx: Transaction) -> None:
        tx.outbox.queue([alert("1"), alert("2"), alert("3")], OLD, OLD)
        for row, outcome in zip(
            tx.outbox.due(OLD), (Outcome.DELIVERED, Outcome.TEMPORARY), strict=False
        ):
            claimed = claim(row, Message("Titel", ()), OLD)
            tx.outbox.save(settle(claimed, Receipt(outcome, ""), OLD, 0.0))

    await store.write(tell)
    assert await store.write(lambda tx: tx.outbox.forget(LIMIT)) == 1
    sent, retry, pending = (await store.read(lambda tx: tx.outbox.list()))[::-1]
    assert (sent.state, sent.alert.message) == (Delivery.SENT, None)
    assert retry.alert.message == Message("Titel", ())
    assert pending.state is Delivery.PENDING
    assert await store.write(lambda tx: tx.outbox.queue([alert("1")], NOW, NOW)) == 0


def size_of(path: Path) -> int:
    return path.stat().st_size


def pages_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        ((pages,),) = connection.execute("PRAGMA page_count")
    return int(pages)


@pytest.mark.fault("B6")
async def test_under_load_the_log_stays_small_and_the_room_is_used_again(
    store: SqliteStore, feed: Feed, path: Path
) -> None:
    def add(tx: Transaction, batch: int) -> int:
        drafts = (draft(feed.id, f"{batch}-{n}", text=TEXT, seen_at=OLD) for n in range(500))
        return add_drafts(tx, drafts)

    def forget(tx: Transaction) -> int:
        return tx.articles.forget(FIRST, LIMIT, 500)

    for batch in range(12):
        await asyncio.gather(
            store.write(partial(add, batch=batch)),
            store.write(forget),
            *(store.read(lambda tx: tx.articles.newest(50)) for _ in range(4)),
        )
    while await store.write(forget):
        pass
    assert size_of(path.with_name("monitor.sqlite-wal")) < 16 * MEGABYTE
    assert pages_of(path) * 4096 < 6000 * len(TEXT) / 2, "the room of deleted texts is used again"
