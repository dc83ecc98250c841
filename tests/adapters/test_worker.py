"""Killable processes: every way a call can end, and that nothing stays behind."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.worker import FreshWorker, Worker
from monitor.errors import NotAFeed, WorkerDied, WorkerTimeout

SOON = timedelta(seconds=0.3)
LATE = timedelta(seconds=20)
MEMORY = 512 * 2**20


def add(left: int, right: int) -> int:
    return left + right


def pid() -> int:
    return os.getpid()


def count(body: bytes) -> int:
    return len(body)


def hang() -> None:
    signal.pause()


def hang_after_writing_pid(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    signal.pause()


def refuse() -> None:
    raise NotAFeed("a web page")


def stumble() -> None:
    raise ValueError("first line\nsecond line")


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def eat() -> int:
    return len(bytes(2**30))


def give_what_cannot_travel() -> object:
    return lambda: None


def handlers() -> tuple[bool, bool]:
    ignores_interrupt = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return ignores_interrupt, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def main_file() -> str | None:
    return getattr(sys.modules["__main__"], "__file__", None)


def exists(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture
async def worker():
    worker = Worker("test", memory=MEMORY)
    yield worker
    await worker.close()


async def test_a_call_gives_the_functions_result(worker: Worker) -> None:
    assert await worker.call(add, 2, 3, deadline=LATE) == 5
