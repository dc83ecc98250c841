"""`run`: the daemon in the foreground, or one cycle."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.errors import StoreFull

if TYPE_CHECKING:
    from monitor.config import Settings

log = logging.getLogger(__name__)


def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Poll all due feeds, deliver what is due, and exit.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
) -> None:
    """Watch the feeds until stopped (Ctrl-C, SIGTERM); SIGHUP re-reads the configuration."""
    # Until the daemon listens for it, a HUP would end the program.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Imports make no garbage; looking for it takes a tenth of them.
    gc.disable()
    from monitor.daemon import hold_lock

    gc.enable()
    load = partial(_load_settings, context, "DEBUG" if verbose else "INFO", set())
    settings = load()
    with hold_lock(settings.storage.path):
        if once:
            asyncio.run(_run_once(settings))
        else:
            _run_for_ever(settings, load)


def _load_settings(context: typer.Context, level: str, secrets: set[str]) -> "Settings":
    """Read the configuration, keep its secrets out of the log, and say what is unwise in it.

    `secrets` gathers all that were ever read: a refused file leaves the old ones in force.
    """
    from monitor.log import configure_logging

    settings = session.read_settings(context)
    secrets |= settings.secrets
    configure_logging(level, stream=sys.stderr, secrets=secrets)
    for warning in settings.warnings:
        log.warning("%s", warning)
    return settings


async def _run_once(settings: "Settings") -> None:
    from monitor.app import open_app

    async with open_app(settings) as app:
        await app.check_channels()
        await app.start()
        await app.run_cycle()


def _run_for_ever(settings: "Settings", load: Callable[[], "Settings"]) -> None:
    from monitor.app import wait_for_room

    while True:
        try:
            asyncio.run(_run(settings, load))
        except StoreFull as error:  # ending would only make a supervisor start us again
            log.warning("%s; waiting for room", error)
            wait_for_room(settings)


async def _run(settings: "Settings", load: Callable[[], "Settings"]) -> None:
    from monitor.app import open_app
    from monitor.daemon import Daemon

    async with open_app(settings) as app:
        await Daemon(app, load).run()
    # Everything is closed and written. Threads that hang in a look-up of a name would be waited
    # for, longer than a supervisor waits for us (FAULTS A3).
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
