"""The page and what is asked of it, over an archive of a season: how soon each answer is there."""

import asyncio
import http.client
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from monitor.app import open_app, open_store
from monitor.config import load_settings
from monitor.topics import load_topics
from monitor.web import serve
from tests.archive import UNTIL, fill_archive
from tests.bench.bench import Bench
from tests.bench.figures import Figure, middle, percentile
from tests.web.config import CONFIG

PAGE, SEARCH, SLIDE, BACKTEST = 0.1, 0.15, 0.3, 10.0
ASKED = 40
"""Requests for each page, after the first."""

PATHS = (
    *("/", "/?order=best", "/stories/1", "/stories.atom", "/stories.json"),
    *("/topics", "/topics/ai-overbuild", "/why-not?url=https://example.org/unread"),
    *("/feeds", "/feeds/3", "/feeds.opml", "/digests", "/digests/coming/daily"),
    *("/deliveries", "/deliveries/1", "/status", "/metrics", "/readyz", "/articles/40"),
)
SEARCHES = (
    *("/search?q=rechenzentrum", "/search?q=contract*", "/search?q=%22data+centre%22"),
    *("/search?q=microsoft+-vertrag", "/search?like=39", "/search?like=40"),
)
"""Of the articles that others are to be like, the second is flagged."""
SLIDES = tuple(f"/topics/ai-overbuild/line?threshold=0.{n}" for n in range(50, 60))
"""Where a slider is dragged; for its first position the archive is read."""


def measure_pages(bench: Bench) -> Iterator[Figure]:
    """The slowest page's p95, search's, and a whole `monitor backtest`."""
    folder = bench.folder / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    bench.tell(f"pages: writing {bench.articles:,} articles")
    asyncio.run(_fill(folder, bench.articles))
    bench.tell("pages: asking")
    seconds = asyncio.run(_ask(folder))
    many = f"{bench.articles:,} articles"
    for path in PATHS:
        first, *later = seconds[path]
        yield _slow(f"page {path}, p95, {many}", later, PAGE)
        yield _slow(f"page {path}, the first time", [first], PAGE)
    slides = [seconds[path][0] for path in SLIDES[1:]]
    yield _slow(f"a slider's next position, p95, {many}", slides, SLIDE)
    found = [second for path in SEARCHES for second in seconds[path][1:]]
    yield _slow(f"page /search, p95, {many}", found, SEARCH)
    bench.tell("pages: backtest")
    runs = [_backtest(folder) for _ in range(bench.runs)]
    yield middle(f"backtest of 30 days, {many}", "s", runs, BACKTEST)


def _slow(case: str, samples: list[float], goal: float) -> Figure:
    return Figure(case, "s", percentile(samples, 95), tuple(samples), goal)


async def _fill(folder: Path, articles: int) -> None:
    path = folder / "monitor.sqlite"
    path.unlink(missing_ok=True)
    store = open_store(path, now=UNTIL)
    try:
        await fill_archive(store, articles)
        while await store.write(lambda tx: tx.searches.index(500)):
            pass
    finally:
        await store.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE feed SET from_command = 1")  # the configuration names none
        for topic in load_topics():  # judged by what ships: nothing is to be judged again
            change = "UPDATE verdict SET model_version = ? WHERE topic = ?"
            database.execute(change, (topic.version, topic.name))


async def _ask(folder: Path) -> dict[str, list[float]]:
    """Ask the server of a daemon that has nothing else to do, over one connection."""
    settings = load_settings(folder / "config.toml", {}, folder)
    async with open_app(settings, clock=lambda: UNTIL) as app:
        await app.start()
        async with serve(app) as address:
            assert address is not None
            asked = [*PATHS, *SEARCHES]
            return await asyncio.to_thread(_time_requests, address, asked, SLIDES)


def _time_requests(
    address: str, often: Sequence[str], once: Sequence[str]
) -> dict[str, list[float]]:
    """Seconds of each answer. Every page is asked for once before any is asked for again."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    try:
        seconds = {path: [_time_request(connection, path)] for path in often}
        for path in often:
            seconds[path] += [_time_request(connection, path) for _ in range(ASKED)]
        return seconds | {path: [_time_request(connection, path)] for path in once}
    finally:
        connection.close()


def _time_request(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.perf_counter() - began


def _backtest(folder: Path) -> float:
    """Seconds of the whole program; the archive ends before today, hence the days."""
    days = (time.time() - UNTIL.timestamp()) / 86_400 + 30  # noqa: TID251 - the program reads it too
    words = ("--config", folder / "config.toml", "backtest", "--days", str(int(days)), "--json")
    program = Path(sys.executable).with_name("monitor")
    began = time.monotonic()
    subprocess.run([program, *words], check=True, capture_output=True, timeout=600)
    return time.monotonic() - began
