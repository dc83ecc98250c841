"""`feeds`: what is polled."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table, printable, show_time
from monitor.core.model import FeedSpec, FetchRequest, Origin, ParsedFeed
from monitor.errors import MonitorError
from monitor.ports import Transaction

app = typer.Typer(help="What is polled.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="The feed's address.")]


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


@app.command("import")
def import_feeds(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An OPML file.")],
) -> None:
    """Add the feeds of an OPML file; its folders become tags."""
    from monitor.app import read_opml

    specs = read_opml(file.read_bytes())
    now = session.read_clock()
    session.change(context, lambda tx: [tx.feeds.add(spec, now) for spec in specs])
    typer.echo(f"{len(specs)} feeds imported.")


@app.command("export")
def export_feeds(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to (default: standard output).")
    ] = None,
) -> None:
    """Write all feeds as OPML."""
    from monitor.app import write_opml

    settings = session.read_settings(context)
    now = session.read_clock()

    def job(tx: Transaction) -> tuple[FeedSpec, ...]:
        tx.feeds.sync(settings.feeds, now)
        return tuple(feed.spec for feed in tx.feeds.list())

    text = write_opml(session.change(context, job), "monitor")
    if file is None:
        typer.echo(text)
    else:
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise MonitorError(f"{file}: {error.strerror}; name another file") from error
        typer.echo(f"written to {file}", err=True)


@app.command("discover")
def discover_feeds(context: typer.Context, url: Address, as_json: JsonFlag = False) -> None:
    """Find the feeds that a web page names."""
    from monitor.app import open_reader

    async def discover() -> tuple[tuple[str, str], ...]:
        async with open_reader(session.read_settings(context)) as reader:
            answer = await reader.fetcher.fetch(FetchRequest(check_address(url)))
            return await reader.parser.discover(answer.body or b"", answer.url)

    found = session.run(discover())
    if as_json:
        print_json([{"title": title, "url": address} for title, address in found])
    else:
        print_table(("title", "address"), found, empty="That page names no feed.")
    if not found:
        raise typer.Exit(1)


@app.command("test")
def try_feed(context: typer.Context, url: Address, as_json: JsonFlag = False) -> None:
    """Fetch and read a feed once; nothing is stored."""
    from monitor.app import open_reader

    async def read() -> ParsedFeed:
        async with open_reader(session.read_settings(context)) as reader:
            answer = await reader.fetcher.fetch(FetchRequest(check_address(url)))
            return await reader.parser.parse(answer.body or b"", answer.url, answer.content_type)

    parsed = session.run(read())
    if as_json:
        print_json(parsed)
        return
    language = parsed.language or "no language given"
    typer.echo(f"{printable(parsed.title)}: {len(parsed.entries)} entries, {language}")
    for problem in parsed.problems:
        typer.secho(printable(problem), fg="yellow")
    print_table(
        ("published", "title", "link"),
        ((show_time(e.published_at), e.title, e.link or "") for e in parsed.entries[:10]),
        empty="It has no entries.",
    )


def check_address(url: str) -> str:
    """Give the address back when it can be polled; raise a usage error otherwise."""
    from monitor.config import check_feed_url

    try:
        return check_feed_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
