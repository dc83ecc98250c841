"""C1–C4, C10, D2: the daemon beside feeds that do their worst, and one that is well."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import read_clock
from tests.e2e.neighbours import write_feed
from tests.e2e.program import Running, wait_until
from tests.faults.harness.addresses import open_canary
from tests.faults.harness.attacks import make_documents, make_servers
from tests.faults.harness.campaign import Victim
from tests.faults.harness.hostile import Hostile, give, open_hostile
from tests.faults.harness.news import make_headline
from tests.faults.proof import Record, pick

HURRY = pick(10, 1)
"""So many times shorter are the program's deadlines."""

INTERVAL = pick(8, 60)
FETCH = 30 / HURRY
GRACE = 15
"""Seconds that a poll may last beyond its deadline."""

MOST_MEMORY = 64
"""Megabytes that the parent may grow by."""

WELL = "well"
ROUNDS = 4
WAIT = 10 * INTERVAL + 120
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Poll:
    """The last poll of a feed: when it ended, and its error."""

    name: str
    ended: datetime
    error: str | None


@dataclass(frozen=True)
class Ran:
    """What came after the feeds turned hostile.

    `seconds`: how long each last poll took from its last request on. `well`: when the feed that is
    well was asked. `grown`: megabytes at the worst moment.
    """

    errors: Mapping[str, str | None]
    seconds: Mapping[str, float]
    well: Sequence[datetime]
    grown: float
    hits: int
    code: int


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """All feeds are well at first; then all but one turn hostile."""
    victim = Victim(tmp_path_factory.mktemp("hostile"))
    with open_hostile() as hostile, open_canary() as canary:
        attacks = dict(make_servers(f"http://0x7f.1:{canary.port}/feed"))
        attacks |= {name: give(body) for name, body in make_documents().items()}
        names = (WELL, *attacks)
        hostile.answers = {name: give(write_feed(make_headline(n))) for n, name in enumerate(names)}
        victim.configure(configure(hostile, *names))
        with victim.live("--hurry", str(HURRY)) as running:
            running.until(lambda: len(read_polls(victim)) == len(names), "all of them read")
            running.until_logged("the page is at")  # importing it is no growth
            hostile.answers |= attacks
            turned, before = read_clock(), forget_peak(running)
            watch(running, victim, hostile, len(names), turned)
            grown = read_memory(running, "VmHWM") - before
            polls = read_polls(victim, turned)
            return Ran(
                errors={poll.name: poll.error for poll in polls},
                seconds={poll.name: measure(poll, hostile) for poll in polls},
                well=[at for path, at in hostile.asked if path == WELL],
                grown=grown,
                hits=canary.count(),
                code=running.stop(),
            )


def watch(running: Running, victim: Victim, hostile: Hostile, feeds: int, turned: datetime) -> None:
    """Wait until each was polled again, and the one that is well several times."""

    def is_over() -> bool:
        rounds = sum(path == WELL and at > turned for path, at in hostile.asked)
        return rounds >= ROUNDS and len(read_polls(victim, turned)) == feeds

    wait_until(lambda: running.process.poll() is not None or is_over(), "their polls", WAIT)


def read_polls(victim: Victim, since: datetime = EPOCH) -> list[Poll]:
    """The last poll of each feed that was polled since then."""
    rows = victim.rows("SELECT name, last_polled_at, last_error FROM feed WHERE last_polled_at > 0")
    polls = [Poll(name, EPOCH + timedelta(microseconds=at), error) for name, at, error in rows]
    return [poll for poll in polls if poll.ended > since]


def measure(poll: Poll, hostile: Hostile) -> float:
    """Seconds from the last request of a poll to its end."""
    began = [at for path, at in hostile.asked if path == poll.name and at < poll.ended]
    return (poll.ended - began[-1]).total_seconds()


def configure(hostile: Hostile, *names: str) -> str:
    """Feeds without alerts."""
    feeds = "".join(
        f'[[feeds]]\nname = "{name}"\nurl = "{hostile.url(name)}"\ninterval = "{INTERVAL}s"\n'
        for name in names
    )
    return f"""\
polling.allow = {hostile.allow}
classifier.encoder = "off"
web.listen = "127.0.0.1:0"
channels.file.url = "file://alerts.txt"
{feeds}"""


def forget_peak(running: Running) -> float:
    """Let the kernel measure the peak of memory anew; give what is used now, in megabytes."""
    proc = Path("/proc") / str(running.process.pid)
    (proc / "clear_refs").write_text("5", encoding="ascii")
    return read_memory(running, "VmRSS")


def read_memory(running: Running, name: str) -> float:
    status = (Path("/proc") / str(running.process.pid) / "status").read_text(encoding="ascii")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines[name].split()[0]) / 1024


@pytest.mark.fault("C1", "C2", "C3", "C4", "D2")
def test_the_program_lives_and_each_poll_ends(ran: Ran, record: Record) -> None:
    longest = max(ran.seconds.values())
    record(feeds=len(ran.seconds) - 1, longest_seconds=round(longest), crashes=int(ran.code != 0))
    assert ran.code == 0
    late = {name: s for name, s in ran.seconds.items() if s > 2 * FETCH + GRACE}
    assert late == {}


@pytest.mark.fault("C1", "D2")
def test_a_feed_that_is_well_is_asked_in_time(ran: Ran, record: Record) -> None:
    gaps = [
        (later - one).total_seconds() for one, later in zip(ran.well, ran.well[1:], strict=False)
    ]
    record(polls=len(gaps), longest_gap_seconds=round(max(gaps)), interval_seconds=INTERVAL)
    assert len(gaps) >= ROUNDS - 1
    assert max(gaps) <= 2.1 * INTERVAL


@pytest.mark.fault("C2")
def test_the_parent_hardly_grows(ran: Ran, record: Record) -> None:
    record(megabytes=round(ran.grown))
    assert ran.grown <= MOST_MEMORY


@pytest.mark.fault("C4")
def test_nobody_was_asked_whom_a_redirect_named(ran: Ran, record: Record) -> None:
    record(hits=ran.hits)
    assert ran.hits == 0
    assert "not a public address" in (ran.errors["inwards"] or "")
    assert "not an http(s) address" in (ran.errors["to-a-file"] or "")


WORDS = {
    # Those that are large may wait for others in vain.
    "silent": "no whole answer",
    "half-a-head": "no whole answer",
    "header-drip": "no whole answer",
    "body-drip": "no whole answer",
    "chunk-drip": "no whole answer",
    "early-hints": "no whole answer",
    "50-megabytes": "more than 10,000,000 bytes|within",
    "endless": "more than 10,000,000 bytes|within",
    "header-megabyte": "a header line is too long",
    "gzip-bomb": "more than 10,000,000 bytes when inflated|within",
    "double-gzip": "'gzip, gzip' is not inflated",
    "gzip-twice-named": "'gzip, gzip' is not inflated",
    "brotli": "'br' is not inflated",
    "cut-off": "cut off",
    "bad-chunk": "",
    "reset": "",
    "many-headers": "",
    "circle": "in a circle",
    "one-entity-often": "too costly",
    "author": "too costly",
    "open-tags": "too costly|within",
    "deep-json": "broken JSON|within",
}


@pytest.mark.fault("C1", "C2", "C3", "D2")
@pytest.mark.parametrize("name", WORDS)
def test_a_hostile_feed_is_an_error_of_its_own(ran: Ran, name: str) -> None:
    assert re.search(WORDS[name], ran.errors[name] or "none"), ran.errors[name]
    assert ran.errors[name]


def test_the_feed_that_is_well_has_none(ran: Ran) -> None:
    assert ran.errors[WELL] is None
