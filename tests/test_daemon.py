"""A5, A6: the watchdog is fed only while all parts live; a clock that steps owes no beats."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, Live, Pulse, open_app, read_clock
from monitor.config import Settings, load_settings
from monitor.daemon import Beat, Daemon, notify_systemd
from monitor.errors import StoreUnusable, WorkerDied
from monitor.pipeline import Parts
from monitor.ports import Store
from tests.pipeline.fakes import FakeAnalyzer

GUARD = timedelta(milliseconds=20)
FRESH = timedelta(milliseconds=400)


class HangingStore:
    """The real store, whose writes wait while `free` is not set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.free = asyncio.Event()
        self.free.set()

    async def write(self, job: Any) -> Any:
        await self.free.wait()
        return await self._store.write(job)

    async def read(self, query: Any) -> Any:
        return await self._store.read(query)


class ReadOnlyStore:
    """The real store, for those who only read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, job: Any) -> Any:
        raise StoreUnusable("it cannot be written; make it writable")

    async def read(self, query: Any) -> Any:
        return await self._store.read(query)


class Systemd:
    """Listens where sd_notify writes."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def hear(self) -> list[str]:
        """What was said since the last call."""
        heard = []
        with suppress(BlockingIOError):
            while True:
                heard.append(self._socket.recv(4096).decode())
        return heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    listening = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield listening
    listening.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "config.toml"
    config.write_text('digests = []\nclassifier = { encoder = "off" }\n')
    return load_settings(config, {"TZ": "UTC"}, tmp_path)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # it looks at a socket and a log, which no event has
            await asyncio.sleep(0.01)


@pytest.mark.fault("A5")
async def test_a_writer_that_hangs_starves_the_watchdog_until_it_lives_again(
    settings: Settings, systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    stores: list[HangingStore] = []

    def hang(parts: Parts) -> Parts:
        stores.append(HangingStore(parts.store))
        return replace(parts, store=stores[0])

    async with open_app(settings, replace=hang) as app:
        daemon = Daemon(app, lambda: settings, guard=GUARD, fresh=FRESH)
        running = asyncio.create_task(daemon.run())
        await until(lambda: "WATCHDOG=1" in systemd.hear())
        stores[0].free.clear()
        await until(lambda: "no sign of life: write" in caplog.text)
        systemd.hear()
        said = caplog.text.count("no sign of life")
        await until(lambda: caplog.text.count("no sign of life") > said + 3)
        assert systemd.hear() == []
        stores[0].free.set()
        await until(lambda: "WATCHDOG=1" in systemd.hear())
        daemon.stop()
        await running


async def test_the_analyser_gets_ready_before_there_is_an_article(settings: Settings) -> None:
    analyzer = FakeAnalyzer()
    async with open_app(settings, replace=lambda parts: replace(parts, analyzer=analyzer)) as app:
        daemon = Daemon(app, lambda: settings)
        running = asyncio.create_task(daemon.run())
        await until(lambda: analyzer.batches)
        daemon.stop()
        await running
    assert analyzer.batches == [1]


async def test_an_analyser_that_cannot_start_ends_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeAnalyzer):
        async def analyze(self, *_: object) -> Any:
            raise WorkerDied("analyser: no memory")

    async with open_app(settings, replace=lambda parts: replace(parts, analyzer=Broken())) as app:
        await app.warm_up()
    assert "no memory" in caplog.text


async def test_why_the_database_takes_nothing_is_known_until_it_does(settings: Settings) -> None:
    async with open_app(settings) as app:
        sound = app.parts.store
        daemon = Daemon(app, lambda: settings, guard=GUARD, fresh=FRESH)
        running = asyncio.create_task(daemon.run())
        await until(lambda: app.pulse.write > app.pulse.dispatch)
        assert app.pulse.refusal is None
        app.parts = replace(app.parts, store=ReadOnlyStore(sound))
        await until(lambda: app.pulse.refusal == "it cannot be written; make it writable")
        app.parts = replace(app.parts, store=sound)
        await until(lambda: app.pulse.refusal is None)
        daemon.stop()
        await running


def test_a_supervisor_that_does_not_read_stops_nobody(
    systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    while "systemd does not listen" not in caplog.text:
        notify_systemd("WATCHDOG=1")
    assert set(systemd.hear()) == {"WATCHDOG=1"}


@pytest.mark.fault("A5")
@pytest.mark.parametrize(
    ("sending", "claims", "silent"),
    [(set(), 0, ()), ({"mail"}, 1, ()), ({"mail"}, 0, ("dispatch",))],
    ids=["nothing to send", "goes on", "hangs"],
)
def test_a_dispatcher_lives_while_it_goes_on(
    sending: set[str], claims: int, silent: tuple[str, ...]
) -> None:
    pulse = Pulse(tick=100.0, write=100.0, dispatch=0.0)
    pulse.watch_dispatcher(Live(sending=sending, claims=claims), now=100.0)
    assert pulse.silent(100.0, timedelta(seconds=90)) == silent


@pytest.mark.fault("A6")
@pytest.mark.parametrize(
    "step", [timedelta(hours=1), timedelta(days=1), timedelta(days=56 * 365)], ids=str
)
def test_a_clock_that_leaps_owes_one_beat(step: timedelta) -> None:
    now = datetime(1970, 1, 1, tzinfo=UTC) + step
    before = datetime(1970, 1, 1, tzinfo=UTC)
    assert Beat().get_next_fire_time(before, now) == now + timedelta(seconds=1)
    assert Beat().get_next_fire_time(None, now) == now


def logged(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    return text in caplog.text


def has_kept_house(app: App) -> bool:
    """Whether the minute's work was done by the clock as it is now."""
    at = app.parts.live.kept_at
    return at is not None and abs(app.parts.clock() - at) < timedelta(minutes=1)


@pytest.fixture
async def stepping(settings: Settings) -> AsyncIterator[tuple[App, list[timedelta]]]:
    """A program whose clock is off by what the list says last."""
    off = [timedelta()]
    async with open_app(settings, clock=lambda: read_clock() + off[-1]) as app:
        yield app, off


@pytest.mark.fault("A6")
async def test_a_step_of_the_clock_is_noticed_and_the_ticker_goes_on(
    stepping: tuple[App, list[timedelta]], caplog: pytest.LogCaptureFixture
) -> None:
    app, off = stepping
    daemon = Daemon(app, lambda: app.settings, guard=GUARD, fresh=FRESH)
    running = asyncio.create_task(daemon.run())
    for seconds in (3600, -3600, 86400, -86400):
        off.append(off[-1] + timedelta(seconds=seconds))
        await until(partial(logged, caplog, f"the clock jumped by {seconds} s"))
        await until(partial(has_kept_house, app))
    daemon.stop()
    await running


@pytest.mark.fault("A6")
async def test_a_step_there_and_back_leaves_no_beat_far_off(settings: Settings) -> None:
    async with open_app(settings) as app:
        daemon = Daemon(app, lambda: app.settings, guard=GUARD, fresh=FRESH)
        ticker = daemon._scheduler  # what a step leaves behind is seen only here
        running = asyncio.create_task(daemon.run())
        await until(lambda: ticker.get_job("tick"))
        far = read_clock() + timedelta(hours=1)
        ticker.modify_job("tick", next_run_time=far)
        await until(lambda: ticker.get_job("tick").next_run_time < far - timedelta(minutes=50))
        daemon.stop()
        await running
