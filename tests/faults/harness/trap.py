"""Ends this process with kill -9 at a named point; parts of the program are wrapped to reach it."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from monitor.adapters.worker import Worker
from monitor.core.model import Envelope, FetchRequest, FetchResult, Outcome, Receipt
from monitor.ports import Channel, Fetcher, Store, Transaction

T = TypeVar("T")


@dataclass
class Trap:
    """Kills when `point` is reached for the `left`-th time while the file `armed` exists."""

    point: str
    left: int
    armed: Path

    def reach(self, point: str) -> None:
        """Die here, if this is the point and the time."""
        if point != self.point or not self.armed.exists():
            return
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class TrappedFetcher:
    """Reaches "after fetch" with a document in hand."""

    fetcher: Fetcher
    trap: Trap

    async def fetch(self, request: FetchRequest) -> FetchResult:
        result = await self.fetcher.fetch(request)
        self.trap.reach("after fetch")
        return result


class TrappedWorker(Worker):
    """Its process kills the program instead of answering, once the trap is armed."""

    def __init__(self, trap: Trap, *, memory: int) -> None:
        super().__init__("parser", memory=memory, size=2)
        self._trap = trap

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        if self._trap.armed.exists():
            function = partial(_work_and_kill, os.getpid(), function)
        return await super().call(function, *args, deadline=deadline, work=work)


def _work_and_kill(program: int, function: Callable[..., T], *args: object) -> T:
    result = function(*args)
    os.kill(program, signal.SIGKILL)
    return result


@dataclass(frozen=True)
class TrappedStore:
    """Reaches "before", "inside" and "after" each transaction that writes, by its row."""

    store: Store
    trap: Trap

    async def write(self, job: Callable[[Transaction], T]) -> T:
        row = name_row(job)
        self.trap.reach(f"before {row}")
        result = await self.store.write(partial(self._run, row, job))
        self.trap.reach(f"after {row}")
        return result

    async def read(self, query: Callable[[Transaction], T]) -> T:
        return await self.store.read(query)

    def _run(self, row: str, job: Callable[[Transaction], T], tx: Transaction) -> T:
        """The job has written everything and nothing is committed: the worst moment inside."""
        result = job(tx)
        self.trap.reach(f"inside {row}")
        return result


def name_row(job: Callable[..., Any]) -> str:
    """Name a transaction by its module: poll, classify, assign, digest; the program's is "start".

    Delivering has two: claim and settle.
    """
    function = job.func if isinstance(job, partial) else job
    module = function.__module__.rpartition(".")[2]
    names = {"program": "start", "outcomes": "poll", "deliver": function.__name__.strip("_")}
    return names.get(module, module)


@dataclass(frozen=True)
class TrappedChannel:
    """Reaches "before sending" and, when the receiver took it, "after acceptance"."""

    channel: Channel
    trap: Trap

    async def send(self, envelope: Envelope) -> Receipt:
        self.trap.reach("before sending")
        receipt = await self.channel.send(envelope)
        if receipt.outcome is Outcome.DELIVERED:
            digest = "-digest-" in envelope.key
            self.trap.reach("after acceptance of a digest" if digest else "after acceptance")
        return receipt
