"""What the handlers work with: the neighbours, the rules, and the little that lives in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from monitor.core.classifier import Topic
from monitor.core.delivery import ChannelRules
from monitor.core.events import Event
from monitor.core.feed import Timing
from monitor.core.likeness import Likeness
from monitor.core.model import DigestPlan, Route
from monitor.core.nearest import Exemplar
from monitor.core.rhythm import make_pace
from monitor.pipeline.expected import Expected
from monitor.pipeline.lanes import Lanes
from monitor.ports import (
    Analyzer,
    Backups,
    Ballast,
    Channel,
    Clock,
    Encoder,
    Extractor,
    Fetcher,
    Parser,
    Store,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration asks of the pipeline.

    `interval` and `max_interval` bound how often feeds are polled, `gap` lies between two requests
    to one host, but for hosts in `allow`, which are the operator's own.
    """

    interval: timedelta
    routes: tuple[Route, ...]
    digests: tuple[DigestPlan, ...]
    language: str
    timezone: str
    baseline: bool = True
    group_wait: timedelta = timedelta()
    cool_down: timedelta = timedelta()
    channels: Mapping[str, ChannelRules] = field(default_factory=dict)
    update_sources: int = 5
    allow: frozenset[str] = frozenset()
    keep: timedelta = timedelta(days=90)
    full_text: bool = True
    public_url: str | None = None
    max_interval: timedelta | None = None
    gap: timedelta = timedelta()

    def gap_of(self, host: str) -> timedelta:
        """The gap between two requests to this "host:port"."""
        return timedelta() if host in self.allow else self.gap

    def rules_of(self, channel: str) -> ChannelRules:
        """What was asked of a channel; the defaults for one that is no longer configured."""
        return self.channels.get(channel, ChannelRules())


class Space(Enum):
    """Room on the disk. LOW: the ballast is gone, only delivery goes on. NONE: nothing fits."""

    FREE = "free"
    LOW = "low"
    NONE = "none"


@dataclass(slots=True)
class Live:
    """What may be forgotten: who is busy now, and whether network and disk seem lost.

    `resting` feeds could not be settled (a bug) and are left alone until then; `resting_hosts` have
    asked for it (Retry-After). `answered_at` is when a server last answered a poll, `unreachable`
    are the hosts that could not be reached since. `claims` counts messages that were taken up;
    `reading` are hosts of which a page is being read, `read_after` those of which one could not be
    settled (a bug), so that none is until then.
    `kept_at` is the last housekeeping, and `backup_at` when a failed backup is tried again.
    `rescued`: the database took the place of a damaged one, so first fetches alert nobody.
    `expected` is what feeds and topics usually bring, None while it is not learned. `exemplars` are
    the encoded sentences of topics whose articles a person looked at, with the topic they are of.
    """

    polling: set[int] = field(default_factory=set)
    resting: dict[int, datetime] = field(default_factory=dict)
    resting_hosts: dict[str, datetime] = field(default_factory=dict)
    lanes: Lanes = field(default_factory=Lanes)
    answered_at: datetime | None = None
    unreachable: set[str] = field(default_factory=set)
    sending: set[str] = field(default_factory=set)
    claims: int = 0
    reading: set[str] = field(default_factory=set)
    read_after: dict[str, datetime] = field(default_factory=dict)
    network_lost: bool = False
    space: Space = Space.FREE
    kept_at: datetime | None = None
    backup_at: datetime | None = None
    stopping: bool = False
    rescued: bool = False
    expected: Expected | None = None
    exemplars: dict[str, tuple[Topic, tuple[Exemplar, ...]]] = field(default_factory=dict)

    def run_out(self) -> None:
        """Note that the disk is full; housekeeping comes next, everything else waits."""
        if self.space is Space.FREE:
            self.kept_at = None
        self.space = Space.NONE


async def pause(span: timedelta) -> None:
    """Let a span pass, while others go on."""
    await asyncio.sleep(span.total_seconds())


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a handler may touch; `app` makes it, tests make it of fakes.

    `jitter` gives a number in [0, 1). `pause` lets a span of the `clock` pass. `emit` is for facts
    that must not wait for the end of their handler. `encoder` None means verdicts without sentence
    vectors.
    `likeness` is what articles on one event have in common, `actors` are the concepts that can
    enter one.
    """

    store: Store
    fetcher: Fetcher
    parser: Parser
    extractor: Extractor
    analyzer: Analyzer
    encoder: Encoder | None
    channels: Mapping[str, Channel]
    ballast: Ballast
    backups: Backups
    topics: tuple[Topic, ...]
    likeness: Likeness
    actors: frozenset[str]
    rules: Rules
    clock: Clock
    jitter: Callable[[], float]
    pause: Callable[[timedelta], Awaitable[None]] = pause
    emit: Callable[[Iterable[Event]], None] = lambda _events: None
    live: Live = field(default_factory=Live)
    poll_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(64))
    large_feed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    large_page: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    def timing(self) -> Timing:
        """What a poll that ends now is settled with."""
        pace = make_pace(self.rules.interval, self.rules.max_interval)
        return Timing(self.clock(), pace, self.jitter())

    def lane(self, host: str) -> AbstractAsyncContextManager[None]:
        """Hold it while asking this "host:port" for something."""
        return self.live.lanes.enter(host, self.rules.gap_of(host), self.clock, self.pause)

    def labels(self, language: str | None = None) -> dict[str, str]:
        """The topics' names as a reader of the language (None: the configured one) calls them."""
        return {topic.name: topic.label(language or self.rules.language) for topic in self.topics}
