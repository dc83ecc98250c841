"""`outbox` and `alerts`: what is on its way, what was told, what failed."""

from typing import Annotated

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import JsonFlag, print_done, print_json, print_table, show_time
from monitor.core.ids import LARGEST_ID
from monitor.core.model import Delivery
from monitor.ports import Transaction

app = typer.Typer(help="Messages on their way, and what became of them.", no_args_is_help=True)
alerts_app = typer.Typer(help="What was told of stories, and to whom.", no_args_is_help=True)

NO_LIMIT = 10**9

Ids = typer.Argument(min=1, max=LARGEST_ID, help="Ids of outbox rows.")
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]


@app.command("list")
def list_outbox(
    context: typer.Context,
    state: Annotated[list[Delivery] | None, typer.Option(help="Only rows in this state.")] = None,
    limit: Limit = 50,
    as_json: JsonFlag = False,
) -> None:
    """List messages, newest first."""
    states = tuple(state or ())
    lines = session.query(context, lambda tx: queries.list_outbox(tx, states, limit))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("id", "channel", "state", "tries", "due", "message", "note", "error"),
        (
            (
                str(line.id),
                line.channel,
                line.state,
                str(line.attempts),
                show_time(line.held_until or line.due_at),
                line.title or line.key,
                show_note(line),
                line.error or "",
            )
            for line in lines
        ),
        empty="The outbox is empty.",
    )


@app.command("retry")
def retry(
    context: typer.Context,
    ids: Annotated[list[int] | None, Ids] = None,
    channel: Annotated[str | None, typer.Option(help="All dead rows of this channel.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead rows.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Send dead messages again, with their old key and text."""
    from monitor.app import retry_rows

    if sum(map(bool, (ids, channel, every))) != 1:
        raise typer.BadParameter("give ids, --channel or --all")
    now = session.read_clock()

    def job(tx: Transaction) -> int:
        dead = tx.outbox.list((Delivery.DEAD,), NO_LIMIT, channel=channel)
        return retry_rows(tx, ids or [row.id for row in reversed(dead)], now)

    moved = session.change(context, job)
    print_done({"revived": moved}, f"{moved} messages wait for delivery.", as_json=as_json)


@app.command("drop")
def drop(context: typer.Context, ids: Annotated[list[int], Ids], as_json: JsonFlag = False) -> None:
    """Give up waiting messages: they will not be sent."""
    from monitor.app import drop_rows

    now = session.read_clock()
    moved = session.change(context, lambda tx: drop_rows(tx, ids, now))
    print_done({"dropped": moved}, f"{moved} messages dropped.", as_json=as_json)


@alerts_app.command("list")
def list_alerts(context: typer.Context, limit: Limit = 50, as_json: JsonFlag = False) -> None:
    """List what was or will be told of stories, newest first."""
    lines = session.query(context, lambda tx: queries.list_alerts(tx, limit))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("story", "topic", "score", "alert", "channel", "state", "at", "note", "title"),
        (
            (
                str(line.story),
                line.topic,
                f"{line.score:.2f}",
                line.occasion,
                line.channel,
                line.state,
                show_time(line.settled_at or line.created_at),
                show_note(line),
                line.title,
            )
            for line in lines
        ),
        empty="Nothing was told yet.",
    )


def show_note(line: queries.OutboxLine | queries.AlertLine) -> str:
    """Why a row was held, folded or dropped; a note on what is past says nothing any more."""
    if line.folded_into is not None:
        return f"in row {line.folded_into}: {line.note}"
    over = line.state in {Delivery.SENT, Delivery.DEAD}
    return "" if over else line.note or ""
