"""Keeps an archive that was read for the sliders: the first answer takes seconds, then moments."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.app import App, Rehearsal, open_rehearsal
from monitor.core.classifier import Topic
from monitor.queries.backtest import Backtest

DAYS = 30
"""How far a slider looks back, as `monitor backtest` does."""

FRESH = timedelta(minutes=5)
"""So long the archive that was read stands for the one there is."""


@dataclass(slots=True)
class Rehearsals:
    """One archive at a time: that of the last `DAYS`, judged by the topics in force."""

    app: App
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _held: tuple[Rehearsal, datetime, tuple[Topic, ...]] | None = None

    async def ask(self, topic: str, threshold: float) -> Backtest:
        """What a topic would have told at this threshold; one question after the other."""
        async with self._lock:
            rehearsal = await self._open()
            return await rehearsal.ask({topic: threshold}, topic)

    async def _open(self) -> Rehearsal:
        now, topics = self.app.parts.clock(), self.app.parts.topics
        if self._held is not None:
            rehearsal, at, judged = self._held
            if judged is topics and timedelta() <= now - at < FRESH:
                return rehearsal
        rehearsal = await open_rehearsal(self.app, DAYS)
        self._held = rehearsal, now, topics
        return rehearsal
