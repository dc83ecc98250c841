import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.bus import Bus, Subscription
from monitor.core.events import Event
from monitor.core.model import DigestInput, DigestPlan, Feed, FeedSpec, OutboxRow, Route
from monitor.pipeline import HANDLERS, INSTALLATION, Parts, Rules, begin_digests, handle, look
from monitor.pipeline.digest import preview_digest
from monitor.store import SqliteStore, open_store
from monitor.topics import load_likeness
from tests.pipeline.fakes import (
    OVERBUILD,
    FakeAnalyzer,
    FakeBackups,
    FakeBallast,
    FakeChannel,
    FakeClock,
    FakeExtractor,
    FakeFetcher,
    FakeParser,
    bodies,
)

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """The pipeline on a real store between fake neighbours."""

    parts: Parts
    clock: FakeClock
    fetcher: FakeFetcher
    parser: FakeParser
    extractor: FakeExtractor
    analyzer: FakeAnalyzer
    mail: FakeChannel
    chat: FakeChannel
    ballast: FakeBallast
    backups: FakeBackups
    path: Path
    seen: list[Event] = field(default_factory=list)

    async def add_feed(self, name: str = "one", titles: tuple[str, ...] = ()) -> str:
        """Add a feed that shows these titles."""
        url = f"https://{name}.example"
        self.show(url, *titles)
        await self.parts.store.write(lambda tx: tx.feeds.add(FeedSpec(url, name), self.clock()))
        return url

    def show(self, url: str, *titles: str) -> None:
        """Let the feed show these titles from now on."""
        self.fetcher.answers[url] = bodies(titles)

    async def pass_time(self, by: timedelta = timedelta(hours=1)) -> None:
        """Let time pass, then do everything that is due."""
        self.clock.advance(by)
        await self.settle()

    async def settle(self) -> None:
        """Do what is due until nothing is."""
        bus = Bus({kind: self._note(row.serial) for kind, row in HANDLERS.items()})
        while events := await look(self.parts):
            bus.emit(events)
            await bus.drain()

    async def handle(self, event: Event) -> list[Event]:
        """Let one fact be handled, and nothing that follows from it."""
        return list(await HANDLERS[type(event)].handle(self.parts, event))

    async def preview(self, plan: DigestPlan, day: str | None) -> DigestInput:
        """What a digest of this date, or of now, would tell."""
        now, labels = self.clock(), self.parts.labels()
        _, made = await self.parts.store.read(lambda tx: preview_digest(tx, plan, day, now, labels))
        return made

    async def forget_texts(self) -> None:
        """As after the retention time: titles and texts are gone, and what was found in them."""
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("UPDATE revision SET title = '', text = ''")
            database.execute("DELETE FROM signals")

    def change(self, **rules: object) -> None:
        """Change the rules."""
        self.parts = replace(self.parts, rules=replace(self.parts.rules, **rules))  # type: ignore[arg-type]

    async def feed(self, url: str) -> Feed:
        found = await self.parts.store.read(lambda tx: tx.feeds.find(url))
        assert found is not None
        return found

    async def outbox(self) -> tuple[OutboxRow, ...]:
        """All rows, oldest first."""
        return (await self.parts.store.read(lambda tx: tx.outbox.list()))[::-1]

    async def count(self, name: str) -> int:
        totals = await self.parts.store.read(lambda tx: tx.counters.total(START))
        return totals.get(name, 0)

    def _note(self, serial: bool) -> Subscription:
        async def run(event: Event) -> list[Event]:
            self.seen.append(event)
            return list(await handle(self.parts, event))

        return Subscription(run, serial)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock(START)
    store: SqliteStore = open_store(tmp_path / "monitor.sqlite", now=START)
    fetcher, parser, extractor = FakeFetcher(), FakeParser(), FakeExtractor()
    analyzer = FakeAnalyzer()
    mail, chat = FakeChannel(), FakeChannel()
    ballast, backups = FakeBallast(), FakeBackups()
    rules = Rules(
        interval=timedelta(minutes=15),
        max_interval=timedelta(minutes=15),
        routes=(Route(("mail",)),),
        digests=(DigestPlan("daily", 7, 0, "Europe/Berlin", ("chat",)),),
        language="en",
        timezone="Europe/Berlin",
    )
    parts = Parts(
        store=store,
        fetcher=fetcher,
        parser=parser,
        extractor=extractor,
        analyzer=analyzer,
        encoder=None,
        channels={"mail": mail, "chat": chat},
        ballast=ballast,
        backups=backups,
        topics=(OVERBUILD,),
        likeness=load_likeness(),
        actors=frozenset({"NVIDIA"}),
        rules=rules,
        clock=clock,
        jitter=lambda: 0.0,
        pause=clock.pause,
    )
    await store.write(lambda tx: begin_digests(tx, rules.digests, START))
    await store.write(lambda tx: tx.notes.set(INSTALLATION, "test"))
    path = tmp_path / "monitor.sqlite"
    yield World(
        parts, clock, fetcher, parser, extractor, analyzer, mail, chat, ballast, backups, path
    )
    await store.close()
