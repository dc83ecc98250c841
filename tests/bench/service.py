"""The program as it really runs, in a folder of its own, watched from outside."""

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

from monitor.app import read_clock
from tests.bench.feeds import Outlet
from tests.bench.processes import count_cpu
from tests.bench.server import Server
from tests.e2e.program import Program, Running

PATIENCE = 900.0
GLANCE = 0.1
"""Seconds between two looks at the database."""

ROOT = Path(__file__).parents[2]

CONFIG = """\
timezone = "UTC"
digests = []
[polling]
interval = "{interval}"
allow = [{allow}]
[alerts]
baseline = {baseline}
[classifier]
encoder = "{encoder}"
[channels.receiver]
url = "{channel}"
{channel_rules}
[[routes]]
channels = {told}
"""

STORED = "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM verdict)"
WAITING = """
SELECT (SELECT count(*) FROM feed WHERE coalesce(last_polled_at, 0) < ?)
     + (SELECT count(*) FROM article WHERE waits_for IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round over all feeds cost, and what came of it."""

    cpu: float
    seconds: float
    polled: int
    failed: int
    articles: int
    verdicts: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a case wants of the configuration. `channel` None: stories are told to nobody."""

    encoder: str = "off"
    interval: str = "1h"
    baseline: bool = True
    channel: str | None = None


class Service(Program):
    """The program with the bench's feeds; `scheme` is how it asks for them."""

    def __init__(self, folder: Path, server: Server, scheme: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        super().__init__(folder)
        self._server = server
        self._scheme = scheme

    def set_up(self, outlets: Sequence[Outlet], wishes: Wishes) -> None:
        """Write the configuration; these hosts may be private. It names no feed yet."""
        allow = ",\n".join(f'"{self._server.place(o, self._scheme)}"' for o in outlets)
        self.configure(
            CONFIG.format(
                interval=wishes.interval,
                allow=allow,
                baseline=str(wishes.baseline).lower(),
                encoder=wishes.encoder,
                channel=wishes.channel or "file://messages.txt",
                channel_rules='max_per_hour = 100000\ngap = "0s"' if wishes.channel else "",
                told='["receiver"]' if wishes.channel else "[]",
            )
        )

    @contextmanager
    def run_daemon(self, *command: str | Path) -> Iterator[Running]:
        """Run it until exit; `command` stands for what is not `monitor run`."""
        words = command or (sys.executable, "-m", "monitor", "run")
        trust = {"SSL_CERT_FILE": str(self._server.trust), "PYTHONPATH": str(ROOT)}
        with self.start_command(words, **trust) as running:
            running.until_logged("watching")
            yield running
            assert running.stop() == 0, running.log

    def add(self, outlets: Sequence[Outlet]) -> None:
        """Let a person import these feeds; a running daemon finds them at its next tick."""
        lines = "".join(
            f"<outline type='rss' text={quoteattr(o.name)}"
            f" xmlUrl={quoteattr(self._server.url(o, self._scheme))}/>"
            for o in outlets
        )
        opml = self.folder / "feeds.opml"
        opml.write_text(f"<opml version='2.0'><body>{lines}</body></opml>", encoding="utf-8")
        self.do("feeds", "import", opml)

    def make_due(self, outlets: Sequence[Outlet] = ()) -> None:
        """Let these feeds be due now; without any, all."""
        now = _microseconds(read_clock())
        with closing(sqlite3.connect(self.database, timeout=60)) as database, database:
            if outlets:
                named = [(now, outlet.name) for outlet in outlets]
                database.executemany("UPDATE feed SET next_poll_at = ? WHERE name = ?", named)
            else:
                database.execute("UPDATE feed SET next_poll_at = ?", (now,))

    def measure(self, running: Running, begin: Callable[[], object]) -> Round:
        """What the daemon spends from here until all feeds were polled and all is classified."""
        session = running.process.pid
        before = self._count(STORED)
        spent, since, started = count_cpu(session), read_clock(), time.monotonic()
        begin()
        self.await_settled(running, since)
        seconds = time.monotonic() - started
        spent = count_cpu(session) - spent
        after = self._count(STORED)
        polled, failed = self._count("SELECT count(*), sum(failures > 0) FROM feed")
        articles, verdicts = (now - then for now, then in zip(after, before, strict=True))
        return Round(spent, seconds, polled, failed, articles, verdicts)

    def await_settled(self, running: Running, since: datetime) -> None:
        """Wait until every feed was polled since then, and no article waits for anything."""
        deadline = time.monotonic() + PATIENCE
        while self._count(WAITING, _microseconds(since))[0]:
            assert running.process.poll() is None, running.log
            assert time.monotonic() < deadline, f"not done after {PATIENCE} s: {self.folder}"
            time.sleep(GLANCE)

    def _count(self, query: str, *values: object) -> tuple[int, ...]:
        return self.rows(query, *values)[0]


def _microseconds(at: datetime) -> int:
    """As the database keeps times."""
    return round(at.timestamp() * 1_000_000)
