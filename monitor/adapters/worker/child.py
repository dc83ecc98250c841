"""Our end of one process: starting it, asking it, ending it."""

import contextlib
import multiprocessing
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

from monitor.adapters.worker.serving import say_in_one_line, serve
from monitor.errors import MonitorError, WorkerDied, WorkerError, WorkerTimeout

START_LIMIT = timedelta(seconds=60)
"""How long a child may take to start and to import what its call names."""

PRELOADED = (
    "monitor.adapters.parse.document",
    "trafilatura",
    "monitor.adapters.format",
    "monitor.adapters.notify.sender",
)
"""What the forkserver imports once, so that a child has it at once. Apprise loads its plugins,
over half a second, when our own channels are registered with it: so the sender, not `apprise`."""

SAFE_PATH = "PYTHONSAFEPATH"

_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload([serve.__module__, *PRELOADED])
_STARTING = threading.Lock()


class Child:
    """One process and our end of its pipe; `usable` until it was killed or has ended.

    `ask` blocks and belongs in a thread; meanwhile only `kill` may be called from another.
    """

    def __init__(self, name: str, memory: int | None, work: int | None) -> None:
        self.usable = True
        self._work_left = work
        self._pipe, self._far_end = multiprocessing.Pipe()
        self._process = _FORKSERVER.Process(
            target=serve, args=(self._far_end, memory), name=name, daemon=True
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
            raise self._died(say_in_one_line(broken)) from broken
        self._count_down(work)
        if error is not None:
            raise error
        return answer

    def is_alive(self) -> bool:
        """Whether it can take another call; it was asked before."""
        return not _is_readable(self._process.sentinel, 0)

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
        with _STARTING, _from_nowhere():
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
            return f"not started, {say_in_one_line(broken)}"
        self._process.join(1.0)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended without an answer, exit code {code}"

    def _died(self, reason: str) -> WorkerDied:
        self.end()
        return WorkerDied(f"{self._process.name}: {reason}")

    def _wait(self, seconds: float) -> None:
        if not _is_readable(self._pipe.fileno(), seconds):
            self.end()
            raise WorkerTimeout(f"{self._process.name}: killed after {seconds:g} s")

    def _count_down(self, work: int) -> None:
        if self._work_left is not None:
            self._work_left -= work
            if self._work_left <= 0:
                self.end()


def _is_readable(file: int, seconds: float) -> bool:
    """Wait for something to read, or for the other end to close; `multiprocessing` takes longer."""
    watch = select.poll()
    watch.register(file, select.POLLIN)
    return bool(watch.poll(seconds * 1000))


@contextlib.contextmanager
def _from_nowhere() -> Iterator[None]:
    """Let a child begin with neither the caller's script nor the folder it was called in.

    It would run the script again only to have it as `__mp_main__`. The forkserver begins as
    `python -c`, for which a `feedparser.py` in the current folder would be the library.
    """
    main, safe = sys.modules["__main__"], os.environ.get(SAFE_PATH)
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        os.environ.pop(SAFE_PATH)
        os.environ.update({SAFE_PATH: safe} if safe else {})
