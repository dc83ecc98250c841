"""lemon24/reader in an environment and a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / "build/reader"
PYTHON = ENVIRONMENT / "bin/python"
PINS = HERE / "reader.txt"
WORKERS = 8
"""Threads that fetch. CPU time hardly depends on it."""


class NotInstalled(Exception):
    """reader's environment is not there and cannot be made; the text is one line."""


def is_installed() -> bool:
    """Whether the environment was made, from these pins."""
    pins = ENVIRONMENT / "pins.txt"
    return pins.exists() and pins.read_bytes() == PINS.read_bytes()


def install() -> None:
    """Make the environment; bytecode is compiled. Raise `NotInstalled`."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--compile",
    ]
    done = subprocess.run(
        [*pip, "--no-deps", "-r", PINS], capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise NotInstalled(f"reader cannot be installed (is there a network?): {last}")
    (ENVIRONMENT / "pins.txt").write_bytes(PINS.read_bytes())


@dataclass(frozen=True)
class Rival:
    """A process that has imported reader and waits for orders."""

    process: subprocess.Popen[str]

    def add(self, urls: Sequence[str]) -> None:
        """Begin with these feeds."""
        self._ask({"add": list(urls)})

    def update(self) -> dict[str, Any]:
        """Update all feeds once: `cpu` in seconds, `polled`, `failed`, `new`, `unchanged`."""
        return self._ask({"update": WORKERS})

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "reader's process ended; its last words stand above"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def open_rival(database: Path, trust: Path) -> Iterator[Rival]:
    """Start reader on a new database, and end it."""
    database.unlink(missing_ok=True)
    with subprocess.Popen(
        [PYTHON, HERE / "reader_process.py", database, trust],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield Rival(process)
        assert process.stdin
        process.stdin.close()
        process.wait(60)
