"""`feeds test` and `feeds discover`: ask one address, and say what is there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table, printable, show_time, to_plain
from monitor.core.model import FeedSpec
from monitor.core.rhythm import show_span
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.core.model import FetchResult, ParsedFeed
    from monitor.probe import Found, Trial

SHOWN = 10
"""Entries that a person is shown."""


def complete_address(context: typer.Context, incomplete: str) -> list[str]:
    """The addresses of all feeds that begin like this, for the shell."""
    context.obj = context.find_root().params.get("config")
    try:
        feeds = session.peek(context, lambda _, tx: tx.feeds.list())
    except MonitorError:
        return []
    addresses = (feed.spec.url for feed in feeds or ())
    return [address for address in addresses if address.startswith(incomplete)]


Address = Annotated[
    str, typer.Argument(help="The feed's address.", autocompletion=complete_address)
]
Page = Annotated[str, typer.Argument(help="A web page's address; https:// may be left out.")]


def discover_feeds(context: typer.Context, url: Page, as_json: JsonFlag = False) -> None:
    """Find the feeds of a web page: those it names, else those at the usual places."""
    from monitor.app import open_reader
    from monitor.probe import discover_feeds as discover

    address = check_address(url if "://" in url else f"https://{url}")

    async def work() -> "tuple[Found, ...]":
        async with open_reader(session.read_settings(context)) as reader:
            return await discover(reader, address)

    found = session.run(work())
    if as_json:
        print_json(found)
    else:
        _show_found(found)
    if all(feed.error for feed in found):
        raise typer.Exit(1)


def _show_found(found: "tuple[Found, ...]") -> None:
    print_table(
        ("title", "entries", "newest", "address", "error"),
        ((f.title, str(f.entries), show_time(f.newest_at), f.url, f.error or "") for f in found),
        empty="That page names no feed, and there is none at the usual places.",
    )
    if any(not feed.error for feed in found):
        typer.echo("`monitor feeds add ADDRESS` polls one.")


def try_feed(context: typer.Context, url: Address, as_json: JsonFlag = False) -> None:
    """Ask for a feed once, as the daemon would, and say what came; nothing is stored."""
    from monitor.app import open_reader
    from monitor.core.rhythm import make_pace
    from monitor.probe import try_feed as probe

    address, settings = check_address(url), session.read_settings(context)
    named = (spec for spec in settings.feeds if spec.url == address)
    spec = next(named, FeedSpec(address, address))
    pace = make_pace(settings.polling.interval, settings.polling.max_interval)

    async def work() -> "Trial":
        async with open_reader(settings) as reader:
            return await probe(reader, spec, pace, session.read_clock())

    trial = session.run(work())
    if as_json:
        print_json({"ok": trial.error is None, **to_plain(trial)})
    else:
        _show_trial(trial)
    if trial.error:
        raise typer.Exit(1)


def _show_trial(trial: "Trial") -> None:
    ok = trial.error is None
    typer.secho(f"{trial.url}: {'a feed' if ok else trial.error}", fg="green" if ok else "red")
    for name, text in _describe(trial):
        typer.echo(f"{name:<10}{printable(text)}")
    for problem in trial.feed.problems if trial.feed else ():
        typer.secho(f"{'problem':<10}{printable(problem)}", fg="yellow")
    if trial.feed:
        entries = trial.feed.entries[:SHOWN]
        print_table(
            ("published", "title", "link"),
            ((show_time(e.published_at), e.title, e.link or "") for e in entries),
            empty="It has no entries.",
        )
    elif trial.feeds:
        print_table(("it names", "address"), trial.feeds, empty="")


def _describe(trial: "Trial") -> Iterator[tuple[str, str]]:
    if trial.remedy:
        yield "remedy", trial.remedy
    yield "status", f"{_name_status(trial)} after {trial.seconds:.2f} s"
    for hop in trial.hops:
        yield "redirect", f"{hop.status} to {hop.url}"
    if trial.feed is None or trial.answer is None:
        return
    yield "title", f"{trial.feed.title} ({trial.feed.language or 'no language given'})"
    yield "entries", f"{len(trial.feed.entries)}, the newest of {show_time(trial.newest_at)}"
    kept = {"ETag": trial.answer.etag, "Last-Modified": trial.answer.last_modified}
    names = " and ".join(name for name, value in kept.items() if value)
    validated = f"validated by {names}" if names else "no validators: each poll fetches all of it"
    size = f"{len(trial.answer.body or b''):,} bytes"
    yield "answer", f"{size}, {trial.answer.content_type or 'no type'}; {validated}"
    yield "hints", ", ".join(_list_hints(trial.answer, trial.feed)) or "none"
    if trial.next_in:
        yield "next poll", f"after {show_span(trial.next_in)} ({trial.why})"


def _list_hints(answer: "FetchResult", feed: "ParsedFeed") -> Iterator[str]:
    if answer.fresh_for:
        yield f"fresh for {show_span(answer.fresh_for)}"
    if feed.hints and feed.hints.pause:
        yield f"changes every {show_span(feed.hints.pause)}"
    if feed.hints and (feed.hints.skip_hours or feed.hints.skip_days):
        yield "skipHours or skipDays"


def _name_status(trial: "Trial") -> str:
    return f"HTTP {trial.status}" if trial.status else "no answer"


def check_address(url: str) -> str:
    """Give the address back when it can be polled; raise a usage error otherwise."""
    from monitor.config import check_feed_url

    try:
        return check_feed_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
