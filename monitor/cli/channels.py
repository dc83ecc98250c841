"""`channels`: where messages go."""

from dataclasses import dataclass
from typing import Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_table
from monitor.core.model import Envelope, Outcome, Receipt
from monitor.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel as a list shows it; `routes` counts those that name it."""

    name: str
    kind: str
    routes: int
    digests: tuple[str, ...]


app = typer.Typer(help="Where messages go.", no_args_is_help=True)


@app.command("list")
def list_channels(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the channels and what is routed to them; addresses are secrets and not shown."""
    settings = session.read_settings(context)
    lines = [
        ChannelLine(
            name,
            channel.url.get_secret_value().partition(":")[0],
            sum(name in route.channels for route in settings.routes),
            tuple(plan.name for plan in settings.digests if name in plan.channels),
        )
        for name, channel in settings.channels.items()
    ]
    if as_json:
        print_json(lines)
        return
    print_table(
        ("name", "kind", "routes", "digests"),
        ((line.name, line.kind, str(line.routes), ", ".join(line.digests)) for line in lines),
        empty="No channels; name one in config.toml.",
    )


@app.command("test")
def try_channel(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel's name.")],
    as_json: JsonFlag = False,
) -> None:
    """Send a test message to a channel; exit 1 when it is not taken."""
    receipt = session.run(_send_test(context, name))
    if as_json:
        print_json(receipt)
    else:
        typer.echo(f"{name}: {receipt.outcome}: {receipt.detail}")
    if receipt.outcome is not Outcome.DELIVERED:
        raise typer.Exit(1)


async def _send_test(context: typer.Context, name: str) -> Receipt:
    from monitor.app import open_channels
    from monitor.core.render import render_notice

    settings = session.read_settings(context)
    async with open_channels(settings) as channels:
        if name not in channels:
            raise NotFound(f"no channel {name}; configured: {', '.join(channels)}")
        message = render_notice("channel-test", settings.language, channel=name)
        return await channels[name].send(Envelope(message, f"test-{name}", f"test-{name}"))
