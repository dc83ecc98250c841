"""Keeps an archive that was read for the sliders: the first answer takes seconds, then moments."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.app import App
from monitor.app.backtest import Rehearsal, open_rehearsal
from monitor.core.classifier import Topic
from monitor.queries.backtest import Backtest

DAYS = 30
"""How far a slider looks back, as `monitor backtest` does."""

FRESH = timedelta(minutes=5)
WORTH = 100
"""What was read stands for what there is a hundred times as long as the reading took, but at most
five minutes: a young archive is read in no time, and has grown by the next question."""


@dataclass(frozen=True, slots=True)
class _Held:
    rehearsal: Rehearsal
    topics: tuple[Topic, ...]
    read_at: datetime
    fresh: timedelta

    def stands(self, topics: tuple[Topic, ...], now: datetime) -> bool:
        return self.topics is topics and timedelta() <= now - self.read_at < self.fresh


@dataclass(slots=True)
class Rehearsals:
    """One archive at a time: that of the last `DAYS`, judged by the topics in force."""

    app: App
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _held: _Held | None = None

    async def ask(self, topic: str, threshold: float) -> Backtest:
        """What a topic would have told at this threshold; one question after the other."""
        async with self._lock:
            rehearsal = await self._open()
            return await rehearsal.ask({topic: threshold}, topic)

    async def _open(self) -> Rehearsal:
        now, topics = self.app.parts.clock(), self.app.parts.topics
        if self._held is not None and self._held.stands(topics, now):
            return self._held.rehearsal
        began = time.monotonic()
        rehearsal = await open_rehearsal(self.app, DAYS)
        took = timedelta(seconds=time.monotonic() - began)
        self._held = _Held(rehearsal, topics, now, min(took * WORTH, FRESH))
        return rehearsal
