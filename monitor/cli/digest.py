"""`digest`: what a day brought, shown or sent; `digest list`: which were made and told."""

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table, show_time
from monitor.core.model import DigestInput, DigestPlan, Markup, Message
from monitor.errors import AlreadyRunning, NotFound
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.config import Settings


class Format(StrEnum):
    """How the digest is written down."""

    TEXT = "text"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


MARKUPS = {
    Format.TEXT: Markup.TEXT,
    Format.MARKDOWN: Markup.MARKDOWN,
    Format.HTML: Markup.HTML,
}


app = typer.Typer(invoke_without_command=True)


@app.callback()
def digest(
    context: typer.Context,
    day: Annotated[
        str | None, typer.Option("--date", help="A local date such as 2026-03-01 (default: now).")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Which of the configured digests.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Also send it to its channels.")] = False,
) -> None:
    """Print the digest of a date, or of what came since the last one; --send also delivers it."""
    if context.invoked_subcommand is not None:
        return
    settings = session.read_settings(context)
    plan = _find_plan(settings, name)
    occasion, compiled, message = _compile(context, settings, plan, day)
    if as_json or form is Format.JSON:
        print_json(queries.describe_digest(compiled))
    else:
        typer.echo(_write(message, MARKUPS[form]))
    if send:
        _send(context, plan, occasion, message, compiled)


@app.command("list")
def list_digests(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 30,
    as_json: JsonFlag = False,
) -> None:
    """List digests and what became of them; one is told when its channel has taken it."""
    lines = session.query(context, lambda tx: queries.list_digests(tx, limit))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("id", "digest", "date", "from", "until", "channel", "state", "told", "error"),
        (_to_cells(line) for line in lines),
        empty="no digest was made yet",
    )


def _to_cells(line: queries.DigestLine) -> tuple[str, ...]:
    return (
        str(line.id),
        line.name,
        line.occasion,
        show_time(line.since_at),
        show_time(line.until_at),
        line.channel,
        line.state,
        show_time(line.told_at),
        line.error or "",
    )


def _find_plan(settings: "Settings", name: str | None) -> DigestPlan:
    for plan in settings.digests:
        if name in (None, plan.name):
            return plan
    names = ", ".join(plan.name for plan in settings.digests) or "none"
    raise NotFound(f"no digest {name or ''}; configured: {names}")


def _compile(
    context: typer.Context, settings: "Settings", plan: DigestPlan, day: str | None
) -> tuple[str, DigestInput, Message]:
    """The occasion, what the digest tells, and how it is told."""
    from monitor.app import make_ballot, name_topics, preview_digest
    from monitor.core.render import render_digest

    if day is not None:
        _check_date(day)
    now = session.read_clock()

    def job(tx: Transaction) -> tuple[str, DigestInput, Message]:
        labels = name_topics(tx, settings, plan.language)
        occasion, compiled = preview_digest(tx, plan, day, now, labels)
        ballot = make_ballot(tx, settings.web.public_url, now)
        return occasion, compiled, render_digest(compiled, plan, settings.polling.allow, ballot)

    return session.query(context, job)


def _check_date(day: str) -> None:
    try:
        date.fromisoformat(day) - timedelta(days=30)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{day} is no date such as 2026-03-01") from error


def _write(message: Message, markup: Markup) -> str:
    from monitor.app import MessageFormatter

    body = MessageFormatter().format(message, markup)
    return body if markup is Markup.HTML else f"{message.title}\n\n{body}"


def _send(
    context: typer.Context,
    plan: DigestPlan,
    occasion: str,
    message: Message,
    compiled: DigestInput,
) -> None:
    from monitor.app import note_extra, note_made, queue_digest

    now = session.read_clock()

    def job(tx: Transaction) -> int:
        if occasion == compiled.local_date:
            note_made(tx, compiled)
        else:
            note_extra(tx, plan, now)
        return queue_digest(tx, plan, occasion, message, now)

    if not session.change(context, job):
        raise NotFound(f"digest {plan.name} of {occasion} was queued before; see `outbox list`")
    try:
        session.deliver(context)
    except AlreadyRunning:
        typer.echo("queued; the running daemon sends it", err=True)
