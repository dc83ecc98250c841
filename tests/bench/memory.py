"""What the whole service holds in memory while all its feeds have news."""

from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.processes import watch_memory, weigh
from tests.bench.service import Wishes

GOALS = {"off": 350.0, "on": 480.0}


def measure_memory(bench: Bench, encoder: str) -> Iterator[Figure]:
    """The most that was seen from the first fetch to the end of a round with news everywhere."""
    with bench.open_service("http", Wishes(encoder)) as (service, running):
        bench.tell(f"memory, encoder {encoder}: first fetch")
        with watch_memory(running.process.pid) as weights:
            service.measure(running, lambda: bench.begin(service, bench.outlets))
            bench.tell(f"memory, encoder {encoder}: news everywhere")
            bench.press.publish(bench.outlets)
            service.measure(running, service.make_due)
    case = f"memory: most in use, encoder {encoder}"
    yield Figure(case, "MB", max(weights), tuple(weights), GOALS[encoder], reader=_weigh(bench))


def _weigh(bench: Bench) -> float | None:
    with bench.open_rival("http") as rival:
        if rival is None:
            return None
        rival.add([bench.server.url(outlet, "http") for outlet in bench.outlets])
        rival.update()
        return weigh(rival.process.pid)
