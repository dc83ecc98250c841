"""`init` and `check`: a first configuration, and whether it is right."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json
from monitor.core.model import EVERY_DAY, DigestPlan
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.config import Settings

OWNER_ONLY = 0o600
"""A file that is meant to hold addresses of channels is nobody else's to read (FAULTS F2)."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path(),
) -> None:
    """Write a complete, commented config.toml; an existing one is never touched."""
    from monitor.config import read_default_config

    path = folder / "config.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb"
        ) as file:
            file.write(read_default_config().encode())
    except FileExistsError as error:
        raise MonitorError(f"{path} is there already and stays as it is") from error
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}; name a folder you may write to") from error
    option = "" if folder == Path() else f" --config {path}"
    typer.echo(
        f"Wrote {path}. It explains every key: feeds, topics, channels, digest. Next:\n"
        f"  monitor{option} check   (says what is wrong, and where)\n"
        f"  monitor{option} run     (watches the feeds)"
    )


def check(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the configuration whole: every key, channel address and topic."""
    try:
        found = _find(_read_checked(context))
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"ok": False, "problems": str(error).split("\n")})
        raise typer.Exit(os.EX_CONFIG) from error
    if as_json:
        print_json({"ok": True, **found})
    else:
        _show(found)


def _read_checked(context: typer.Context) -> "Settings":
    from monitor.app import check_settings

    settings = session.read_settings(context)
    check_settings(settings)
    return settings


def _find(settings: "Settings") -> dict[str, Any]:
    from monitor.app import choose_names

    return {
        "file": str(settings.source.path),
        "database": str(settings.storage.path),
        "timezone": settings.timezone,
        "feeds": len(settings.feeds),
        "topics": list(choose_names(settings)),
        "channels": list(settings.channels),
        "routes": len(settings.routes),
        "digests": [_name_plan(plan) for plan in settings.digests],
        "warnings": list(settings.warnings),
    }


def _name_plan(plan: DigestPlan) -> str:
    """Say when it comes: "daily 07:00 Europe/Berlin", "twice mon+thu 17:00 UTC"."""
    from monitor.config import DAYS

    days = [] if plan.days == EVERY_DAY else ["+".join(DAYS[day] for day in plan.days)]
    return " ".join([plan.name, *days, f"{plan.hour:02}:{plan.minute:02}", plan.timezone])


def _show(found: dict[str, Any]) -> None:
    for name, value in found.items():
        if name != "warnings":
            text = ", ".join(value) or "none" if isinstance(value, list) else str(value)
            typer.echo(f"{name:<10}{text}")
    for warning in found["warnings"]:
        typer.secho(f"warning: {warning}", fg="yellow")
    typer.echo("The configuration is right.")
