"""The real daemon with a clock of the test's own, killed at a point: `python -m` this.

Options are written by `campaign.Victim`.
"""

import argparse
import asyncio
import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, event

from monitor import daemon
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.net import AddressGuard
from monitor.adapters.parse import MEMORY, FeedParser
from monitor.adapters.worker import Worker
from monitor.app import open_app, read_clock
from monitor.config import Settings, load_settings
from monitor.log import configure_logging
from monitor.pipeline import Parts
from tests.faults.harness.trap import (
    Trap,
    TrappedChannel,
    TrappedFetcher,
    TrappedStore,
    TrappedWorker,
)

BEAT = 0.2
"""Seconds between two ticks: the waits between kills get shorter, what happens does not change."""


def main() -> None:
    """Run until a signal, or until the trap springs."""
    asked = read_arguments()
    daemon.TICK = BEAT  # type: ignore[assignment]
    trap = Trap(asked.kill, asked.times, asked.armed)
    if asked.kill == "in the migration":
        event.listen(Engine, "after_cursor_execute", lambda *_: trap.reach("in the migration"))
    load = partial(load_settings, Path("config.toml"), os.environ, Path.cwd())
    settings = load()
    configure_logging("INFO", stream=sys.stderr, secrets=settings.secrets)
    clock = make_clock(asked.began, asked.shown, asked.speed) if asked.shown else read_clock
    with daemon.hold_lock(settings.storage.path):
        asyncio.run(run(settings, load, clock, trap, asked.hurry))


async def run(
    settings: Settings,
    load: Callable[[], Settings],
    clock: Callable[[], datetime],
    trap: Trap,
    hurry: int,
) -> None:
    """What `monitor run` does, with the traps set."""

    def replace(parts: Parts) -> Parts:
        return set_traps(trap, shorten_patience(hurry, parts) if hurry > 1 else parts)

    async with open_app(settings, clock=clock, replace=replace) as app:
        trap.reach("database open")
        await daemon.Daemon(app, load).run()


def shorten_patience(hurry: int, parts: Parts) -> Parts:
    """Wait so many times shorter for servers and parsers, as a quick test must."""
    deadline = timedelta(seconds=30) / hurry
    guard = AddressGuard(parts.rules.allow)
    fetcher = HttpFetcher(guard, user_agent="test", clock=parts.clock, deadline=deadline)
    parser = FeedParser(Worker("parser", memory=MEMORY, size=2), deadline=deadline, cpu=1)
    return dataclasses.replace(parts, fetcher=fetcher, parser=parser)


def set_traps(trap: Trap, parts: Parts) -> Parts:
    """Wrap what the points lie in."""
    parser = parts.parser
    if trap.point == "in the parser":
        parser = FeedParser(TrappedWorker(trap, memory=MEMORY))
    return dataclasses.replace(
        parts,
        fetcher=TrappedFetcher(parts.fetcher, trap),
        parser=parser,
        store=TrappedStore(parts.store, trap),
        channels={n: TrappedChannel(channel, trap) for n, channel in parts.channels.items()},
    )


def make_clock(began: datetime, shown: datetime, speed: float) -> Callable[[], datetime]:
    """A clock that showed `shown` when the machine's showed `began`, and runs so much faster."""

    def read() -> datetime:
        return shown + timedelta(seconds=(read_clock() - began).total_seconds() * speed)

    return read


def read_arguments() -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kill", default="never")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--armed", type=Path, required=True)
    parser.add_argument("--began", type=datetime.fromisoformat)
    parser.add_argument("--shown", type=datetime.fromisoformat)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--hurry", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
