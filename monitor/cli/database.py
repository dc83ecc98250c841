"""`db`, `backup` and `restore`: the one file that remembers."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, complain, print_done, print_json
from monitor.ports import Transaction

app = typer.Typer(help="The database.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The backup file.")]


@app.command("upgrade")
def upgrade(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Bring the database to this program's schema; a backup is made first."""
    path = session.read_settings(context).storage.path
    session.query(context, lambda _tx: None)
    print_done({"path": str(path), "ok": True}, f"{path} is up to date.", as_json=as_json)


@app.command("check")
def check(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the database's integrity and schema; exit 1 when something is wrong."""
    from monitor.app import check as find_problems

    path = session.read_settings(context).storage.path
    problems = find_problems(path)
    if as_json:
        print_json({"path": str(path), "ok": not problems, "problems": problems})
    elif not problems:
        typer.echo(f"{path} is sound.")
    else:
        for problem in problems:
            complain(problem)
    if problems:
        raise typer.Exit(1)


@app.command("reindex")
def reindex(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Forget the index of `search`; `monitor run` makes it anew while it does everything else."""

    def job(tx: Transaction) -> int:
        tx.searches.clear()
        return tx.searches.waiting()

    waiting = session.change(context, job)
    text = "`monitor run` indexes all articles anew: 20,000 a minute."
    print_done({"waiting": waiting}, text, as_json=as_json)


def backup(context: typer.Context, file: File, as_json: JsonFlag = False) -> None:
    """Copy the database to FILE, also while the daemon runs; the copy is verified."""
    from monitor.app import back_up

    path = session.read_settings(context).storage.path
    back_up(path, file)
    row = {"database": str(path), "backup": str(file)}
    print_done(row, f"backed up to {file}", as_json=as_json)


def restore(context: typer.Context, file: File, as_json: JsonFlag = False) -> None:
    """Put a backup in the database's place; the replaced file is kept beside it."""
    from monitor.app import restore as put_back
    from monitor.daemon import hold_lock

    target = session.read_settings(context).storage.path
    with hold_lock(target):
        kept = put_back(file, target, now=session.read_clock())
    row = {"database": str(target), "backup": str(file), "kept": str(kept) if kept else None}
    text = f"restored from {file}" + (f"; the old file is {kept}" if kept else "")
    print_done(row, text, as_json=as_json)
