"""The real daemon, whose clock runs faster: `python -m` this in a folder with a config.toml."""

import argparse
import asyncio
import os
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor import daemon
from monitor.app import open_app
from monitor.config import load_settings
from monitor.log import configure_logging
from tests.faults.harness.daemon import make_clock

BEAT = 0.1
"""Seconds between two ticks: the program's clock runs faster, and so do its beats."""


async def run(began: datetime, speed: float) -> None:
    """What `monitor run` does. The look after the clock would call each second a jump."""
    load = partial(load_settings, Path("config.toml"), os.environ, Path.cwd())
    settings = load()
    configure_logging("WARNING", stream=sys.stderr, secrets=settings.secrets)
    with daemon.hold_lock(settings.storage.path):
        async with open_app(settings, clock=make_clock(began, began, speed)) as app:
            await daemon.Daemon(app, load, guard=timedelta(days=1)).run()


if __name__ == "__main__":
    daemon.TICK = BEAT  # type: ignore[assignment]
    parser = argparse.ArgumentParser()
    parser.add_argument("--began", type=datetime.fromisoformat, required=True)
    parser.add_argument("--speed", type=float, required=True)
    asked = parser.parse_args()
    asyncio.run(run(asked.began, asked.speed))
