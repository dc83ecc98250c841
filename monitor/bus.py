"""The in-process event bus: queues facts, hands them to their handler, isolates failures.

A handler that fails loses its event and nothing else: the truth is in the database, and the
next tick emits the fact again from there (`pipeline.look`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from monitor.core.events import Event
from monitor.errors import MonitorError

log = logging.getLogger(__name__)

MOST_UNHEARD = 1_000
"""Facts that are kept for a listener who does not take them; then the newest are lost to it."""

Handle = Callable[[Event], Awaitable[Iterable[Event]]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler; with `serial` its events wait for one another, and equal ones become one."""

    handle: Handle
    serial: bool = True


class Bus:
    """Runs each emitted event's handler as a task of the running loop."""

    def __init__(self, subscriptions: Mapping[type[Event], Subscription]) -> None:
        self._subscriptions = subscriptions
        self._locks = {kind: asyncio.Lock() for kind in subscriptions}
        self._queued: set[Event] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: set[asyncio.Queue[Event]] = set()

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event]]:
        """Hear of every fact that is emitted within the block. Who is slow keeps nobody waiting."""
        facts = asyncio.Queue[Event](MOST_UNHEARD)
        self._listeners.add(facts)
        try:
            yield facts
        finally:
            self._listeners.discard(facts)

    def emit(self, events: Iterable[Event]) -> None:
        """Queue facts. Those without a handler are for whoever reads the log."""
        for event in events:
            log.debug("event %s", event)
            for facts in self._listeners:
                with suppress(asyncio.QueueFull):
                    facts.put_nowait(event)
            if type(event) in self._subscriptions and event not in self._queued:
                self._start(event)

    async def drain(self) -> None:
        """Wait until no event is queued or being handled, those emitted meanwhile included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, seconds: float) -> None:
        """Give running handlers so long to end, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, event: Event) -> None:
        subscription = self._subscriptions[type(event)]
        if subscription.serial:
            self._queued.add(event)
        task = asyncio.get_running_loop().create_task(self._run(event, subscription))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, event: Event, subscription: Subscription) -> None:
        if not subscription.serial:
            await self._handle(event, subscription)
            return
        async with self._locks[type(event)]:
            self._queued.discard(event)
            await self._handle(event, subscription)

    async def _handle(self, event: Event, subscription: Subscription) -> None:
        try:
            self.emit(await subscription.handle(event))
        except MonitorError as error:
            log.warning("%s: %s", type(event).__name__, error)
        except Exception:  # a bug in one handler must not stop the others; it is logged whole
            log.exception("handler of %s failed", type(event).__name__)
