"""The assembled program: starts, ticks, and takes over what changes while it runs."""

import dataclasses
import logging
import secrets
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import partial

from monitor.adapters.nlp import SpacyAnalyzer
from monitor.app.parts import (
    check_but_channels,
    check_channels,
    make_channels,
    make_encoder,
    make_fetcher,
    make_rules,
)
from monitor.app.pulse import Pulse
from monitor.app.workers import Workers
from monitor.bus import Bus, Subscription
from monitor.chosen import choose_concepts, choose_topics
from monitor.config import Settings
from monitor.core.events import AlertQueued, Event, FeedsDue, PageDue
from monitor.core.model import REPLACED, Document
from monitor.errors import StoreFull, WorkerError
from monitor.pipeline import (
    HANDLERS,
    INSTALLATION,
    VOTE_KEY,
    Parts,
    Row,
    begin_digests,
    look,
    recover_in_flight,
)
from monitor.pipeline import handle as handle_event
from monitor.pipeline.assign import index_stories
from monitor.pipeline.housekeeping import index_articles
from monitor.ports import Transaction
from monitor.store import DailyBackups

log = logging.getLogger(__name__)

PASSES = 20
"""Rounds of one cycle: each goes on with what the last one caused; the flow has six rows."""


class App:
    """The assembled program. `parts` is replaced whole when the configuration is read again.

    `pulse` is what its daemon notes of itself.
    """

    def __init__(
        self, settings: Settings, parts: Parts, workers: Workers, stack: AsyncExitStack
    ) -> None:
        self.settings = settings
        self.bus = Bus({kind: self._subscribe(row) for kind, row in HANDLERS.items()})
        self.parts = dataclasses.replace(parts, emit=self.bus.emit)
        self.pulse = Pulse()
        self.started_at = parts.clock()
        self._mark: str | None = None
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

    async def check_channels(self) -> None:
        """Raise `ConfigError` for an address that no channel can be made of."""
        await check_channels(self.settings, self._workers.sender)

    async def warm_up(self) -> None:
        """Let analyser and encoder load what they need before the first article waits for them."""
        try:
            await self.parts.analyzer.analyze([Document("", "")])
            if self.parts.encoder is not None:
                await self.parts.encoder.encode([""])
        except WorkerError as error:
            log.warning("not ready before the first article: %s", error)

    async def tick(self) -> None:
        """Emit every fact that waits, after a look at which topics there are."""
        await self.refresh_topics()
        self.bus.emit(await look(self.parts))

    async def run_cycle(self) -> None:
        """Poll all due feeds once, then classify, assign and deliver until nothing is due.

        Pages that waited from the cycle before are read beside the polls; nobody waits for others.
        """
        await self.tick()
        await self.bus.drain()
        for _ in range(PASSES):
            waiting: list[Event] = [
                e for e in await look(self.parts) if not isinstance(e, FeedsDue | PageDue)
            ]
            if not waiting:
                break
            self.bus.emit(waiting)
            await self.bus.drain()
        await index_articles(self.parts)

    async def deliver(self) -> None:
        """Send what is due, once, and nothing else."""
        self.bus.emit([AlertQueued(0)])
        await self.bus.drain()

    async def reload(self, settings: Settings) -> None:
        """Go on with other settings; what runs ends with the old ones. Raise `ConfigError`."""
        check_but_channels(settings)
        await check_channels(settings, self._workers.sender)
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

    async def refresh_topics(self) -> None:
        """Take over topics that were added, removed or learned since, by command."""
        mark = await self.parts.store.read(lambda tx: tx.topics.mark())
        if mark == self._mark:
            return
        topics = await self.parts.store.read(lambda tx: choose_topics(tx, self.settings))
        # Where no keyword changed the worker knows the table already: it goes by its content.
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
        if tx.notes.get(VOTE_KEY) is None:
            tx.notes.set(VOTE_KEY, secrets.token_hex(32))
        self.parts.live.rescued = tx.notes.get(REPLACED) is not None

    def _subscribe(self, row: Row) -> Subscription:
        async def handle(event: Event) -> Iterable[Event]:
            return await handle_event(self.parts, event)

        return Subscription(handle, row.serial)
