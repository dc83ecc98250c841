"""`feeds import` and `feeds export`: lists of feeds for and from other readers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table
from monitor.errors import MonitorError
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.app import Imported
    from monitor.core.model import FeedSpec


def import_feeds(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An OPML file.")],
    as_json: JsonFlag = False,
) -> None:
    """Add the feeds of an OPML file; its folders become tags."""
    from monitor.app import import_feeds as take_over
    from monitor.app import read_opml

    settings = session.read_settings(context)
    specs = read_opml(file.read_bytes())
    now = session.read_clock()

    def job(tx: Transaction) -> "Imported":
        tx.feeds.sync(settings.feeds, now)
        return take_over(tx, specs, now)

    done = session.change(context, job)
    if as_json:
        print_json(done)
    else:
        _show(done)
    if not done.new and not done.known:
        raise typer.Exit(1)


def _show(done: "Imported") -> None:
    typer.echo(
        f"{len(done.new)} new, {len(done.known)} known already, {len(done.unusable)} not taken."
    )
    if done.unusable:
        rows = ((feed.name, feed.reason) for feed in done.unusable)
        print_table(("not taken", "because"), rows, empty="")


def export_feeds(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to (default: standard output).")
    ] = None,
) -> None:
    """Write all feeds as OPML; their tags become folders."""
    from monitor.app import write_opml

    settings = session.read_settings(context)
    now = session.read_clock()

    def job(tx: Transaction) -> "tuple[FeedSpec, ...]":
        tx.feeds.sync(settings.feeds, now)
        return tuple(feed.spec for feed in tx.feeds.list())

    text = write_opml(session.change(context, job), "monitor")
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MonitorError(f"{file}: {error.strerror}; name another file") from error
    typer.echo(f"written to {file}", err=True)
