"""The command line: typer verbs, one file per noun. It prints and sets exit codes, no more.

Law: heavy parts (the store, spaCy, apprise …) are imported inside the verbs, so that `--help` is
quick. Exit codes: 0 ok, 1 no or failed, 2 usage, 78 configuration error (EX_CONFIG of sysexits.h).
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli.output import complain
from monitor.cli.verbs import Verbs
from monitor.errors import ConfigError, MonitorError, StoreUnusable

EX_CONFIG = 78

app = typer.Typer(
    name="monitor",
    cls=Verbs,
    help="Watches news feeds for articles like the one you care about; tells you once per story.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: importing what draws the boxes would take longer than everything else.
    rich_markup_mode=None,
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            envvar="MONITOR_CONFIG",
            help="The configuration file (default: ./config.toml).",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  # the callback acts on it
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show version.")
    ] = False,
) -> None:
    """Remember which configuration the verb shall use; verbs read it as `context.obj`."""
    context.obj = config


def main() -> None:
    """Run the command line; every expected error is one line and an exit code."""
    try:
        app()
    except (ConfigError, StoreUnusable) as error:
        complain(str(error))
        sys.exit(EX_CONFIG)
    except (MonitorError, OSError) as error:  # OSError: a full disk or a closed pipe behind us
        complain(str(error))
        sys.exit(1)
