"""What the verbs share: the settings, the store, and the way from a coroutine to its result."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.config import Settings

T = TypeVar("T")


def read_settings(context: typer.Context) -> "Settings":
    """Load the configuration the person named, or the one that is found. Raise `ConfigError`."""
    from monitor.config import load_settings

    return load_settings(context.obj, os.environ, Path.cwd())


def read_clock() -> datetime:
    """The time of this call."""
    from monitor.app import read_clock as now

    return now()


def query(context: typer.Context, ask: Callable[[Transaction], T]) -> T:
    """Run a query on the configured database."""
    return asyncio.run(_with_store(read_settings(context), ask, write=False))


def peek(context: typer.Context, ask: Callable[["Settings", Transaction], T]) -> T | None:
    """Run a query where there are a configuration and a database; None where one is missing."""
    if context.obj is None and not Path("config.toml").exists():
        return None
    settings = read_settings(context)
    if not settings.storage.path.is_file():
        return None
    return asyncio.run(_with_store(settings, lambda tx: ask(settings, tx), write=False))


def change(context: typer.Context, job: Callable[[Transaction], T]) -> T:
    """Run a write on the configured database; a running daemon notices it at its next tick."""
    return asyncio.run(_with_store(read_settings(context), job, write=True))


def deliver(context: typer.Context) -> None:
    """Send what is due now; raise `AlreadyRunning` where a daemon does that."""
    from monitor.daemon import hold_lock

    settings = read_settings(context)
    with hold_lock(settings.storage.path):
        asyncio.run(_deliver(settings))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(work)


async def _with_store(settings: "Settings", job: Callable[[Transaction], T], *, write: bool) -> T:
    from monitor.app import open_store

    store = open_store(settings.storage.path, now=read_clock())
    try:
        return await (store.write(job) if write else store.read(job))
    finally:
        await store.close()


async def _deliver(settings: "Settings") -> None:
    from monitor.app import open_app

    async with open_app(settings) as app:
        await app.check_channels()
        await app.deliver()
