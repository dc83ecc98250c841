"""Killable processes: work that may hang, crash or eat memory is done in one.

All children come from one forkserver, an almost empty process that has imported the slow
libraries once. They inherit no signal handler, lock or file of this process, and one is ready in
milliseconds. A child answers one pickled call after another until its pipe closes: `child` is our
end of that, `serving` its own.

A deadline counts from the moment the child has the unpickled call in hand: starting a process and
importing the function's module do not count, they have an allowance of their own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from monitor.adapters.worker.child import PRELOADED, START_LIMIT, Child
from monitor.errors import WorkerDied

__all__ = ["PRELOADED", "START_LIMIT", "FreshWorker", "Worker"]

T = TypeVar("T")


class Worker:
    """Up to `size` long-lived processes, each started when first needed.

    A process is replaced when it has died, was killed, raised something unexpected, or has done as
    much `work` as `recycle_after`. `memory` bounds the address space of each, in bytes.
    """

    def __init__(
        self,
        name: str,
        *,
        memory: int | None = None,
        size: int = 1,
        recycle_after: int | None = None,
    ) -> None:
        self._name = name
        self._memory = memory
        self._recycle_after = recycle_after
        self._places = asyncio.Semaphore(size)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        """Run a module-level function in a process; cancelling the task kills that process.

        `work` is what the call counts for until the process is replaced.
        Raise the `MonitorError` that the function raised, `WorkerTimeout` when it passed its
        deadline and was killed, `WorkerDied` when it ended or raised anything else.
        """
        async with self._places:
            if self._closed:
                raise WorkerDied(f"{self._name}: closed")
            child = self._take()
            self._busy.add(child)
            try:
                answer: T = await self._ask(child, (function, args), deadline, work)
                return answer
            finally:
                self._busy.discard(child)
                if child.usable:
                    self._idle.append(child)

    async def close(self) -> None:
        """Kill all processes and wait for their end; calls under way raise `WorkerDied`."""
        self._closed = True
        for child in (*self._busy, *self._idle):
            child.kill()
        await asyncio.gather(*(asyncio.to_thread(child.end) for child in self._idle))
        self._idle.clear()
        await asyncio.to_thread(self._threads.shutdown)

    def _take(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.is_alive():
                return child
            child.end()
        return Child(self._name, self._memory, self._recycle_after)

    async def _ask(self, child: Child, call: object, deadline: timedelta, work: int) -> Any:
        loop = asyncio.get_running_loop()
        seconds = deadline.total_seconds()
        answer = loop.run_in_executor(self._threads, child.ask, call, seconds, work)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            child.kill()
            await asyncio.gather(answer, return_exceptions=True)
            raise


class FreshWorker:
    """The same call, each in a process of its own, at most `size` at a time."""

    def __init__(self, name: str, *, memory: int | None = None, size: int = 4) -> None:
        self._worker = Worker(name, memory=memory, size=size, recycle_after=1)

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        """As `Worker.call`; whatever its work, the process serves one call."""
        return await self._worker.call(function, *args, deadline=deadline, work=work)

    async def close(self) -> None:
        """As `Worker.close`."""
        await self._worker.close()
