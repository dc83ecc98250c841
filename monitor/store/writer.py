"""The one thread that writes: it gathers what waits into one commit, a SAVEPOINT for each job."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from monitor.errors import StoreError
from monitor.store.database import begin_patiently, data_version, driver_of, writing_engine
from monitor.store.failures import translated

BATCH = 64
"""Jobs that share one commit: one wait for the disk instead of sixty-four."""

Acknowledge = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run inside a transaction, and where its result goes after the commit."""

    run: Callable[[Session], Any]
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """Owns the only writing connection of this process.

    `patience` is how long a batch waits for another process's lock before it fails as busy.
    `version` is SQLite's `data_version` at the start.
    """

    def __init__(self, path: Path, patience: timedelta) -> None:
        self._path = path
        self._patience = patience
        self._closing = Event()
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        with translated(path):
            self._connection = writing_engine(path, patience).connect()
            self.version = data_version(self._connection)
        self._thread = Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[Session], Any]) -> Future[Any]:
        """Queue a job; its future is resolved after the commit that holds its work."""
        if self._closing.is_set():
            raise StoreError(f"{self._path}: the store is closed")
        job = Job(run)
        self._queue.put(job)
        return job.done

    def close(self) -> None:
        """Finish what was queued, then close. A foreign lock is no longer waited for."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        with self._connection:
            while batch := self._take():
                self._commit(batch)

    def _take(self) -> list[Job]:
        """Wait for a job and take what else has gathered; empty means the end."""
        batch: list[Job] = []
        job = self._queue.get()
        while job is not None:
            batch.append(job)
            if len(batch) == BATCH or self._queue.empty():
                return batch
            job = self._queue.get()
        if batch:
            self._queue.put(None)
        return batch

    def _commit(self, batch: list[Job]) -> None:
        jobs = [job for job in batch if job.done.set_running_or_notify_cancel()]
        try:
            acknowledgements = self._transact(jobs)
        except Exception as error:  # noqa: BLE001 - raised to every caller whose work it undid
            acknowledgements = [partial(job.done.set_exception, error) for job in jobs]
        for acknowledge in acknowledgements:
            acknowledge()

    def _transact(self, jobs: list[Job]) -> list[Acknowledge]:
        transaction = begin_patiently(self._connection, self._path, self._patience, self._closing)
        with translated(self._path), transaction:
            return [attempt(self._connection, job, self._path) for job in jobs]


def attempt(connection: Connection, job: Job, path: Path) -> Acknowledge:
    """Run a job in its own SAVEPOINT; a failing job is undone alone.

    Where SQLite has undone the whole transaction (disk full, I/O error), raise: the batch is lost.
    """
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        try:
            with translated(path):
                result = job.run(session)
                session.commit()
        except Exception as error:
            if not driver_of(connection).in_transaction:
                connection.rollback()
                raise
            session.rollback()
            return partial(job.done.set_exception, error)
    return partial(job.done.set_result, result)
