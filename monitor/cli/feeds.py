"""`feeds`: what is polled. Lists of feeds and single tries have files of their own."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from monitor import queries
from monitor.cli import feedlist, probe, session
from monitor.cli.output import JsonFlag, print_json, print_table, show_time
from monitor.cli.probe import Address, check_address
from monitor.core.model import FeedSpec, Origin
from monitor.errors import MonitorError
from monitor.ports import Transaction

app = typer.Typer(help="What is polled.", no_args_is_help=True)
for name, verb in (
    ("import", feedlist.import_feeds),
    ("export", feedlist.export_feeds),
    ("discover", probe.discover_feeds),
    ("test", probe.try_feed),
):
    app.command(name)(verb)


@app.command("list")
def list_feeds(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the feeds: health, where they come from, when and why they are polled next."""
    now = session.read_clock()
    settings = session.read_settings(context)

    def job(tx: Transaction) -> tuple[queries.FeedLine, ...]:
        tx.feeds.sync(settings.feeds, now)
        return queries.list_feeds(tx, now)

    lines = session.change(context, job)
    if as_json:
        print_json(lines)
        return
    print_table(
        ("name", "state", "from", "next poll", "address", "error"),
        (
            (
                line.name,
                line.state,
                line.origin,
                f"{show_time(line.next_poll_at)} ({line.due})",
                f"{line.url} → {line.moved_to}" if line.moved_to else line.url,
                line.error or "",
            )
            for line in lines
        ),
        empty="No feeds; name some in config.toml or use `monitor feeds add URL`.",
    )


@app.command("add")
def add_feed(
    context: typer.Context,
    url: Address,
    name: Annotated[str | None, typer.Option(help="What to call it (default: its host).")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be repeated.")] = None,
) -> None:
    """Add a feed; it lives in the database, config.toml stays as it is."""
    spec = FeedSpec(
        check_address(url),
        name or urlsplit(url).hostname or url,
        tags=tuple(tag or ()),
        origin=Origin.COMMAND,
    )
    now = session.read_clock()
    feed = session.change(context, lambda tx: tx.feeds.add(spec, now))
    typer.echo(f"{feed.spec.name} will be polled; what is there already raises no alert.")


@app.command("remove")
def remove_feed(context: typer.Context, url: Address) -> None:
    """Stop polling a feed that was added by command; its articles stay."""
    settings = session.read_settings(context)
    if any(spec.url == url for spec in settings.feeds):
        raise MonitorError(f"{url} is named in {settings.source.path}; remove it there")
    feed = session.change(context, lambda tx: tx.feeds.remove(url))
    typer.echo(f"{feed.spec.name} is no longer polled.")
