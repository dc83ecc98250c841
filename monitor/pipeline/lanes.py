"""A lane for each host: few at a time, begun a gap apart, and no host in another's way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

PER_HOST = 2
"""Requests to one host at a time."""

FORGOTTEN_AT_ONCE = 2
"""Idle lanes that each request forgets: more than it can add."""


@dataclass(slots=True)
class Lane:
    """`begin_at` is when the next request may begin; `users` wait or run."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PER_HOST))
    begin_at: datetime | None = None
    users: int = 0

    def wait(self, gap: timedelta, now: datetime) -> timedelta:
        """How long to wait; never longer than it takes, whatever a clock has done since."""
        left = (self.begin_at or now) - now
        return min(max(left, timedelta()), PER_HOST * gap)


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes in use, and those whose gap has not passed; the one entered last comes last."""

    by_host: dict[str, Lane] = field(default_factory=dict)

    @asynccontextmanager
    async def enter(
        self,
        host: str,
        gap: timedelta,
        clock: Callable[[], datetime],
        pause: Callable[[timedelta], Awaitable[None]],
    ) -> AsyncIterator[None]:
        """Be one of the few who ask `host` now, begun at least `gap` after the one before."""
        lane = self.by_host[host] = self.by_host.pop(host, Lane())
        lane.users += 1
        try:
            async with lane.places:
                if wait := lane.wait(gap, clock()):
                    lane.begin_at = clock() + wait + gap
                    await pause(wait)
                else:
                    lane.begin_at = clock() + gap
                yield
        finally:
            lane.users -= 1
            self._drop_idle(clock())

    def _drop_idle(self, now: datetime) -> None:
        """Forget the oldest ones, or there would be one for every host ever asked."""
        for host, lane in list(islice(self.by_host.items(), FORGOTTEN_AT_ONCE)):
            if lane.users or (lane.begin_at and lane.begin_at > now):
                return
            del self.by_host[host]
