"""The real daemon, whose clock runs faster: `python -m` this in a folder with a config.toml."""

import argparse
import asyncio
import os
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from monitor import daemon
from monitor.app import Live, open_app, read_clock
from monitor.config import load_settings
from monitor.log import configure_logging

CLOCK = "clock.txt"
"""Where it is written what the program's clock showed when: monotonic seconds, its seconds."""

BEAT = 0.1
"""Seconds between two steps of the clock, and between two ticks."""

BUSY = 0.1
"""The share of its feeds that the program may be polling while its clock goes on."""


class PatientClock:
    """Runs `speed` times as fast as the machine's, and stands still while the program is busy.

    So a slow machine takes longer, and what it is late for is the program's fault, not its own.
    """

    def __init__(self, speed: float) -> None:
        self._now = read_clock()
        self._step = timedelta(seconds=BEAT * speed)

    def __call__(self) -> datetime:
        return self._now

    async def run(self, live: Live, most: int, log: TextIO) -> None:
        """Go on, and write down when it showed what."""
        while True:
            log.write(f"{time.monotonic()} {self._now.timestamp()}\n")
            await asyncio.sleep(BEAT)
            if len(live.polling) <= most:
                self._now += self._step


async def run(speed: float, log: TextIO) -> None:
    """What `monitor run` does. The look after the clock would call each second a jump."""
    load = partial(load_settings, Path("config.toml"), os.environ, Path.cwd())
    settings, clock = load(), PatientClock(speed)
    configure_logging("WARNING", stream=sys.stderr, secrets=settings.secrets)
    with daemon.hold_lock(settings.storage.path):
        async with open_app(settings, clock=clock) as app:
            most = max(1, round(len(settings.feeds) * BUSY))
            running = asyncio.create_task(clock.run(app.parts.live, most, log))
            await daemon.Daemon(app, load, guard=timedelta(days=1)).run()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


if __name__ == "__main__":
    daemon.TICK = BEAT  # type: ignore[assignment]
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, required=True)
    with Path(CLOCK).open("w", encoding="ascii") as log:
        asyncio.run(run(parser.parse_args().speed, log))
