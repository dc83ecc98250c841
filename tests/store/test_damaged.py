"""B3: a damaged database is put aside; the newest sound backup or an empty one takes its place."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from monitor.core.model import REPLACED, Delivery, Page
from monitor.ports import Transaction
from monitor.store import DailyBackups, SqliteStore, check, open_store, rescue
from monitor.store.revisions import SCRIPTS, alembic_config
from tests.builders import DAY, NOW, alert, draft, spec

ASIDE = "monitor.sqlite.corrupt-20261125T083000Z"
LATER = NOW + DAY


async def fill(path: Path, articles: int = 400) -> None:
    """A database with a feed that was read, articles and a message that waits."""
    store = open_store(path, now=NOW)

    def write(tx: Transaction) -> None:
        feed = tx.feeds.add(spec(), NOW)
        state = replace(feed.state, baseline_at=NOW, etag='"1"', body_hash="x")
        tx.feeds.settle([(feed, state)])
        tx.articles.add(draft(feed.id, str(n)) for n in range(articles))
        tx.outbox.queue([alert()], NOW, NOW)

    await store.write(write)
    await store.close()


def damage(path: Path, at: int = 4096, size: int = 65536) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * size)


def write(path: Path, what: bytes) -> None:
    path.write_bytes(what)


def content(path: Path) -> bytes:
    return path.read_bytes()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "header": lambda path: damage(path, 0, 100),
    "pages": damage,
    "text": lambda path: path.write_text("Das war einmal eine Datenbank. " * 400),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: 4096 * 9 + 7]),
}


@pytest.mark.fault("B3")
@pytest.mark.parametrize("how", DAMAGES)
async def test_without_a_backup_the_place_is_taken_by_an_empty_database(
    path: Path, how: str
) -> None:
    await fill(path)
    DAMAGES[how](path)
    damaged = content(path)
    assert rescue(path, now=LATER) == path.with_name(ASIDE)
    assert content(path.with_name(ASIDE)) == damaged
    assert check(path) == ()
    store = open_store(path, now=LATER)
    assert await store.read(lambda tx: tx.feeds.list()) == ()
    assert await store.read(lambda tx: tx.notes.get(REPLACED)) == ASIDE
    await store.close()


@pytest.mark.fault("B3")
async def test_the_newest_sound_backup_takes_the_place_and_begins_anew(path: Path) -> None:
    await fill(path)
    backups = DailyBackups(path, keep=3)
    for day in range(3):
        backups.make(NOW + day * DAY)
    damage(backups.list()[-1])
    damage(path)
    rescue(path, now=LATER)
    store = open_store(path, now=LATER)
    (feed,) = await store.read(lambda tx: tx.feeds.list())
    assert (feed.state.baseline_at, feed.state.etag, feed.state.body_hash) == (None, None, None)
    waiting = await store.read(lambda tx: tx.articles.waiting(500))
    # They were told since the backup, or were not: nobody knows.
    assert [article.baseline for article in waiting] == [True] * 400
    (row,) = await store.read(lambda tx: tx.outbox.list())
    assert (row.state, row.ambiguous) == (Delivery.PENDING, True)
    await store.close()


@pytest.mark.fault("B3")
async def test_an_article_whose_page_was_still_to_be_read_belongs_to_the_baseline(
    path: Path,
) -> None:
    await fill(path, articles=2)
    store = open_store(path, now=NOW)

    def judge(tx: Transaction) -> None:
        first, second = tx.articles.waiting(2)
        tx.verdicts.add({one.revision_id: ([], None) for one in (first, second)})
        tx.pages.ask(Page(second.id, "blatt.example:443", NOW, NOW))

    await store.write(judge)
    await store.close()
    DailyBackups(path, keep=1).make(NOW)
    damage(path)
    rescue(path, now=LATER)
    store = open_store(path, now=LATER)
    standings = await store.read(lambda tx: [tx.standings.of(1), tx.standings.of(2)])
    assert [one and one.baseline for one in standings] == [False, True]
    await store.close()


@pytest.mark.fault("B3")
async def test_a_backup_from_before_there_were_pages_takes_the_place_too(path: Path) -> None:
    backup = path.with_name(f"{path.name}.daily-20261124.bak")
    migrate_to("0007", backup)
    await fill(path)
    damage(path)
    rescue(path, now=LATER)
    store = open_store(path, now=LATER)
    assert await store.read(lambda tx: tx.feeds.list()) == ()
    assert check(path) == ()
    assert list(path.parent.glob("*.before-*.bak"))
    await store.close()


def migrate_to(revision: str, database: Path) -> None:
    config = alembic_config(SCRIPTS)
    with create_engine(f"sqlite:///{database}").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


@pytest.mark.fault("B3")
async def test_the_log_of_a_damaged_database_is_not_applied_to_the_new_one(path: Path) -> None:
    await fill(path)
    with closing(sqlite3.connect(path)) as open_elsewhere:
        open_elsewhere.execute("INSERT INTO note VALUES ('late', 'x')")
        open_elsewhere.commit()
        log = content(path.with_name("monitor.sqlite-wal"))
    write(path.with_name("monitor.sqlite-wal"), log)
    damage(path, 0, 100)
    rescue(path, now=LATER)
    assert content(path.with_name(f"{ASIDE}-wal")) == log
    assert check(path) == ()


@pytest.mark.fault("B3")
async def test_a_sound_or_missing_database_is_left_alone(path: Path) -> None:
    assert rescue(path, now=LATER) is None
    await fill(path)
    before = content(path)
    assert rescue(path, now=LATER) is None
    assert content(path) == before


async def test_a_database_in_use_is_sound(store: SqliteStore, path: Path) -> None:
    await store.write(lambda tx: tx.notes.set("key", "value"))
    assert rescue(path, now=LATER) is None
