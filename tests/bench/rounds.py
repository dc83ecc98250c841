"""Cold, hot and warm: what a round over all feeds costs, beside reader's for the same feeds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from tests.bench.bench import Bench
from tests.bench.feeds import ENTRIES
from tests.bench.figures import Figure, against
from tests.bench.rival import Rival
from tests.bench.service import Service, Wishes
from tests.e2e.program import Running

COLD, HOT, WARM = "cold", "hot", "warm"

GOALS: Mapping[tuple[str, str], float] = {
    (WARM, "http"): 0.35,
    (WARM, "https"): 0.08,
    (HOT, "http"): 0.25,
    (HOT, "https"): 0.15,
    (COLD, "http"): 2.0,
    (COLD, "https"): 1.2,
}
SAYS = {
    WARM: "warm: nothing changed",
    HOT: "hot: one new entry in every feed",
    COLD: "cold: everything is new",
}
TOPICS = 2


def measure_rounds(bench: Bench, scheme: str) -> Iterator[Figure]:
    """The three kinds, from new databases each time."""
    ours: dict[str, list[float]] = defaultdict(list)
    theirs: dict[str, list[float]] = defaultdict(list)
    for number in range(1, bench.runs + 1):
        with (
            bench.open_service(scheme, Wishes()) as (service, running),
            bench.open_rival(scheme) as rival,
        ):
            for kind in (COLD, HOT, WARM):
                bench.tell(f"{kind}, {scheme}, run {number} of {bench.runs}")
                if kind == HOT:
                    bench.press.publish(bench.outlets)
                ours[kind].append(_play(bench, service, running, kind))
                if rival:
                    theirs[kind].append(_update(bench, rival, scheme, kind))
    for kind in (WARM, HOT, COLD):
        case, goal = f"{SAYS[kind]}, {scheme}", GOALS[kind, scheme]
        yield against(case, ours[kind], theirs[kind], goal, _wish(bench, kind))


def _play(bench: Bench, service: Service, running: Running, kind: str) -> float:
    """CPU seconds of the program; connections of the round before are gone, as after an hour."""
    bench.await_idle()
    mark = bench.server.mark()
    met = partial(bench.begin, service, bench.outlets)
    done = service.measure(running, met if kind == COLD else service.make_due)
    status = Counter(request.status for request in bench.server.requests(mark))
    told = {"polled": done.polled, "failed": done.failed, "new": done.articles}
    _expect(kind, told | {"304": status[304]}, _wish(bench, kind))
    _expect(kind, {"verdicts": done.verdicts}, {"verdicts": done.articles * TOPICS})
    return done.cpu


def _update(bench: Bench, rival: Rival, scheme: str, kind: str) -> float:
    """CPU seconds of reader."""
    if kind == COLD:
        rival.add([bench.server.url(outlet, scheme) for outlet in bench.outlets])
    done = rival.update()
    told = {name: done[name] for name in ("polled", "failed", "new")}
    _expect(f"reader, {kind}", told | {"304": done["unchanged"]}, _wish(bench, kind))
    return float(done["cpu"])


def _wish(bench: Bench, kind: str) -> dict[str, int]:
    """What a round has to come to; the feeds of the warm-up are polled too, and say nothing new."""
    new = {COLD: ENTRIES, HOT: 1, WARM: 0}[kind] * len(bench.outlets)
    unchanged = len(bench.press.outlets if kind == WARM else bench.warm_up)
    return {"polled": len(bench.press.outlets), "failed": 0, "new": new, "304": unchanged}


def _expect(what: str, told: dict[str, int], wish: dict[str, int]) -> None:
    """A figure of less work, or more, would be a lie."""
    assert told == wish, f"{what}: {told} instead of {wish}"
