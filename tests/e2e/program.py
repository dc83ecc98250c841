"""The program as a process, as a person or systemd starts it, and how a test waits for it."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import find_session, read_stat

EX_CONFIG = 78
PATIENCE = 60.0
"""Seconds after which a test gives up; far more than any step takes on a busy machine."""

STORY_TOLD = re.compile(r"monitor explain (\d+)")
"""The line that ends each alert; the number is its article's, so each story has its own."""


def stand_still() -> object:
    """No progress to be seen."""
    return None


def wait_until(
    condition: Callable[[], object],
    what: str,
    seconds: float = PATIENCE,
    progress: Callable[[], object] = stand_still,
) -> None:
    """Look again and again until it holds; fail, and say what was waited for, if it never does.

    Patience begins anew whenever `progress` gives another value.
    """
    seen, deadline = progress(), time.monotonic() + seconds
    while not condition():
        if (now := progress()) != seen:
            seen, deadline = now, time.monotonic() + seconds
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.02)


@dataclass(frozen=True)
class Running:
    """A process that was started and leads a session of its own; its output lies in files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    @property
    def log(self) -> str:
        return self.err.read_text(encoding="utf-8")

    def until(
        self,
        condition: Callable[[], object],
        what: str,
        progress: Callable[[], object] = stand_still,
    ) -> None:
        """Wait for a condition that this process brings about; fail if it ends before."""

        def holds_or_never_will() -> bool:
            alive = self.process.poll() is None
            if condition():
                return True
            if not alive:
                pytest.fail(f"ended before: {what}\n{self.log}")
            return False

        wait_until(holds_or_never_will, what, progress=progress)

    def until_logged(self, text: str) -> None:
        self.until(lambda: text in self.log, f"the log says {text!r}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill_group(self) -> None:
        """kill -9, the workers included."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = PATIENCE) -> int:
        """TERM, then its exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def survivors(self) -> list[int]:
        """Processes of its session that still run."""
        members = find_session(self.process.pid)
        return [process for process in members if read_stat(process)[0] not in {"Z", "X"}]


class Program:
    """A folder with a configuration and a database, and the program as it runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.database = folder / "monitor.sqlite"

    def configure(self, text: str) -> None:
        self.config.touch(mode=0o600)
        self.config.write_text(text, encoding="utf-8")

    def run(self, *words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end."""
        return subprocess.run(
            self._command(words),
            cwd=self.folder,
            env=self._environ(environ),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def do(self, *words: str | Path) -> str:
        """Run a verb that must succeed; give what it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, *words: str | Path) -> Any:
        """Give the JSON that a verb prints."""
        return json.loads(self.do(*words, "--json"))

    @contextmanager
    def start(self, *words: str | Path, **environ: str) -> Iterator[Running]:
        """Run it beside the test; at the end nothing of it is left."""
        with self.start_command(self._command(words), **environ) as running:
            yield running

    @contextmanager
    def start_command(self, command: Sequence[str | Path], **environ: str) -> Iterator[Running]:
        """As `start`, for what is not a verb of the program."""
        number = len(list(self.folder.glob("run-*.err")))
        out, err = self.folder / f"run-{number}.out", self.folder / f"run-{number}.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environ(environ),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        running = Running(process, out, err)
        try:
            yield running
        finally:
            if process.poll() is None:
                running.kill_group()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database as any other program might; nothing as long as there is none."""
        try:
            address = f"file:{self.database}?mode=ro"
            with closing(sqlite3.connect(address, uri=True)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "unable to open" in str(error) or "no such table" in str(error):
                return []
            raise

    def _command(self, words: Sequence[str | Path]) -> list[str | Path]:
        return [sys.executable, "-m", "monitor", *words]

    def _environ(self, more: dict[str, str]) -> dict[str, str]:
        fixed = {"HOME": str(self.folder), "TZ": "Europe/Berlin", "LANG": "C.UTF-8"}
        return {"PATH": os.environ["PATH"]} | fixed | more
