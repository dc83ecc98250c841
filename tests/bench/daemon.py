"""The real daemon, which writes down when it ticks: `python -m` this FILE."""

import asyncio
import os
import sys
import time
from functools import partial
from pathlib import Path

from monitor.app import App, open_app
from monitor.config import Settings, load_settings
from monitor.daemon import Daemon, hold_lock
from monitor.log import configure_logging


def main() -> None:
    """Run until a signal."""
    load = partial(load_settings, Path("config.toml"), os.environ, Path.cwd())
    settings = load()
    configure_logging("INFO", stream=sys.stderr, secrets=settings.secrets)
    with hold_lock(settings.storage.path):
        asyncio.run(run(settings, load, Path(sys.argv[1])))


async def run(settings: Settings, load: partial[Settings], file: Path) -> None:
    """What `monitor run` does."""
    async with open_app(settings) as app:
        write_ticks(app, file)
        await Daemon(app, load).run()


def write_ticks(app: App, file: Path) -> None:
    """A line for each tick: when it began, in monotonic seconds."""
    tick = app.tick

    async def tick_and_tell() -> None:
        with file.open("a", encoding="ascii") as lines:
            lines.write(f"{time.monotonic()}\n")
        await tick()

    app.tick = tick_and_tell  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
