"""Serves news, kills the program, starts it again, and compares what was served with what came."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.app import read_clock
from tests.e2e.neighbours import Neighbours, neighbours, write_feed
from tests.e2e.program import Program, Running, wait_until
from tests.faults.harness.news import make_headline
from tests.faults.harness.receivers import Call, Receivers, open_receivers

ROOT = Path(__file__).parents[3]
CHANNELS = ("a", "b", "c")

EACH_AT_ONCE = 'max_per_hour = 10000\ngap = "0s"'
"""As many messages as there are items, so that each item's way can be followed."""


class Victim(Program):
    """The program as `harness.daemon` starts it. `armed` is the file that arms its trap."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.armed = folder / "armed"

    @contextmanager
    def live(self, *options: str, shown: datetime | None = None) -> Iterator[Running]:
        """Run the daemon; with `shown` its clock begins there."""
        clock = ("--began", read_clock().isoformat(), "--shown", shown.isoformat()) if shown else ()
        module = ("-m", "tests.faults.harness.daemon", "--armed", str(self.armed))
        command = [sys.executable, *module, *clock, *options]
        with self.start_command(command, PYTHONPATH=str(ROOT)) as running:
            yield running


@dataclass(frozen=True)
class Count:
    """What the receivers say. Only `marked` may be more than 0, once for each attempt cut off.

    `lost`: item and channel without a message · `doubled`: with two, under different keys ·
    `marked` and `unmarked`: a message again under the same key, with and without the words.
    """

    lost: int
    doubled: int
    marked: int
    unmarked: int

    @property
    def repeated(self) -> int:
        return self.doubled + self.unmarked


class Campaign:
    """One database, one feed, and a receiver for each name in `channels`."""

    def __init__(
        self, folder: Path, beside: Neighbours, receivers: Receivers, channels: Sequence[str]
    ) -> None:
        self.victim = Victim(folder)
        self.receivers = receivers
        self.channels = tuple(channels)
        self.kills = 0
        self.in_flight = 0
        self.served = 0
        self._beside = beside
        self.serve(1)

    def configure(self, extra: str = "digests = []", channel: str = EACH_AT_ONCE) -> None:
        """Flag every item, and tell each channel of each at once; `channel` are keys of each."""
        port = self._beside.port
        tables = "".join(
            f'[channels.{name}]\nurl = "{self.receivers.url(name)}"\n{channel}\n'
            for name in self.channels
        )
        self.victim.configure(f"""\
timezone = "UTC"
polling = {{ interval = "1s", allow = ["127.0.0.1:{port}"] }}
alerts = {{ baseline = false }}
topics = [{{ name = "ai-overbuild", threshold = 0.0 }}]
classifier = {{ encoder = "off" }}
{extra}
{tables}
[[feeds]]
name = "blatt"
url = "http://127.0.0.1:{port}/feed/blatt"
""")

    def serve(self, more: int) -> None:
        """Let so many more items appear in the feed."""
        self.served += more
        titles = (make_headline(number) for number in range(1, self.served + 1))
        self._beside.feeds["blatt"] = write_feed(*titles)

    def is_all_told(self) -> bool:
        """Whether every receiver took every item."""
        return self.count().lost == 0

    def kill_at(self, point: str, *, settled: bool) -> None:
        """Let the program die at this point with an item that was not there before.

        With `settled` all that earlier kills left is told first, and the item is alone; without,
        whichever item gets there dies, which takes half the time.
        """
        self.victim.armed.unlink(missing_ok=True)
        with self.victim.live("--kill", point) as running:
            if settled:
                running.until(self.is_all_told, f"all {self.served} items told, before {point}")
            self._aim(point, running)
            self.serve(1)
            self.see_it_die(running, point)

    def kill_at_start(self, point: str, *options: str) -> None:
        """Let the program die at this point of its start."""
        self.victim.armed.touch()
        with self.victim.live("--kill", point, *options) as running:
            self.see_it_die(running, point)

    def kill_after(self, running: Running, seconds: float) -> None:
        """Kill -9 the program after so long; its workers have to end by themselves."""
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(seconds)
        running.process.kill()
        self.see_it_die(running, f"{seconds:.3f} s later")

    def see_it_die(self, running: Running, point: str) -> None:
        """Wait for the end of the program and its workers; count what it was sending."""
        wait_until(lambda: running.process.poll() is not None, f"death at: {point}")
        assert running.process.returncode == -signal.SIGKILL, f"{point}:\n{running.log}"
        wait_until(lambda: running.survivors() == [], "the end of its workers")
        self.victim.armed.unlink(missing_ok=True)
        self.receivers.on_call = lambda: None
        self.kills += 1
        sending = self.victim.rows("SELECT count(*) FROM outbox WHERE state = 'in_flight'")
        self.in_flight += sending[0][0] if sending else 0

    def kill_before_digest(self, point: str, day: datetime) -> None:
        """Let the program die at this point on its way to the digest of seven o'clock.

        Then let it run until every receiver has the digest of this day.
        """
        self.victim.armed.touch()
        seven = day.replace(hour=7)
        with self.victim.live("--kill", point, shown=seven - timedelta(seconds=1)) as dying:
            self._aim(point, dying)
            self.see_it_die(dying, point)
        self.run_until(
            lambda: len(self.digests_of(f"{day:%Y-%m-%d}")) == len(CHANNELS),
            f"the digest after death {point}",
            seven + timedelta(seconds=30),
        )

    def digests_of(self, date: str) -> set[tuple[str, str]]:
        """Channel and key of the digests of this local date."""
        calls = (c for c in list(self.receivers.calls) if c.taken)
        return {(c.channel, c.key) for c in calls if f"-digest-daily-{date}" in c.key}

    def run_until(
        self, condition: Callable[[], object], what: str, shown: datetime | None = None
    ) -> None:
        """Run undisturbed until this holds, or nothing arrives any more; stop in good order."""
        with self.victim.live(shown=shown) as running:
            running.until(condition, what, progress=lambda: len(self.receivers.calls))
            running.until_logged("watching")
            assert running.stop() == 0

    def finish(self) -> Count:
        """Run undisturbed until all is told or patience ends, then count."""
        self.run_until(self.is_all_told, "all items told")
        self.victim.do("run", "--once")
        assert self.victim.ask("db", "check")["ok"]
        return self.count()

    def count(self) -> Count:
        """Compare what was served with what the receivers took."""
        calls = [c for c in list(self.receivers.calls) if c.taken and "-digest-" not in c.key]
        keys = {(item, call.channel, call.key) for call in calls for item in call.items}
        told = Counter((item, channel) for item, channel, _ in keys)
        expected = {(n, channel) for n in range(1, self.served + 1) for channel in self.channels}
        marked, unmarked = count_repeats(calls)
        return Count(
            lost=len(expected - told.keys()),
            doubled=sum(times - 1 for times in told.values()),
            marked=marked,
            unmarked=unmarked,
        )

    def _aim(self, point: str, running: Running) -> None:
        if point == "during sending":
            self.receivers.on_call = lambda: os.kill(running.process.pid, signal.SIGKILL)
        else:
            self.victim.armed.touch()


def count_repeats(calls: list[Call]) -> tuple[int, int]:
    """How many came again under the same key: with the words that say so, and without."""
    seen: set[str] = set()
    repeats = []
    for call in calls:
        if call.key in seen:
            repeats.append(call)
        seen.add(call.key)
    marked = sum(call.is_marked for call in repeats)
    return marked, len(repeats) - marked


@contextmanager
def open_campaign(folder: Path, channels: Sequence[str] = CHANNELS) -> Iterator[Campaign]:
    """A feed server, receivers, and a program that is not started yet."""
    with neighbours() as beside, open_receivers() as receivers:
        campaign = Campaign(folder, beside, receivers, channels)
        campaign.configure()
        yield campaign
