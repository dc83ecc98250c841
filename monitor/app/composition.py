"""Puts everything together, or a few parts of it, and closes it again."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from monitor.adapters import extract, parse
from monitor.adapters.extract import ArticleExtractor
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.heap import limit_heaps
from monitor.adapters.nlp import SpacyAnalyzer
from monitor.adapters.parse import FeedParser
from monitor.adapters.worker import FreshWorker, Worker
from monitor.app.clock import read_clock
from monitor.app.database import open_sound_store
from monitor.app.parts import (
    check_but_channels,
    check_channels,
    make_channels,
    make_encoder,
    make_fetcher,
    make_rules,
)
from monitor.app.program import App
from monitor.app.workers import start_workers
from monitor.chosen import choose_concepts, choose_topics
from monitor.config import Settings
from monitor.pipeline import Parts
from monitor.ports import Channel, Clock
from monitor.store import Ballast, DailyBackups
from monitor.topics import load_concepts, load_likeness

THREADS = 32
"""For DNS look-ups and inflating: with few, a hanging resolver would stop all polls (C11)."""


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock = read_clock,
    replace: Callable[[Parts], Parts] = lambda parts: parts,
) -> AsyncIterator[App]:
    """Build the program and close it again. Raise `ConfigError` or `StoreError`.

    The channels' addresses are checked by `App.check_channels`, beside the start; here only where
    there is no database yet, so that a wrong file makes none.
    """
    check_but_channels(settings)
    limit_heaps()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    async with AsyncExitStack() as stack:
        workers = start_workers()
        stack.push_async_callback(workers.close)
        if not settings.storage.path.exists():
            await check_channels(settings, workers.sender)
        store = open_sound_store(settings.storage.path, clock())
        stack.push_async_callback(store.close)
        fetcher = make_fetcher(settings, clock)
        stack.push_async_callback(fetcher.close)
        topics = await store.read(lambda tx: choose_topics(tx, settings))
        parts = Parts(
            store=store,
            fetcher=fetcher,
            parser=FeedParser(workers.parser),
            extractor=ArticleExtractor(workers.extractor),
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


@dataclass(frozen=True, slots=True)
class Reader:
    """What trying a single address needs: a fetcher, a parser, an extractor."""

    fetcher: HttpFetcher
    parser: FeedParser
    extractor: ArticleExtractor


@asynccontextmanager
async def open_reader(settings: Settings) -> AsyncIterator[Reader]:
    """Fetch and parse as the daemon would, without a store."""
    worker = Worker("parser", memory=parse.MEMORY)
    extractor = FreshWorker("extractor", memory=extract.MEMORY)
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
    check_but_channels(settings)
    sender = FreshWorker("sender")
    try:
        await check_channels(settings, sender)
        yield make_channels(settings, sender)
    finally:
        await sender.close()
