"""What every case works with: a press, a server, and whom to tell how far it is."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import rival
from tests.bench.feeds import Outlet, Press
from tests.bench.rival import Rival
from tests.bench.server import Server, serve_feeds
from tests.bench.service import Service, Wishes
from tests.e2e.program import Running

WARM_UP = 4
"""Feeds that are read before anything is measured, so that all workers are there."""

IDLE_PATIENCE = 120.0


@dataclass(frozen=True)
class Bench:
    """`runs` is how often a case is repeated; `compare`: reader is installed; the page is asked
    over an archive of `articles`.
    """

    folder: Path
    press: Press
    server: Server
    runs: int
    compare: bool
    tell: Callable[[str], None]
    articles: int

    @property
    def warm_up(self) -> Sequence[Outlet]:
        return self.press.outlets[:WARM_UP]

    @property
    def outlets(self) -> Sequence[Outlet]:
        """The feeds that count."""
        return self.press.outlets[WARM_UP:]

    @contextmanager
    def open_service(
        self, scheme: str, wishes: Wishes, *command: str | Path
    ) -> Iterator[tuple[Service, Running]]:
        """A running program that knows only the feeds of the warm-up, and has read them."""
        service = Service(self.folder / "service", self.server, scheme)
        service.set_up(self.press.outlets, wishes)
        with service.run_daemon(*command) as running:
            service.measure(running, lambda: service.add(self.warm_up))
            yield service, running

    @contextmanager
    def open_rival(self, scheme: str) -> Iterator[Rival | None]:
        """reader in the same situation; None where it is not installed."""
        with ExitStack() as stack:
            there = None
            if self.compare:
                database = self.folder / "reader.sqlite"
                there = stack.enter_context(rival.open_rival(database, self.server.trust))
                there.add([self.server.url(outlet, scheme) for outlet in self.warm_up])
                there.update()
            yield there

    def begin(self, service: Service, outlets: Sequence[Outlet]) -> None:
        """Let the program meet these feeds for the first time, and poll those of the warm-up."""
        service.make_due()
        service.add(outlets)

    def await_idle(self) -> None:
        """Wait until no connection is left that a round could go on with, as after an hour."""
        deadline = time.monotonic() + IDLE_PATIENCE
        while not self.server.is_idle():
            assert time.monotonic() < deadline, "connections stay open"
            time.sleep(0.1)


@contextmanager
def open_bench(
    folder: Path, feeds: int, runs: int, compare: bool, tell: Callable[[str], None], articles: int
) -> Iterator[Bench]:
    """Print the feeds and serve them until exit."""
    tell(f"writing {feeds} feeds")
    press = Press(folder / "feeds", feeds + WARM_UP)
    with serve_feeds(folder, folder / "feeds", feeds + WARM_UP) as server:
        yield Bench(folder, press, server, runs, compare, tell, articles)
