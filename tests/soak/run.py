"""Runs the daemon against the newsstand and watches it until everything is polled and told."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from bisect import bisect
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.soak.daemon import CLOCK
from tests.soak.news import THRESHOLD
from tests.soak.plan import INTERVAL, Plan
from tests.soak.server import Newsstand
from tests.soak.watch import Sample, look

ROOT = Path(__file__).parents[2]
EVERY = 1.0
"""Seconds between two looks."""

PATIENCE = 300.0
"""Seconds in which a program that was asked to end, or to tell what it has, must have done so."""

CONFIG = """\
timezone = "UTC"
classifier = {{ encoder = "off" }}
topics = [{{ name = "ai-overbuild", threshold = {threshold} }}]
[polling]
allow = [{allow}]
[[digests]]
time = "12:00"
channels = ["receiver"]
[channels.receiver]
url = "json://{receiver}/hook"
max_per_hour = 10000
gap = "0s"
"""
FEED = '[[feeds]]\nname = "{name}"\nurl = "http://{host}/feed/{name}"\ninterval = "{seconds:g}s"\n'


class Ended(Exception):
    """The program ended, or does not get on. The text has the end of its log."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says at the end."""

    articles: int
    waiting: int
    unscored: int
    failed_polls: int
    stories: int
    untold: int
    pages: int


@dataclass(frozen=True, slots=True)
class Soak:
    """What was seen. `gaps` are the spans between two polls of a feed, in intervals."""

    plan: Plan
    seconds: float
    samples: tuple[Sample, ...]
    gaps: tuple[float, ...]
    published: int
    stored: Stored
    told: int
    repeated: int
    code: int
    log: str


async def soak(plan: Plan, folder: Path, tell: Callable[[Sample], None]) -> Soak:
    """Run it whole in this folder; `tell` hears of each look. Raise `Ended`."""
    stand = Newsstand(plan)
    began = time.monotonic()
    async with stand.open():
        (folder / "config.toml").write_text(write_config(stand), encoding="utf-8")
        program = start(plan, folder)
        try:
            samples = await watch(program, stand, folder, tell)
            await until_told(program, folder, stand.published)
            code = await end(program)
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
    return Soak(
        plan=plan,
        seconds=time.monotonic() - began,
        samples=tuple(samples),
        gaps=tuple(measure_gaps(stand, read_clock(folder))),
        published=stand.published,
        stored=read_database(folder / "monitor.sqlite"),
        told=len(stand.told),
        repeated=stand.told.total() - len(stand.told),
        code=code,
        log=read_log(folder),
    )


def write_config(stand: Newsstand) -> str:
    """A configuration that names every feed, and nothing that would send messages together."""
    hosts = [stand.host(feed) for feed in range(stand.plan.feeds)]
    allow = ", ".join(f'"{host}"' for host in hosts)
    head = CONFIG.format(threshold=THRESHOLD, allow=allow, receiver=f"127.0.0.1:{stand.port}")
    seconds = INTERVAL.total_seconds()
    feeds = (FEED.format(name=n, host=h, seconds=seconds) for n, h in enumerate(hosts))
    return head + "".join(feeds)


def start(plan: Plan, folder: Path) -> subprocess.Popen[bytes]:
    """Start the daemon in a session of its own."""
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.soak.daemon", "--speed", str(plan.speed)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def watch(
    program: subprocess.Popen[bytes],
    stand: Newsstand,
    folder: Path,
    tell: Callable[[Sample], None],
) -> list[Sample]:
    """Look at it again and again until every feed was polled as often as planned."""
    samples: list[Sample] = []
    while stand.served < stand.plan.total:
        await asyncio.sleep(EVERY)
        if program.poll() is not None:
            raise Ended(f"the program ended with {program.returncode}:\n{read_log(folder)[-2000:]}")
        done = stand.served / stand.plan.total
        samples.append(look(program.pid, folder / "monitor.sqlite", done))
        tell(samples[-1])
    return samples


async def until_told(program: subprocess.Popen[bytes], folder: Path, published: int) -> None:
    """Wait until all that was published is stored and judged, and every story told, or too long."""
    deadline = time.monotonic() + PATIENCE
    while program.poll() is None and time.monotonic() < deadline:
        stored = read_database(folder / "monitor.sqlite")
        if stored.articles == published and not stored.waiting + stored.untold:
            return
        await asyncio.sleep(EVERY)


async def end(program: subprocess.Popen[bytes]) -> int:
    """TERM, then its exit code."""
    program.terminate()
    return await asyncio.to_thread(program.wait, PATIENCE)


def read_clock(folder: Path) -> tuple[list[float], list[float]]:
    """When the program's clock showed what: monotonic seconds, and its own."""
    lines = (folder / CLOCK).read_text(encoding="ascii").splitlines()
    pairs = [tuple(map(float, line.split())) for line in lines]
    return [at for at, _ in pairs], [shown for _, shown in pairs]


def measure_gaps(stand: Newsstand, clock: tuple[list[float], list[float]]) -> list[float]:
    """The spans between two polls of a feed, as far as they were planned, in intervals."""
    times, shown = clock
    gaps = []
    for visits in stand.visits.values():
        told = [shown[bisect(times, at) - 1] for at in visits[: stand.plan.polls]]
        gaps += [after - before for before, after in pairwise(told)]
    return [gap / INTERVAL.total_seconds() for gap in gaps]


def read_database(path: Path) -> Stored:
    """Read what was stored, as any other program might."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:

        def count(query: str) -> int:
            return int(connection.execute(query).fetchone()[0] or 0)

        return Stored(
            articles=count("SELECT count(*) FROM article"),
            waiting=count("SELECT count(*) FROM article WHERE waits_for IS NOT NULL"),
            unscored=count("SELECT count(*) FROM verdict WHERE score IS NULL"),
            failed_polls=count("SELECT sum(value) FROM counter WHERE name = 'polls failed'"),
            stories=count("SELECT count(*) FROM outbox WHERE subject = 'story'"),
            untold=count("SELECT count(*) FROM outbox WHERE state <> 'sent'"),
            pages=count("SELECT count(*) FROM page WHERE state = 'taken'"),
        )


def read_log(folder: Path) -> str:
    """What the program had to say."""
    return (folder / "log.txt").read_text(encoding="utf-8", errors="replace")
