"""Ten thousand feeds that are all due at once, one in twenty with a new entry."""

import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from monitor.app import read_clock
from monitor.daemon import TICK
from tests.bench.bench import Bench
from tests.bench.figures import Figure, percentile
from tests.bench.service import Service, Wishes

NEWS_EVERY = 20
INTERVAL = 15 * 60
ROUND, LAG, LATE = 300.0, 200.0, 1.5


def measure_many(bench: Bench) -> Iterator[Figure]:
    """How long the round takes, how late the ticks are meanwhile, and the last feed."""
    ticks = bench.folder / "ticks.txt"
    ticks.write_bytes(b"")
    command = (sys.executable, "-m", "tests.bench.daemon", ticks)
    wishes = Wishes(interval=f"{INTERVAL}s")
    with bench.open_service("http", wishes, *command) as (service, running):
        bench.tell(f"many: first fetch of {len(bench.outlets)} feeds")
        service.measure(running, lambda: bench.begin(service, bench.outlets))
        bench.press.publish(bench.outlets[::NEWS_EVERY])
        bench.tell("many: the round")
        since, due = time.monotonic(), read_clock().timestamp()
        done = service.measure(running, service.make_due)
        lags = [1000 * lag for lag in find_lags(ticks, since)]
        late = [(INTERVAL + wait) / INTERVAL for wait in _waits(service, due)]
    said = f"many: {len(bench.outlets)} feeds, 1 in {NEWS_EVERY} with news"
    yield Figure(f"{said}, full round", "s", done.seconds, (done.seconds,), ROUND)
    yield Figure(f"{said}, tick lag p99", "ms", percentile(lags, 99), tuple(lags), LAG)
    yield Figure(f"{said}, latest feed", "× interval", max(late), tuple(late), LATE)


def find_lags(ticks: Path, since: float) -> Sequence[float]:
    """How much later than a second after the last each tick began, in seconds."""
    lines = map(float, ticks.read_text(encoding="ascii").split())
    began = [at for at in lines if at >= since]
    return [max(0.0, later - earlier - TICK) for earlier, later in pairwise(began)] or [0.0]


def _waits(service: Service, due: float) -> list[float]:
    """How long after it was due each feed was polled."""
    polled = service.rows("SELECT last_polled_at FROM feed")
    return [at / 1_000_000 - due for (at,) in polled]
