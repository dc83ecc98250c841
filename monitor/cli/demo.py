"""`demo`: the whole daemon on bundled, invented news."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.output import print_line
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.demo.run import Summary


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running until Ctrl-C.")] = False,
    folder: Annotated[Path, typer.Option(help="Where its database, alerts and digest go.")] = Path(
        "monitor-demo"
    ),
) -> None:
    """Run the daemon for half a minute on invented news from a real server on this machine."""
    from rich.console import Console
    from rich.panel import Panel

    from monitor.demo.run import run_demo
    from monitor.log import configure_logging

    configure_logging("INFO", stream=sys.stderr, json=False)
    summary = session.run(
        run_demo(folder.absolute(), keep=keep, say=lambda text: print_line((text, "bold")))
    )
    Console(highlight=False).print(
        Panel(_describe(summary), title="What the demo did", expand=False)
    )
    if not summary.told:
        raise MonitorError("the demo told of nothing; see the log above")


def _describe(summary: "Summary") -> "Text":
    from rich.text import Text

    health = summary.status.health
    counters = summary.status.counters
    lines = Text(
        f"{health.articles} articles read from {health.feeds_ok} of {health.feeds} feeds\n"
        f"{counters.get('flagged', 0)} flagged while it ran,"
        f" {counters.get('baseline', 0)} were there before and alerted nobody\n"
        f"{summary.status.stories} stories; each was told once per channel:\n"
    )
    for title in dict.fromkeys(summary.told):
        lines.append(f"  • {title}\n", style="cyan")
    lines.append(f"\nThe digest: {summary.digest}\n", style="bold green")
    lines.append(f"The alerts:  {summary.digest.with_name('alerts.txt')}\n")
    words = [_find_program(), "--config", _shorten(summary.digest.with_name("config.toml"))]
    lines.append(f"Ask it why:  {shlex.join([*words, 'stories', 'list'])}\n")
    lines.append(f"The page:    {summary.page}, while it runs; --keep lets it run on")
    return lines


def _find_program() -> str:
    """How a person starts what runs now; in a virtual environment it is not on the path."""
    beside = Path(sys.executable).with_name("monitor")
    return _shorten(beside) if beside.exists() else "monitor"


def _shorten(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
