"""`routes`: which route takes what, and what would become of it now."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_line, print_table, printable, show_time

if TYPE_CHECKING:
    from monitor.core.route import Traits
    from monitor.ports import Transaction
    from monitor.queries.routes import RoutesAnswer

app = typer.Typer(help="Who is told of which story.", no_args_is_help=True)


@app.callback()
def routes() -> None:
    """Keep `test` a word of its own, as long as it is the only one."""


@app.command("test")
def try_routes(
    context: typer.Context,
    story: Annotated[
        str | None, typer.Argument(help="A story's id, or the address of one of its articles.")
    ] = None,
    *,
    topic: Annotated[str | None, typer.Option(help="Ask about a story of this topic.")] = None,
    score: Annotated[float, typer.Option(min=0, max=1, help="… with this score.")] = 1.0,
    language: Annotated[str | None, typer.Option(help="… in this language.")] = None,
    feed: Annotated[list[str] | None, typer.Option(help="… from this feed or host.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="… from a feed with this tag.")] = None,
    sources: Annotated[int, typer.Option(min=1, max=1_000, help="… from so many sources.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Say which route takes a story, stored or imagined, and what would become of it now."""
    from monitor.core.route import make_traits

    if (story is None) == (topic is None):
        raise typer.BadParameter("give either a story or --topic")
    scores = {topic: score} if topic else {}
    traits = make_traits(scores, language, feed or (), tag or (), sources)
    answer = _ask(context, story, traits)
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _ask(context: typer.Context, reference: str | None, imagined: "Traits") -> "RoutesAnswer":
    from monitor.queries.routes import ask_routes, describe_story, find_story, imagine_story

    settings, now = session.read_settings(context), session.read_clock()

    def ask(tx: "Transaction") -> "RoutesAnswer":
        if reference is None:
            story, traits = imagine_story(imagined, now), imagined
        else:
            story = find_story(tx, reference)
            traits = describe_story(tx, story)
        return ask_routes(tx, story, traits, settings.routes, settings.rules_of, now)

    return session.query(context, ask)


def _show(answer: "RoutesAnswer") -> None:
    if answer.story is not None:
        print_line((f"story {answer.story}: {printable(answer.title)}", "bold"))
    print_table(
        ("route", "takes it", "asks for", "what is missing", "channels"),
        (
            (
                str(line.number),
                "yes" if line.takes else "no",
                line.asks,
                "; ".join(line.missing),
                ", ".join(line.channels),
            )
            for line in answer.routes
        ),
        empty="No routes.",
    )
    print_table(
        ("channel", "because", "now", "why", "until"),
        (
            (line.channel, line.because, line.now, line.why, show_time(line.until))
            for line in answer.channels
        ),
        empty="Nobody is told; it is in the digest.",
    )
