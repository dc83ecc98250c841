"""`silence`: stories of which nobody is told for a while."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.moments import read_until
from monitor.cli.output import JsonFlag, print_done, print_json, print_table, show_time
from monitor.core.ids import LARGEST_ID
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.core.silence import Matcher, Silence
    from monitor.ports import Transaction

app = typer.Typer(help="Stories of which nobody is told for a while.", no_args_is_help=True)


@app.command("add")
def add_silence(
    context: typer.Context,
    until: Annotated[str, typer.Option(help='For so long ("2h") or until then (ISO, local).')],
    topic: Annotated[str | None, typer.Option(help="Stories of this topic.")] = None,
    feed: Annotated[str | None, typer.Option(help="Stories that only this feed reports.")] = None,
    story: Annotated[
        int | None, typer.Option(min=1, max=LARGEST_ID, help="The story of this id.")
    ] = None,
    words: Annotated[str | None, typer.Option(help="All these words are in the title.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads the list.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Tell nobody of stories that fulfil all of the given; drop what waits to be told of them."""
    from monitor import app as parts
    from monitor.core.silence import Matcher, describe_matcher

    matcher = Matcher(topic, feed, story, tuple((words or "").split()))
    if not describe_matcher(matcher):
        raise typer.BadParameter("say which stories: --topic, --feed, --story or --words")
    settings, now = session.read_settings(context), session.read_clock()
    end = read_until(until, now, settings.timezone)
    if topic is not None and topic not in parts.choose_names(settings):
        raise NotFound(f"no topic {topic}; `monitor topics list` shows them")

    def job(tx: "Transaction") -> "tuple[Silence, int]":
        _check_known(tx, matcher)
        return parts.add_silence(tx, matcher, end, reason, now)

    silence, dropped = session.change(context, job)
    if as_json:
        print_json({"silence": silence, "dropped": dropped})
    else:
        typer.echo(f"Silence {silence.id} holds until {show_time(end)}; {dropped} alerts dropped.")


@app.command("list")
def list_silences(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the silences in force, newest first."""
    from monitor.core.silence import describe_matcher

    now = session.read_clock()
    silences = session.query(context, lambda tx: tx.silences.list())
    shown = [silence for silence in silences if every or silence.holds_at(now)]
    if as_json:
        print_json(shown)
        return
    print_table(
        ("id", "stories", "until", "state", "reason"),
        (
            (
                str(silence.id),
                describe_matcher(silence.matcher),
                show_time(silence.expired_at or silence.until),
                "in force" if silence.holds_at(now) else "over",
                silence.reason,
            )
            for silence in shown
        ),
        empty="No silences.",
    )


@app.command("expire")
def expire_silence(
    context: typer.Context,
    silence: Annotated[int, typer.Argument(min=1, max=LARGEST_ID, help="Its id.")],
    as_json: JsonFlag = False,
) -> None:
    """End a silence now; what it dropped stays untold."""
    now = session.read_clock()
    ended = session.change(context, lambda tx: tx.silences.expire(silence, now))
    print_done(ended, f"Silence {silence} is over.", as_json=as_json)


def _check_known(tx: "Transaction", matcher: "Matcher") -> None:
    """A slip of the pen would silence nothing, without a word."""
    names = {feed.spec.name.casefold() for feed in tx.feeds.list()}
    if matcher.feed is not None and matcher.feed.casefold() not in names:
        raise NotFound(f"no feed {matcher.feed}; `monitor feeds list` shows their names")
    if matcher.story is not None and tx.stories.get(matcher.story) is None:
        raise NotFound(f"no story {matcher.story}; `monitor stories list` shows them")
