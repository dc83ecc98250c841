"""Runs the real daemon on the demo's news and says what it did.

The folder holds everything: configuration, database, alerts, digest. A demo that was cut off is
taken up again where it stopped, on the same port and in the same story time, so that one can see
that a kill loses nothing; a finished one is begun anew.
"""

import asyncio
import contextlib
import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.app import (
    App,
    MessageFormatter,
    make_ballot,
    name_topics,
    open_app,
    preview_digest,
    queue_digest,
    read_clock,
)
from monitor.config import Settings, load_settings
from monitor.core.model import Delivery, Markup, Subject
from monitor.core.render import render_digest
from monitor.daemon import Daemon, hold_lock
from monitor.demo.news import News, load_news
from monitor.demo.server import DemoServer
from monitor.errors import MonitorError
from monitor.ports import Transaction
from monitor.queries import Status, get_status

STATE = "demo.json"
CONFIG = "config.toml"
DIGEST = "digest.html"
ALERTS = "alerts.txt"
LONGEST = timedelta(seconds=26)
"""After so long the demo ends in any case."""

PAGE = 8787
"""Where its page is, as everywhere; on another port where that one is taken."""

GLANCE = 0.2
"""Seconds between two looks whether everything is told."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a demo stands: enough to take it up again."""

    started_at: str
    port: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the demo did."""

    status: Status
    told: tuple[str, ...]
    digest: Path
    page: str


async def run_demo(folder: Path, *, keep: bool, say: Callable[[str], None]) -> Summary:
    """Serve the news, run the daemon until all is told (or, with `keep`, until stopped)."""
    news = load_news()
    stage = _open_stage(folder, say)
    started_at = datetime.fromisoformat(stage.started_at)
    with _serve(news, started_at, stage.port) as server:
        _save_stage(folder, Stage(stage.started_at, server.port, finished=False))
        page = find_place()
        (folder / CONFIG).write_text(_write_config(server, page), encoding="utf-8")
        settings = load_settings(folder / CONFIG, {}, folder)
        say(f"{len(server.urls)} feeds on http://127.0.0.1:{server.port}, all news invented.")
        say(f"The page: http://{page}")
        with hold_lock(settings.storage.path):
            async with open_app(settings) as app:
                summary = await _watch(app, settings, news, started_at, keep=keep)
            _save_stage(folder, Stage(stage.started_at, server.port, finished=True))
    return summary


def _serve(news: News, started_at: datetime, port: int) -> DemoServer:
    try:
        return DemoServer(news, clock=read_clock, started_at=started_at, port=port)
    except OSError as error:
        text = f"port {port} is taken, perhaps by another demo; stop it, or name another --folder"
        raise MonitorError(text) from error


def find_place(wanted: int = PAGE) -> str:
    """A "host:port" that is free: the wanted port, else any."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as free:
            return "127.0.0.1:{1}".format(*free.getsockname())
    raise MonitorError("no port is free for the page; end something that listens")


async def _watch(
    app: App, settings: Settings, news: News, started_at: datetime, *, keep: bool
) -> Summary:
    daemon = Daemon(app, lambda: settings)
    running = asyncio.create_task(daemon.run())
    if not keep:
        await _until_told(app, started_at + news.complete_after, read_clock() + LONGEST, running)
        daemon.stop()
    await running
    return await _conclude(app, settings)


async def _until_told(
    app: App, complete_at: datetime, latest: datetime, running: asyncio.Task[None]
) -> None:
    while not running.done() and read_clock() < latest:
        await asyncio.sleep(GLANCE)
        if await app.parts.store.read(lambda tx: _is_all_told(tx, complete_at)):
            return


def _is_all_told(tx: Transaction, complete_at: datetime) -> bool:
    """Every feed that answers was read after the last article appeared, and nothing waits."""
    answered = [feed.state.last_ok_at for feed in tx.feeds.list() if not feed.state.failures]
    # On a slow start there are no feeds yet.
    if not answered or not all(at and at > complete_at for at in answered):
        return False
    on_the_way = tx.outbox.list((Delivery.PENDING, Delivery.IN_FLIGHT, Delivery.RETRY), 1)
    return not (tx.articles.waiting(1) or tx.verdicts.waiting(1) or on_the_way)


async def _conclude(app: App, settings: Settings) -> Summary:
    """Send and write the digest of what the demo brought."""
    plan = settings.digests[0]
    now = read_clock()

    def compile_now(tx: Transaction) -> str:
        labels = name_topics(tx, settings, plan.language)
        occasion, digest = preview_digest(tx, plan, None, now, labels)
        ballot = make_ballot(tx, settings.web.public_url, now)
        message = render_digest(digest, plan, settings.polling.allow, ballot)
        queue_digest(tx, plan, occasion, message, now)
        return MessageFormatter().format(message, Markup.HTML)

    page = await app.parts.store.write(compile_now)
    app.parts.live.stopping = False
    await app.deliver()
    path = settings.folder / DIGEST
    path.write_text(page, encoding="utf-8")
    address = f"http://{settings.web.listen}"
    return await app.parts.store.read(lambda tx: _summarise(tx, path, address))


def _summarise(tx: Transaction, digest: Path, page: str) -> Summary:
    sent = reversed(tx.outbox.list((Delivery.SENT,), 1_000))
    alerts = (row.alert for row in sent if row.alert.subject is Subject.STORY)
    told = [alert.message.title for alert in alerts if alert.message]
    return Summary(get_status(tx, read_clock()), tuple(told), digest, page)


# --- the folder -----------------------------------------------------------------------------------


def _open_stage(folder: Path, say: Callable[[str], None]) -> Stage:
    """Take up a demo that was cut off, or begin a new one in an empty folder."""
    state = folder / STATE
    if state.is_file():
        stage = Stage(**json.loads(state.read_text(encoding="utf-8")))
        if not stage.finished:
            say("An earlier demo was cut off; it goes on where it stopped.")
            return stage
        shutil.rmtree(folder)
    _claim(folder)
    return Stage(read_clock().isoformat(), port=0, finished=False)


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = any(folder.iterdir())
    except OSError as error:
        raise MonitorError(f"{folder}: {error.strerror}; name another --folder") from error
    if occupied:
        raise MonitorError(f"{folder} holds other things than a demo; name another --folder")


def _save_stage(folder: Path, stage: Stage) -> None:
    (folder / STATE).write_text(json.dumps(asdict(stage)), encoding="utf-8")


def _write_config(server: DemoServer, page: str) -> str:
    """A configuration as a person would write it; names and addresses are our own."""
    feeds = "\n".join(
        f'[[feeds]]\nname = "{name}"\nurl = "{url}"\n' for name, url in server.urls.items()
    )
    return f"""\
# The demo's configuration; `monitor --config {CONFIG} status` looks into what it left behind.

[polling]
interval = "1s"
allow = ["127.0.0.1:{server.port}"]  # feeds of this machine, so the address guard must know

[web]
listen = "{page}"

[channels.console]
url = "console://"
gap = "0s"  # nobody's telephone rings here

[channels.file]
url = "file://{ALERTS}"
gap = "0s"

[[routes]]
channels = ["console", "file"]

[[digests]]
channels = ["file"]

{feeds}"""
