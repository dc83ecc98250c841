"""The daemon as systemd knows it: signals, notifications, one instance, a log without secrets."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.neighbours import NEWS, Neighbours, write_feed
from tests.e2e.program import EX_CONFIG, Program, Running

TITLES = tuple(title for title, _ in NEWS)
CLOSED_PORT = 1
STOP_LIMIT = 20
"""Seconds in which a TERM has to be obeyed (FAULTS A3)."""


class Systemd:
    """Listens as systemd does: datagrams on a UNIX socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._heard: list[str] = []

    @property
    def heard(self) -> list[str]:
        """The first words of everything that was said so far."""
        with suppress(BlockingIOError):
            while datagram := self._socket.recv(4096):
                self._heard.append(datagram.decode().partition("\n")[0])
        return self._heard

    def close(self) -> None:
        self._socket.close()


@contextmanager
def daemon(program: Program, **environ: str) -> Iterator[Running]:
    """The daemon, from when it says that it is ready."""
    with supervised(program, **environ) as (running, _):
        yield running


@contextmanager
def supervised(program: Program, **environ: str) -> Iterator[tuple[Running, Systemd]]:
    path = program.folder / "notify"
    path.unlink(missing_ok=True)
    with (
        closing(Systemd(path)) as systemd,
        program.start("run", "-v", NOTIFY_SOCKET=str(path), **environ) as running,
    ):
        running.until(lambda: systemd.heard == ["READY=1"], "READY=1")
        yield running, systemd


def articles_of(program: Program, feed: str) -> int:
    query = "SELECT count(*) FROM article JOIN feed ON feed.id = feed_id WHERE feed.name = ?"
    return int(program.rows(query, feed)[0][0])


def states(program: Program) -> list[str]:
    return [state for (state,) in program.rows("SELECT state FROM outbox ORDER BY id")]


@pytest.mark.fault("A5")
def test_systemd_hears_every_step(program: Program, beside: Neighbours) -> None:
    program.configure(beside.configure("one"))
    with supervised(program) as (running, systemd):
        running.signal(signal.SIGHUP)
        running.until(lambda: len(systemd.heard) == 3, "two more messages")
        running.until(lambda: "WATCHDOG=1" in systemd.heard, "WATCHDOG=1")
        assert running.stop(STOP_LIMIT) == 0
        assert systemd.heard == ["READY=1", "RELOADING=1", "READY=1", "WATCHDOG=1", "STOPPING=1"]
    for line in running.log.splitlines():
        assert json.loads(line).keys() >= {"at", "level", "logger", "event"}


@pytest.mark.fault("A3")
def test_term_lets_the_send_in_flight_finish(program: Program, beside: Neighbours) -> None:
    beside.feeds["one"] = write_feed(*TITLES[:3])
    beside.open.clear()
    program.configure(beside.configure("one"))
    with daemon(program) as running:
        running.until(lambda: beside.calls, "a message under way")
        running.signal(signal.SIGTERM)
        running.until_logged("stopping")
        assert states(program)[0] == "in_flight"
        beside.open.set()
        assert running.process.wait(STOP_LIMIT) == 0
    assert states(program) == ["sent", "pending", "pending"]
    assert len(beside.calls) == 1


@pytest.mark.fault("A3")
def test_a_send_that_never_ends_is_cut_off_and_repeated_at_the_next_start(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds["one"] = write_feed(TITLES[0])
    beside.open.clear()
    program.configure(beside.configure("one"))
    with daemon(program) as running:
        running.until(lambda: beside.calls, "a message under way")
        assert running.stop(STOP_LIMIT) == 0
    beside.open.set()
    program.do("run", "--once")
    first, second = beside.calls
    assert second.key == first.key
    assert second.text == first.text
    assert second.title == f"{first.title} (possibly repeated)"
    assert states(program) == ["sent"]


@pytest.mark.fault("A3")
def test_hup_reads_the_configuration_again_and_a_bad_one_changes_nothing(
    program: Program, beside: Neighbours
) -> None:
    beside.feeds |= {"one": write_feed(TITLES[0]), "two": write_feed(TITLES[1], first=2)}
    program.configure(beside.configure("one"))
    with daemon(program) as running:
        running.until(lambda: articles_of(program, "one"), "the first feed's article")
        program.configure(beside.configure("one", "two"))
        running.signal(signal.SIGHUP)
        running.until(lambda: articles_of(program, "two"), "the new feed's article")

        program.configure(f"{beside.configure('one')}\ntimezone_ = 'UTC'\n")
        running.signal(signal.SIGHUP)
        running.until_logged("the old configuration stays: config.toml:")
        beside.feeds["two"] = write_feed(*TITLES[1:3], first=2)
        running.until(lambda: len(beside.calls) == 3, "alerts of all three articles")
        assert running.stop(STOP_LIMIT) == 0


@pytest.mark.fault("A4")
def test_a_second_instance_ends_and_says_why(program: Program, beside: Neighbours) -> None:
    program.configure(beside.configure("one"))
    with daemon(program) as running:
        refused = program.run("run")
        assert refused.returncode == 1
        (line,) = refused.stderr.splitlines()
        assert "another monitor runs on this database" in line
        assert f"process {running.process.pid}" in line
        assert running.process.poll() is None
    with daemon(program) as successor:
        assert successor.stop(STOP_LIMIT) == 0


@pytest.mark.parametrize("once", [(), ("--once",)])
def test_a_channel_whose_address_is_none_ends_it_with_its_line(
    program: Program, beside: Neighbours, once: tuple[str, ...]
) -> None:
    """The daemon looks at addresses beside its first polls; what is found by then is kept."""
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one", channel="jsn://example.org"))
    line = 1 + program.config.read_text("utf-8").splitlines().index('url = "jsn://example.org"')
    done = program.run("run", *once)
    assert done.returncode == EX_CONFIG
    assert f"config.toml:{line}: no channel is called jsn://…" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.fault("F1")
def test_no_secret_is_written_anywhere(program: Program, beside: Neighbours) -> None:
    secrets = [f"canary{n}%26{n:x}f3a9c0d7" for n in range(8)]
    here = f"127.0.0.1:{beside.port}"
    (program.folder / "address").write_text(f"json://me:{secrets[6]}@{here}/deny", "utf-8")
    urls = (
        f'url = "mailto://me:{secrets[0]}@127.0.0.1:{CLOSED_PORT}?from=a@b.example&to=a@b.example"',
        f'url = "json://{here}/deny?+Authorization=Bearer%20{secrets[1]}"',
        f'url = "gotify://{here}/{secrets[2]}"',
        f'url = "xml://me:{secrets[3]}@{here}/deny"',
        f'url = "mmost://{here}/{secrets[4]}"',
        f'url = "json://{here}/deny?-token={secrets[5]}"',
        'url_file = "address"',
        f'url = "form://me:${{HOOK_PASSWORD}}@{here}/deny"',
    )
    tables = "".join(f"[channels.c{n}]\n{url}\n" for n, url in enumerate(urls))
    beside.feeds["one"] = write_feed(TITLES[0])
    program.configure(beside.configure("one") + tables)
    with daemon(program, HOOK_PASSWORD=secrets[7]) as running:
        tried = "SELECT 1 FROM outbox WHERE error IS NOT NULL"
        running.until(lambda: len(program.rows(tried)) == len(urls), "an attempt per channel")
        command_lines = b"".join(
            (Path("/proc") / str(pid) / "cmdline").read_bytes() for pid in running.survivors()
        )
        program.configure(beside.configure("one", channel=f"jsn://me:{secrets[0]}@{here}"))
        running.signal(signal.SIGHUP)
        running.until_logged("the old configuration stays")
        assert program.run("check").returncode == EX_CONFIG
        assert running.stop(STOP_LIMIT) == 0
    program.configure(beside.configure("one") + tables)
    answers = [
        program.run(*verb, HOOK_PASSWORD=secrets[7])
        for verb in (("status",), ("outbox", "list", "--json"), ("channels", "list"))
    ]
    assert [answer.returncode for answer in answers] == [0, 0, 0]
    written = b"".join(
        path.read_bytes()
        for path in program.folder.rglob("*")
        if path.is_file() and path.name not in {"config.toml", "address"}
    )
    said = "".join(answer.stdout + answer.stderr for answer in answers).encode()
    for secret in secrets:
        for spelling in (secret, secret.replace("%26", "&")):
            assert spelling.encode() not in written + said + command_lines
