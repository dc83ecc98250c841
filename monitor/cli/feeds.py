"""`feeds`: what is polled. Lists of feeds and single tries have files of their own."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import typer

from monitor import queries
from monitor.cli import feedlist, probe, session
from monitor.cli.output import (
    JsonFlag,
    print_done,
    print_json,
    print_table,
    show_time,
    to_plain,
)
from monitor.cli.probe import Address, check_address
from monitor.core.latency import Latency
from monitor.core.model import FeedSpec, Origin
from monitor.core.rhythm import show_span

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
    """List the feeds: health, when and why they are polled next, and how long news takes.

    "seen" is from publication to us, "told" from there to the alert, of the last 30 days: half of
    the news took at most so long / nineteen of twenty.
    """
    now = session.read_clock()
    settings = session.read_settings(context)
    session.change(context, lambda tx: tx.feeds.sync(settings.feeds, now))
    lines = session.query(context, lambda tx: queries.time_feeds(tx, now))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("name", "state", "from", "next poll", "seen", "told", "address", "error"),
        (
            (
                line.name,
                line.state,
                line.origin,
                f"{show_time(line.next_poll_at)} ({line.due})",
                show_latency(line.seen),
                show_latency(line.told),
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
    interval: Annotated[
        str | None, typer.Option(help='How often it is asked, as "1h" (default: [polling]).')
    ] = None,
    full_text: Annotated[
        bool | None,
        typer.Option(help="Whether its articles' pages may be read (default: [polling])."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a feed; it lives in the database, config.toml stays as it is.

    One that wants a login, headers or a proxy goes into config.toml: the database holds no secrets.
    """
    spec = FeedSpec(
        check_address(url),
        name or urlsplit(url).hostname or url,
        interval=_check_interval(interval) if interval else None,
        tags=tuple(tag or ()),
        origin=Origin.COMMAND,
        full_text=full_text,
    )
    now = session.read_clock()
    feed = session.change(context, lambda tx: tx.feeds.add(spec, now))
    text = f"{feed.spec.name} will be polled; what is there already raises no alert."
    print_done({"id": feed.id} | to_plain(feed.spec), text, as_json=as_json)


def _check_interval(text: str) -> timedelta:
    from monitor.config import read_period

    try:
        return read_period(text)
    except ValueError as error:
        raise typer.BadParameter(f'{error}; write "15m" or "1h"') from error


@app.command("remove")
def remove_feed(context: typer.Context, url: Address, as_json: JsonFlag = False) -> None:
    """Stop polling a feed that was added by command; its articles stay."""
    from monitor.app import remove_feed as remove

    settings = session.read_settings(context)
    feed = session.change(context, lambda tx: remove(tx, url, settings))
    text = f"{feed.spec.name} is no longer polled."
    print_done({"id": feed.id} | to_plain(feed.spec), text, as_json=as_json)


def show_latency(latency: Latency | None) -> str:
    """Write "8m / 21m": half took at most the first, nineteen of twenty the second."""
    return f"{show_span(latency.p50)} / {show_span(latency.p95)}" if latency else ""
