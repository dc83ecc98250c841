"""`topics`: what the monitor looks for."""

import typer

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)


@app.command("list")
def list_topics() -> None:
    """List the topics."""
