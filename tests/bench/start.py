"""How soon it is there: the help, the first poll, the first verdict."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.app import read_clock
from tests.bench.bench import Bench
from tests.bench.figures import Figure, middle
from tests.bench.service import Service, Wishes

FEEDS = 50
HELP, POLL, VERDICT = 0.25, 1.5, 6.0
PATIENCE = 120.0


def measure_start(bench: Bench) -> Iterator[Figure]:
    """Medians, from the start of the process."""
    bench.tell("start: --help")
    helps = [_time_help() for _ in range(2 * bench.runs + 1)]
    # The first one reads the program from the disk.
    yield middle("start: monitor --help", "s", helps[1:], HELP)
    outlets = bench.outlets[:FEEDS]
    with bench.open_service("http", Wishes("on")) as (service, running):
        service.measure(running, lambda: bench.begin(service, outlets))
    polls, verdicts = [], []
    for number in range(1, bench.runs + 1):
        bench.tell(f"start: run {number} of {bench.runs}")
        bench.press.publish(outlets)
        poll, verdict = _time_start(bench, service)
        polls.append(poll)
        verdicts.append(verdict)
    yield middle("start: first poll", "s", polls, POLL)
    yield middle("start: first verdict, encoder on", "s", verdicts, VERDICT)


def _time_help() -> float:
    began = time.monotonic()
    program = Path(sys.executable).with_name("monitor")
    subprocess.run([program, "--help"], check=True, capture_output=True, timeout=PATIENCE)
    return time.monotonic() - began


def _time_start(bench: Bench, service: Service) -> tuple[float, float]:
    """Seconds to the first request that the server gets, and to the first verdict."""
    service.make_due()
    mark, known = bench.server.mark(), _count_verdicts(service)
    began_at = read_clock()
    began = began_at.timestamp()
    with service.run_daemon() as running:
        _await(lambda: _count_verdicts(service) > known)
        judged = read_clock().timestamp() - began
        service.await_settled(running, began_at)
    return bench.server.requests(mark)[0].at - began, judged


def _count_verdicts(service: Service) -> int:
    return int(service.rows("SELECT count(*) FROM verdict")[0][0])


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "no verdict"
        time.sleep(0.02)
