"""From the poll that meets a new entry to the receiver that has taken the alert."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from monitor.app import read_clock
from tests.bench.bench import Bench
from tests.bench.feeds import Outlet
from tests.bench.figures import Figure, percentile
from tests.bench.service import Service, Wishes
from tests.e2e.program import wait_until
from tests.faults.harness.receivers import Receivers, open_receivers

FEEDS = 200
A_SECOND = 20
"""Feeds polled in each second, each with a new entry; the first of them has news to alert of."""

SECONDS_A_RUN = 20
GOAL = 1.5


@dataclass(frozen=True, slots=True)
class Scoop:
    """An entry to alert of: its title, the path of its feed, and since when it is served."""

    title: str
    path: str
    since: float


def measure_latency(bench: Bench) -> Iterator[Figure]:
    """The 95th percentile over all alerts, while other feeds have news, too."""
    outlets = bench.outlets[:FEEDS]
    with open_receivers() as receivers:
        wishes = Wishes(channel=receivers.url("alerts"))
        with bench.open_service("http", wishes) as (service, running):
            bench.tell("latency: first fetch")
            service.measure(running, lambda: bench.begin(service, outlets))
            scoops = _publish_steadily(bench, service, outlets)
            wait_until(lambda: len(_arrivals(receivers, scoops)) == len(scoops), "all alerts")
            arrived = _arrivals(receivers, scoops)
    waits = [arrived[scoop.title] - _polled_at(bench, scoop) for scoop in scoops]
    case = f"latency: alert after the poll begins, p95, {len(outlets)} feeds under load"
    yield Figure(case, "s", percentile(waits, 95), tuple(waits), GOAL)


def _publish_steadily(bench: Bench, service: Service, outlets: Sequence[Outlet]) -> list[Scoop]:
    """So many new entries every second; one of them is a scoop."""
    scoops = []
    turn, beats = cycle(outlets), min(SECONDS_A_RUN, len(outlets)) * bench.runs
    began = time.monotonic()
    for beat in range(beats):
        bench.tell(f"latency: alert {beat + 1} of {beats}")
        first, *others = islice(turn, min(A_SECOND, len(outlets)))
        since = read_clock().timestamp()
        (news,) = bench.press.publish([first], wanted=True)
        bench.press.publish(others, wanted=False)
        scoops.append(Scoop(news.title, f"/{first.name}.xml", since))
        service.make_due([first, *others])
        time.sleep(max(0.0, began + beat + 1 - time.monotonic()))
    return scoops


def _arrivals(receivers: Receivers, scoops: Sequence[Scoop]) -> dict[str, float]:
    """When each was first taken, in seconds since 1970."""
    since_1970 = read_clock().timestamp() - time.monotonic()
    arrived: dict[str, float] = {}
    for call in list(receivers.calls):
        for scoop in scoops:
            if scoop.title in call.title + call.text:
                arrived.setdefault(scoop.title, call.at + since_1970)
    return arrived


def _polled_at(bench: Bench, scoop: Scoop) -> float:
    requests = bench.server.requests()
    return next(r.at for r in requests if r.path == scoop.path and r.at >= scoop.since)
