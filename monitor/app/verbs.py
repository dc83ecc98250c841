"""Runs a verb of the command line in a process of its own, for the page.

What learns and compares needs hundreds of megabytes for a minute, which the daemon must not keep;
and the page answers as the command line does.
"""

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

from monitor.config import Settings
from monitor.errors import MonitorError

LONGEST = timedelta(minutes=5)
"""Reading an archive of thousands of articles takes a minute or two."""


async def run_verb(settings: Settings, verb: str, *arguments: str) -> Any:
    """Run `monitor VERB --json ARGUMENTS` on the same configuration, and give what it says.

    Raise `MonitorError` with its error.
    """
    command = ("-m", "monitor", "--config", str(settings.source.path), *verb.split(), "--json")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST.total_seconds()):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise MonitorError(f"`monitor {verb}` took too long") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise MonitorError(_find_error(err.decode(errors="replace")))
    return json.loads(out)


def _find_error(text: str) -> str:
    """The last line that says something; a usage error stands in a box."""
    lines = (line.strip("│╭╰╮╯─ \t") for line in text.splitlines())
    said = [line for line in lines if line]
    return said[-1] if said else "it failed without a word"
