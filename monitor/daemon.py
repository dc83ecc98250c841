"""The beat: ticks that look for what is due, signals, the one-instance lock, systemd.

APScheduler is a ticker only; what is due lives in the database. A tick emits facts and returns at
once, the bus does the work.
"""

import asyncio
import fcntl
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.app import FRESH, App
from monitor.config import Settings
from monitor.errors import AlreadyRunning, MonitorError, StoreUnusable

log = logging.getLogger(__name__)

TICK = 1
"""Seconds between two looks at what is due."""

GUARD = timedelta(seconds=10)
"""How often the ticker itself is looked after: clock jumps, watchdog."""

CLOCK_JUMP = timedelta(seconds=60)
"""Wall and monotonic time may drift apart by so much before the ticker is anchored anew."""

FINISH_SENDS = timedelta(seconds=10)
"""FAULTS A3: sends in flight get so long after a TERM; what then remains is sent again."""


class Beat(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """Fires every second counted from now, so that a clock that steps by years owes no beats.

    Its own IntervalTrigger counts them all: after a start in 1970 that is 1.7 billion.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """At once for the first time, then a second from now."""
        return now if previous is None else now + timedelta(seconds=TICK)


class Daemon:
    """Runs an `App` until a signal ends it. `load` re-reads the configuration on SIGHUP.

    `guard` is how often the ticker is looked after, `fresh` how old a sign of life may be.
    """

    def __init__(
        self,
        app: App,
        load: Callable[[], Settings],
        *,
        guard: timedelta = GUARD,
        fresh: timedelta = FRESH,
    ) -> None:
        self._app = app
        self._load = load
        self._guard_pause = guard.total_seconds()
        self._fresh = fresh
        self._stop = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._probe: asyncio.Task[None] | None = None
        self._offset = self._measure_offset()

    async def run(self) -> None:
        """Run until TERM or INT; sends in flight are finished, the rest waits in the database.

        Raise `ConfigError` for a channel whose address is none: polling does not wait for that.
        """
        self._watch_signals()
        warming = asyncio.get_running_loop().create_task(self._app.warm_up())
        await self._app.start()
        self._schedule()
        try:
            await self._app.check_channels()
            notify_systemd("READY=1")
            await self._serve()
        finally:
            warming.cancel()
            await self._end()

    async def _serve(self) -> None:
        topics = ", ".join(topic.name for topic in self._app.parts.topics)
        log.info("watching %d feeds for %s", len(self._app.settings.feeds), topics)
        serve = await asyncio.to_thread(load_page)
        async with serve(self._app):
            # What was imported stays; the collector would look through all of it in each round.
            gc.freeze()
            await self._stop.wait()

    def stop(self) -> None:
        """Ask it to end, from inside the loop."""
        self._stop.set()

    async def _end(self) -> None:
        log.info("stopping: finishing what is being sent")
        notify_systemd("STOPPING=1")
        self._app.parts.live.stopping = True
        self._scheduler.shutdown(wait=False)
        if self._probe is not None:
            self._probe.cancel()
        await self._app.bus.stop(FINISH_SENDS.total_seconds())
        log.info("stopped")

    # --- ticks ----------------------------------------------------------------------------------

    def _schedule(self) -> None:
        every = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._tick, Beat(), id="tick", **every)
        self._scheduler.start()
        asyncio.get_running_loop().call_later(self._guard_pause, self._guard)

    async def _tick(self) -> None:
        try:
            await self._app.tick()
        except MonitorError as error:
            log.warning("tick: %s", error)
        except asyncio.CancelledError:
            # The end cuts a tick off; what it would have found lies in the database.
            if not self._stop.is_set():
                raise
        else:
            self._app.pulse.tick = time.monotonic()

    def _guard(self) -> None:
        """Look after the ticker, on monotonic time (FAULTS A5, A6)."""
        if self._stop.is_set():
            return
        loop = asyncio.get_running_loop()
        loop.call_later(self._guard_pause, self._guard)
        self._follow_clock()
        if self._probe is None or self._probe.done():
            self._probe = loop.create_task(self._probe_writer())
        self._feed_watchdog()

    def _follow_clock(self) -> None:
        """Anchor the ticker anew: after a step back it would wait until the clock catches up.

        A step there and back between two looks leaves the clock right and the next beat far off.
        """
        offset = self._measure_offset()
        jump = offset - self._offset
        beat = self._scheduler.get_job("tick").next_run_time
        if abs(jump) > CLOCK_JUMP.total_seconds():
            log.warning("the clock jumped by %.0f s", jump)
        elif not beat or beat - datetime.now(UTC) <= CLOCK_JUMP:
            return
        self._scheduler.reschedule_job("tick", trigger=Beat())
        self._offset = offset

    async def _probe_writer(self) -> None:
        """Take the write lock and give it back: nothing is written, but the writer is alive."""
        pulse = self._app.pulse
        try:
            await self._app.parts.store.write(lambda _tx: None)
        except MonitorError as error:
            log.warning("the database cannot be written: %s", error)
            pulse.refusal = str(error)
        else:
            pulse.refusal = None
        # A full or locked disk is no hang: a restart would not help.
        pulse.write = time.monotonic()

    def _feed_watchdog(self) -> None:
        now, pulse = time.monotonic(), self._app.pulse
        pulse.watch_dispatcher(self._app.parts.live, now)
        silent = pulse.silent(now, self._fresh)
        if silent:
            log.error("no sign of life: %s; the watchdog is not fed", ", ".join(silent))
        else:
            notify_systemd("WATCHDOG=1")

    def _measure_offset(self) -> float:
        return self._app.parts.clock().timestamp() - time.monotonic()

    # --- signals --------------------------------------------------------------------------------

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)

    def _reload_soon(self) -> None:
        self._reloading = asyncio.get_running_loop().create_task(self._reload())

    async def _reload(self) -> None:
        notify_systemd(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            await self._app.reload(self._load())
            log.info("configuration read again")
        except MonitorError as error:
            log.warning("the old configuration stays: %s", error)
        finally:
            notify_systemd("READY=1")


def load_page() -> Callable[[App], AbstractAsyncContextManager[str | None]]:
    """Import the page, beside the first polls: that takes longer than asking the feeds."""
    from monitor.web import serve  # noqa: PLC0415 - see above

    return serve


@contextmanager
def hold_lock(database: Path) -> Iterator[None]:
    """Be the only one who runs on this database; raise `AlreadyRunning` or `StoreUnusable`.

    The lock belongs to the open file, so it ends with the process, however that ends.
    """
    path = database.with_name(f"{database.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(f"{path}: {error.strerror}; make the folder writable") from error
    try:
        _lock(file, path)
        yield
    finally:
        os.close(file)


def find_owner(database: Path) -> str | None:
    """The process that runs on this database, or None."""
    path = database.with_name(f"{database.name}.lock")
    try:
        with path.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return path.read_text(encoding="utf-8") or "unknown"
    except OSError:  # never run, or not ours to look at
        return None
    return None


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(file, 20).decode() or "unknown"
        text = f"another monitor runs on this database (process {owner}, lock {path}); stop it"
        raise AlreadyRunning(text) from error
    os.ftruncate(file, 0)
    os.write(file, str(os.getpid()).encode())


def notify_systemd(state: str) -> None:
    """Tell systemd, where it listens (sd_notify(3): one datagram to $NOTIFY_SOCKET)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        # Ten unread datagrams fill the queue; waiting for a reader would stop the loop.
        channel.setblocking(False)
        try:
            # A leading "@" stands for an abstract socket (sd_notify(3)).
            path = "\0" + address[1:] if address.startswith("@") else address
            channel.sendto(state.encode(), path)
        except OSError as error:
            log.warning("systemd does not listen on %s: %s", address, error)
