"""The store: all nouns over one SQLite file, one writer thread and a few readers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from monitor import ports
from monitor.errors import StoreError
from monitor.store.articles import Articles
from monitor.store.counters import Counters
from monitor.store.database import PATIENCE, data_version, reading_engine
from monitor.store.delays import Delays
from monitor.store.digests import Digests
from monitor.store.failures import translated
from monitor.store.feeds import Feeds
from monitor.store.labels import Labels
from monitor.store.migrate import upgrade
from monitor.store.notes import Notes
from monitor.store.outbox import Outbox
from monitor.store.pages import Pages
from monitor.store.revisions import is_current
from monitor.store.rhythms import Rhythms
from monitor.store.scores import Scores
from monitor.store.searches import Searches
from monitor.store.silences import Silences
from monitor.store.standings import Standings
from monitor.store.stories import Stories
from monitor.store.topics import Topics
from monitor.store.verdicts import Verdicts
from monitor.store.writer import Writer

T = TypeVar("T")

READERS = 4
"""Query-only connections, as many as threads that use them."""


@dataclass(frozen=True, slots=True)
class Nouns:
    """Fulfils `ports.Transaction`: the nouns on one session."""

    feeds: Feeds
    articles: Articles
    pages: Pages
    verdicts: Verdicts
    scores: Scores
    stories: Stories
    outbox: Outbox
    standings: Standings
    delays: Delays
    rhythms: Rhythms
    digests: Digests
    searches: Searches
    silences: Silences
    topics: Topics
    labels: Labels
    counters: Counters
    notes: Notes


def nouns_of(session: Session) -> Nouns:
    """Give a job its nouns."""
    return Nouns(
        Feeds(session),
        Articles(session),
        Pages(session),
        Verdicts(session),
        Scores(session),
        Stories(session),
        Outbox(session),
        Standings(session),
        Delays(session),
        Rhythms(session),
        Digests(session),
        Searches(session),
        Silences(session),
        Topics(session),
        Labels(session),
        Counters(session),
        Notes(session),
    )


class SqliteStore:
    """Fulfils `ports.Store`. Made by `open_store`; `await close()` at the end."""

    def __init__(self, path: Path, patience: timedelta) -> None:
        self.path = path
        self._writer = Writer(path, patience)
        self._engine = reading_engine(path, patience)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._closed = False
        self._version = self._writer.version

    async def write(self, job: Callable[[ports.Transaction], T]) -> T:
        """Run `job` inside one BEGIN IMMEDIATE on the writer thread; return after the commit.

        An exception of the job undoes the job alone and is raised here. Raise `StoreError`.
        """
        done = self._writer.submit(lambda session: job(nouns_of(session)))
        result: T = await asyncio.wrap_future(done)
        return result

    async def read(self, query: Callable[[ports.Transaction], T]) -> T:
        """Run `query` on a query-only connection that sees one consistent state."""
        if self._closed:
            raise StoreError(f"{self.path}: the store is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._query, query)

    async def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since the last call (or since the start)."""
        look = self._writer.submit(lambda session: data_version(session.connection()))
        version = await asyncio.wrap_future(look)
        changed, self._version = version != self._version, version
        return bool(changed)

    async def close(self) -> None:
        """Finish the writes that wait, then close all connections."""
        self._closed = True
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()
        await asyncio.to_thread(self._writer.close)

    def _query(self, query: Callable[[ports.Transaction], T]) -> T:
        with (
            translated(self.path),
            self._engine.connect() as connection,
            connection.begin(),
            Session(connection) as session,
        ):
            return query(nouns_of(session))


def open_store(path: Path, *, now: datetime, patience: timedelta = PATIENCE) -> SqliteStore:
    """Open the database, creating or migrating it (after a backup) where necessary.

    `patience` is how long a write waits for a lock that another process holds. Raise
    `StoreUnusable`, `StoreCorrupt`, `SchemaTooNew`, `StoreBusy`.
    """
    if not is_current(path):
        upgrade(path, now=now, patience=patience)
    return SqliteStore(path, patience)
