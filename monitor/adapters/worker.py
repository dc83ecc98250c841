"""Killable processes: work that may hang, crash or eat memory is done in one.

All children come from one forkserver, an almost empty process that has imported the slow
libraries once. They inherit no signal handler, lock or file of this process, and one is ready in
milliseconds. A child answers one pickled call after another until its pipe closes.

A deadline counts from the moment the child has the unpickled call in hand: starting a process and
importing the function's module do not count, they have an allowance of their own.
"""

import asyncio
import contextlib
import fcntl
import logging
import multiprocessing
import os
import pickle
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, TypeVar

from monitor.errors import MonitorError, WorkerDied, WorkerError, WorkerTimeout

T = TypeVar("T")

START_LIMIT = timedelta(seconds=60)
"""How long a child may take to start and to import what its call names."""

PRELOADED = ("lxml.html", "feedparser", "trafilatura", "monitor.adapters.notify.sender")
"""What the forkserver imports once, so that a child has it at once. Apprise loads its plugins,
over half a second, when our own channels are registered with it: so the sender, not `apprise`."""

_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload([__name__, *PRELOADED])
_STARTING = threading.Lock()


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
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
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

    def _take(self) -> "_Child":
        while self._idle:
            child = self._idle.pop()
            if child.is_alive():
                return child
            child.end()
        return _Child(self._name, self._memory, self._recycle_after)

    async def _ask(self, child: "_Child", call: object, deadline: timedelta, work: int) -> Any:
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


class _Child:
    """One process and our end of its pipe; `usable` until it was killed or has ended.

    `ask` blocks and belongs in a thread; meanwhile only `kill` may be called from another.
    """

    def __init__(self, name: str, memory: int | None, work: int | None) -> None:
        self.usable = True
        self._work_left = work
        self._pipe, self._far_end = multiprocessing.Pipe()
        self._process = _FORKSERVER.Process(
            target=_serve, args=(self._far_end, memory), name=name, daemon=True
        )

    def ask(self, call: object, seconds: float, work: int) -> Any:
        """Block until the answer; after any error but the function's own the process is gone."""
        try:
            self._start()
            answer, error = self._exchange(call, seconds)
        except (EOFError, OSError) as broken:
            raise self._died(self._last_words(broken)) from broken
        except WorkerError:
            raise
        # What pickle raises for our call or for an answer has no narrower type.
        except Exception as broken:
            raise self._died(_in_one_line(broken)) from broken
        self._count_down(work)
        if error is not None:
            raise error
        return answer

    def is_alive(self) -> bool:
        """Whether it can take another call."""
        return self._process.is_alive()

    def kill(self) -> None:
        """Stop the work at once, also before it has begun."""
        self.usable = False
        # A closed Process has ended by itself, which is all we want.
        with contextlib.suppress(ValueError):
            if self._process.pid is not None:
                self._process.kill()

    def end(self) -> None:
        """Kill it, wait until it is gone and let go of its files."""
        self.kill()
        if self._process.pid is not None:
            self._process.join()
        self._pipe.close()
        self._far_end.close()
        self._process.close()

    def _start(self) -> None:
        if self._process.pid is not None:
            return
        with _STARTING, _without_main():
            self._process.start()
        self._far_end.close()
        if not self.usable:
            raise self._died("killed before it began")

    def _exchange(self, call: object, seconds: float) -> tuple[Any, MonitorError | None]:
        self._pipe.send(call)
        self._wait(START_LIMIT.total_seconds())
        self._pipe.recv_bytes()
        self._wait(seconds)
        answer, error, accident = self._pipe.recv()
        if accident:
            raise self._died(accident)
        return answer, error

    def _last_words(self, broken: Exception) -> str:
        if self._process.pid is None:
            return f"not started, {_in_one_line(broken)}"
        self._process.join(1.0)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended without an answer, exit code {code}"

    def _died(self, reason: str) -> WorkerDied:
        self.end()
        return WorkerDied(f"{self._process.name}: {reason}")

    def _wait(self, seconds: float) -> None:
        if not self._pipe.poll(seconds):
            self.end()
            raise WorkerTimeout(f"{self._process.name}: killed after {seconds:g} s")

    def _count_down(self, work: int) -> None:
        if self._work_left is not None:
            self._work_left -= work
            if self._work_left <= 0:
                self.end()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the caller's script: a child would run it again only to have it as `__mp_main__`."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(pipe: Connection, memory: int | None) -> None:
    """The life of a child: unpickle a call, say so, answer it, until the pipe closes."""
    _confine(memory)
    with contextlib.suppress(EOFError):
        while _answer(pipe, pipe.recv_bytes()):
            pass


def _answer(pipe: Connection, call: bytes) -> bool:
    """Send (result, the function's own error, an accident in one line); False after an accident."""
    try:
        function, args = _unpickle(pipe, call)
        pipe.send((function(*args), None, ""))
    except MonitorError as error:
        pipe.send((None, error, ""))
    # An accident of any kind is told to the parent, which then replaces this process.
    except Exception as accident:  # noqa: BLE001
        pipe.send((None, None, _in_one_line(accident)))
        return False
    return True


def _unpickle(pipe: Connection, call: bytes) -> tuple[Callable[..., object], tuple[object, ...]]:
    try:
        function, args = pickle.loads(call)  # noqa: S301 - written by our parent
    finally:
        pipe.send_bytes(b"")  # the deadline runs from here
    return function, args


def _confine(memory: int | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Libraries complain of hostile input; what matters of it goes back as value or error.
    logging.getLogger().addHandler(logging.NullHandler())
    _die_with_parent()


def _die_with_parent() -> None:
    """Let the kernel end this process with its parent, even inside a long call of C code.

    Our parent for the kernel is the forkserver, so PR_SET_PDEATHSIG would watch the wrong one.
    The start-up pipe closes when the real parent dies: SIGIO, which kills by default.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([parent.sentinel], [], [], 0)[0]:
        sys.exit()


def _in_one_line(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip().replace("\n", " ")[:200]
