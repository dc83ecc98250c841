"""`stories`: what happened."""

from collections.abc import Callable
from typing import Annotated

import typer

from monitor import queries
from monitor.cli import likeness, session
from monitor.cli.output import (
    JsonFlag,
    print_json,
    print_line,
    print_table,
    printable,
    show_time,
)
from monitor.core.ids import LARGEST_ID
from monitor.ports import Transaction

Id = Annotated[int, typer.Argument(min=1, max=LARGEST_ID)]

app = typer.Typer(help="Articles on one event, told once.", no_args_is_help=True)
app.command("eval")(likeness.evaluate_stories)
app.command("train")(likeness.train_likeness)


@app.command("list")
def list_stories(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only stories of this topic.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the newest stories."""
    lines = session.query(context, lambda tx: queries.list_stories(tx, limit, topic))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("id", "topics", "score", "articles", "sources", "since", "title"),
        (
            (
                str(line.id),
                ", ".join(line.topics),
                f"{line.score:.2f}",
                str(line.articles),
                str(line.sources),
                show_time(line.first_seen_at),
                line.title,
            )
            for line in lines
        ),
        empty="No stories yet.",
    )


@app.command("show")
def show_story(context: typer.Context, story: Id, as_json: JsonFlag = False) -> None:
    """Show one story: its articles and what was told of it."""
    answer = session.query(context, lambda tx: queries.show_story(tx, story))
    if as_json:
        print_json(answer)
        return
    line = answer.story
    print_line((printable(line.title), "bold"))
    topics = ", ".join(line.topics)
    print_line(f"{topics}, score {line.score:.2f}, {line.sources} independent sources")
    print_table(
        ("article", "seen", "score", "source", "title", "link"),
        (
            (
                str(member.article),
                show_time(member.first_seen_at),
                f"{member.score:.2f}",
                member.feed,
                member.title,
                member.link or "",
            )
            for member in answer.articles
        ),
        empty="No articles.",
    )
    print_alerts(answer.alerts)


@app.command("split")
def split(
    context: typer.Context,
    story: Id,
    articles: Annotated[
        list[int],
        typer.Argument(min=1, max=LARGEST_ID, help="Ids of the articles to split off."),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Make a story of its own of some of a story's articles; they never come back."""
    from monitor.app import split_by_hand
    from monitor.topics import load_likeness

    def job(tx: Transaction) -> tuple[int, int]:
        return story, split_by_hand(tx, load_likeness(), story, articles).id

    _correct(context, job, as_json=as_json)


@app.command("merge")
def merge(context: typer.Context, story: Id, other: Id, as_json: JsonFlag = False) -> None:
    """Put another story into a story; what is like either belongs to it from now on."""
    from monitor.app import merge_by_hand

    now = session.read_clock()
    _correct(context, lambda tx: (merge_by_hand(tx, story, other, now).id,), as_json=as_json)


def _correct(
    context: typer.Context, job: Callable[[Transaction], tuple[int, ...]], *, as_json: bool
) -> None:
    def correct(tx: Transaction) -> list[queries.StoryAnswer]:
        return [queries.show_story(tx, id_) for id_ in job(tx)]

    try:
        answers = session.change(context, correct)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(answers)
        return
    for answer in answers:
        line = answer.story
        typer.echo(f"story {line.id}, {line.articles} articles: {printable(line.title)}")


def print_alerts(alerts: tuple[queries.OutboxLine, ...]) -> None:
    """Print what was said, to whom and why."""
    print_table(
        ("alert", "channel", "state", "at", "because", "note", "receipt"),
        (
            (
                line.occasion,
                line.channel,
                line.state,
                show_time(line.settled_at or line.due_at),
                line.reason,
                line.error or line.note or "",
                line.receipt or "",
            )
            for line in alerts
        ),
        empty="Nothing was told of it.",
    )
