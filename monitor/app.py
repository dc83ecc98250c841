"""The composition root: settings become adapters, store, pipeline and bus. The clock is read here.

`open_app` builds everything and closes it again; `replace` lets tests put their own parts in.
"""

import asyncio
import dataclasses
import logging
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor import __version__
from monitor.adapters.encoder import SentenceEncoder, encoder_available
from monitor.adapters.extract import ArticleExtractor
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.format import MessageFormatter
from monitor.adapters.net import AddressGuard
from monitor.adapters.nlp import RECYCLE_AFTER, SpacyAnalyzer
from monitor.adapters.notify import AppriseChannel, check_channel_url
from monitor.adapters.opml import read_opml, write_opml
from monitor.adapters.parse import MEMORY, FeedParser
from monitor.adapters.worker import FreshWorker, Worker
from monitor.bus import Bus, Subscription
from monitor.chosen import (
    check_names,
    choose_concepts,
    choose_names,
    choose_topics,
    name_topics,
)
from monitor.config import Settings, check_channels
from monitor.core.events import AlertQueued, Event, FeedsDue
from monitor.errors import ConfigError, StoreFull
from monitor.pipeline import (
    HANDLERS,
    INSTALLATION,
    Live,
    Parts,
    Row,
    Rules,
    begin_digests,
    look,
    recover_in_flight,
)
from monitor.pipeline import handle as handle_event
from monitor.pipeline.assign import index_stories
from monitor.pipeline.correct import merge_by_hand, split_by_hand
from monitor.pipeline.digest import note_extra, note_made, preview_digest, queue_digest
from monitor.pipeline.notices import REPLACED
from monitor.pipeline.silences import add_silence
from monitor.ports import Channel, Clock, Encoder, Transaction
from monitor.store import (
    Ballast,
    DailyBackups,
    SqliteStore,
    back_up,
    check,
    open_store,
    rescue,
    restore,
)
from monitor.topics import load_concepts, load_likeness

__all__ = [
    "App",
    "Ballast",
    "DailyBackups",
    "Live",
    "MessageFormatter",
    "Reader",
    "add_silence",
    "back_up",
    "check",
    "check_settings",
    "choose_concepts",
    "choose_names",
    "choose_topics",
    "encoder_available",
    "merge_by_hand",
    "name_topics",
    "note_extra",
    "note_made",
    "open_app",
    "open_channels",
    "open_reader",
    "open_store",
    "preview_digest",
    "queue_digest",
    "read_clock",
    "read_opml",
    "restore",
    "split_by_hand",
    "wait_for_room",
    "write_opml",
]

log = logging.getLogger(__name__)

USER_AGENT = f"monitor/{__version__} (news feed monitor)"
PARSER_CALLS = 200
"""Documents after which a parser is replaced: a large feed leaves it larger for good."""

SENDERS = 64
"""Messages on their way at once. A channel sends one at a time, so this is more than enough for
every channel anybody has, and one that hangs keeps no other waiting (E2). An idle place costs
nothing."""

THREADS = 32
"""For DNS look-ups and inflating: with few, a hanging resolver would stop all polls (C11)."""

ROOM_GLANCE = 1.0
"""Seconds between two looks whether a full disk has room again."""

PASSES = 20
"""Rounds of one cycle: each goes on with what the last one caused; the flow has six rows."""


def read_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that slow and dangerous work is done in."""

    analyser: Worker
    parser: Worker
    sender: FreshWorker

    async def close(self) -> None:
        """End all of them."""
        for worker in (self.analyser, self.parser, self.sender):
            await worker.close()


def start_workers() -> Workers:
    """Make the workers; each process starts with its first call."""
    return Workers(
        Worker("analyser", recycle_after=RECYCLE_AFTER),
        Worker("parser", memory=MEMORY, size=2, recycle_after=PARSER_CALLS),
        FreshWorker("sender", size=SENDERS),
    )


class App:
    """The assembled program. `parts` is replaced whole when the configuration is read again."""

    def __init__(
        self, settings: Settings, parts: Parts, workers: Workers, stack: AsyncExitStack
    ) -> None:
        self.settings = settings
        self.parts = parts
        self._mark: str | None = None
        self.bus = Bus({kind: self._subscribe(row) for kind, row in HANDLERS.items()})
        self._workers = workers
        self._stack = stack

    async def start(self) -> None:
        """Bring the database in line with the configuration and with what a kill left behind."""
        try:
            await self.parts.store.write(partial(self._sync, self.settings))
        except StoreFull:
            log.warning("the disk is full; using the room kept for that")
            self.parts.ballast.release()
            self.parts.live.run_out()
            await self.parts.store.write(partial(self._sync, self.settings))
        self._mark = await self.parts.store.read(lambda tx: tx.topics.mark())
        cut_off = await recover_in_flight(self.parts)
        if cut_off:
            log.warning("%d messages were cut off by the last stop; they are sent again", cut_off)

    async def tick(self) -> None:
        """Emit every fact that waits, after a look at which topics there are."""
        await self._refresh_topics()
        self.bus.emit(await look(self.parts))

    async def run_cycle(self) -> None:
        """Poll all due feeds once, then classify, assign and deliver until nothing is due."""
        await self.tick()
        await self.bus.drain()
        for _ in range(PASSES):
            waiting: list[Event] = [
                e for e in await look(self.parts) if not isinstance(e, FeedsDue)
            ]
            if not waiting:
                return
            self.bus.emit(waiting)
            await self.bus.drain()

    async def deliver(self) -> None:
        """Send what is due, once, and nothing else."""
        self.bus.emit([AlertQueued(0)])
        await self.bus.drain()

    async def reload(self, settings: Settings) -> None:
        """Go on with other settings; what runs ends with the old ones. Raise `ConfigError`."""
        check_settings(settings)
        if settings.storage.path != self.settings.storage.path:
            log.warning("[storage] path changes only at the next start")
        # The old fetcher may still be in use, so it is closed at the end with everything else.
        fetcher = make_fetcher(settings, self.parts.clock)
        self._stack.push_async_callback(fetcher.close)
        parts = dataclasses.replace(
            self.parts,
            fetcher=fetcher,
            channels=make_channels(settings, self._workers.sender),
            topics=await self.parts.store.read(lambda tx: choose_topics(tx, settings)),
            encoder=make_encoder(settings, self._workers.analyser),
            backups=DailyBackups(self.settings.storage.path, settings.storage.backups),
            rules=make_rules(settings),
        )
        await self.parts.store.write(partial(self._sync, settings))
        self.parts, self.settings = parts, settings

    async def _refresh_topics(self) -> None:
        """Take over topics that were added, removed or learned since, by command."""
        mark = await self.parts.store.read(lambda tx: tx.topics.mark())
        if mark == self._mark:
            return
        topics = await self.parts.store.read(lambda tx: choose_topics(tx, self.settings))
        analyzer = self.parts.analyzer
        if choose_concepts(topics) != choose_concepts(self.parts.topics):
            analyzer = SpacyAnalyzer(self._workers.analyser, choose_concepts(topics))
        self.parts = dataclasses.replace(self.parts, topics=topics, analyzer=analyzer)
        self._mark = mark
        log.info("looking for %s", ", ".join(f"{t.name} ({t.version})" for t in topics))

    def _sync(self, settings: Settings, tx: Transaction) -> None:
        now = self.parts.clock()
        tx.feeds.sync(settings.feeds, now)
        tx.outbox.release(now)
        begin_digests(tx, settings.digests, now)
        index_stories(self.parts, tx)
        if tx.notes.get(INSTALLATION) is None:
            tx.notes.set(INSTALLATION, secrets.token_hex(4))
        self.parts.live.rescued = tx.notes.get(REPLACED) is not None

    def _subscribe(self, row: Row) -> Subscription:
        async def handle(event: Event) -> Iterable[Event]:
            return await handle_event(self.parts, event)

        return Subscription(handle, row.serial)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = read_clock,
    replace: Callable[[Parts], Parts] = lambda parts: parts,
) -> AsyncIterator[App]:
    """Build the program and close it again. Raise `ConfigError` or `StoreError`."""
    check_settings(settings)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    async with AsyncExitStack() as stack:
        workers = start_workers()
        stack.push_async_callback(workers.close)
        store = open_sound_store(settings.storage.path, clock())
        stack.push_async_callback(store.close)
        fetcher = make_fetcher(settings, clock)
        stack.push_async_callback(fetcher.close)
        topics = await store.read(lambda tx: choose_topics(tx, settings))
        parts = Parts(
            store=store,
            fetcher=fetcher,
            parser=FeedParser(workers.parser),
            analyzer=SpacyAnalyzer(workers.analyser, choose_concepts(topics)),
            encoder=make_encoder(settings, workers.analyser),
            channels=make_channels(settings, workers.sender),
            ballast=Ballast(settings.storage.path),
            backups=DailyBackups(settings.storage.path, settings.storage.backups),
            topics=topics,
            likeness=load_likeness(),
            actors=load_concepts().actors,
            rules=make_rules(settings),
            clock=clock,
            jitter=random.random,
        )
        yield App(settings, replace(parts), workers, stack)


def open_sound_store(path: Path, now: datetime) -> SqliteStore:
    """Open the database; replace a damaged one first, and where the disk is full use the ballast.

    Raise `StoreError`.
    """
    try:
        replaced = rescue(path, now=now)
        if replaced:
            log.error("the database was damaged; it is kept as %s", replaced)
        return open_store(path, now=now)
    except StoreFull:
        if not Ballast(path).is_held():
            raise
        log.warning("the disk is full; using the room kept for that")
        Ballast(path).release()
        return open_store(path, now=now)


def wait_for_room(settings: Settings) -> None:
    """Return when the disk has room to begin with, which the ballast then holds."""
    ballast = Ballast(settings.storage.path)
    while not ballast.reserve():
        time.sleep(ROOM_GLANCE)


@dataclass(frozen=True, slots=True)
class Reader:
    """What trying a single address needs: a fetcher, a parser, an extractor."""

    fetcher: HttpFetcher
    parser: FeedParser
    extractor: ArticleExtractor


@asynccontextmanager
async def open_reader(settings: Settings) -> AsyncIterator[Reader]:
    """Fetch and parse as the daemon would, without a store."""
    worker, extractor = Worker("parser", memory=MEMORY), FreshWorker("extractor")
    fetcher = make_fetcher(settings, read_clock)
    try:
        yield Reader(fetcher, FeedParser(worker), ArticleExtractor(extractor))
    finally:
        await fetcher.close()
        await worker.close()
        await extractor.close()


@asynccontextmanager
async def open_channels(settings: Settings) -> AsyncIterator[dict[str, Channel]]:
    """The channels alone, for a test message. Raise `ConfigError`."""
    check_settings(settings)
    sender = FreshWorker("sender")
    try:
        yield make_channels(settings, sender)
    finally:
        await sender.close()


# --- settings become parts ------------------------------------------------------------------------


def check_settings(settings: Settings) -> None:
    """Check what only the adapters know: topics, channel addresses, the encoder.

    Raise `ConfigError`.
    """
    check_names(settings)
    check_channels(settings, check_channel_url)
    database, source = settings.storage.path, settings.source
    if not database.parent.is_dir() or database.is_dir():
        text = f"{database} cannot be a database; name a file in a folder that exists"
        raise ConfigError(source.say(("storage", "path"), text))
    if settings.classifier.encoder == "on" and not encoder_available():
        raise ConfigError(
            f'{settings.source.path}: encoder = "on" needs the semantic extra;'
            ' install monitor[semantic], or write encoder = "auto"'
        )


def make_fetcher(settings: Settings, clock: Clock) -> HttpFetcher:
    """The one way out for addresses that feeds name."""
    return HttpFetcher(AddressGuard(settings.polling.allow), user_agent=USER_AGENT, clock=clock)


def make_channels(settings: Settings, sender: FreshWorker) -> dict[str, Channel]:
    """One channel per name; each send runs in a process of its own."""
    formatter = MessageFormatter()
    return {
        name: AppriseChannel(
            name, channel.url.get_secret_value(), sender, formatter, root=settings.folder
        )
        for name, channel in settings.channels.items()
    }


def make_encoder(settings: Settings, analyser: Worker) -> Encoder | None:
    """The sentence encoder in the analyser's process, where it is wanted and installed."""
    wanted = settings.classifier.encoder != "off" and encoder_available()
    return SentenceEncoder(analyser) if wanted else None


def make_rules(settings: Settings) -> Rules:
    """What the configuration asks of the pipeline."""
    return Rules(
        interval=settings.polling.interval,
        routes=settings.routes,
        digests=settings.digests,
        language=settings.language,
        timezone=settings.timezone,
        baseline=settings.alerts.baseline,
        group_wait=settings.alerts.group_wait,
        cool_down=settings.alerts.cool_down,
        channels={name: settings.rules_of(name) for name in settings.channels},
        update_sources=settings.alerts.update_sources,
        allow=frozenset(settings.polling.allow),
        public_url=settings.web.public_url,
        keep=settings.storage.keep,
    )
