"""`doctor`: what is wrong with the installation, and what to do."""

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table


def doctor(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Look at configuration, database, disk, backups, feeds, channels and clock."""
    from monitor.doctor import Grade, examine

    settings = session.read_settings(context)
    checks = examine(settings, lambda ask: session.query(context, ask), session.read_clock())
    failed = any(check.grade is Grade.FAIL for check in checks)
    if as_json:
        print_json({"ok": not failed, "checks": checks})
    else:
        print_table(
            ("check", "", "found", "what to do"),
            ((check.name, check.grade, check.found, check.remedy) for check in checks),
            empty="",
        )
    if failed:
        raise typer.Exit(1)
