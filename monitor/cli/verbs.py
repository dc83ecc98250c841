"""The verbs and nouns by name: each is imported when it is called, so that `--help` is quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

VERBS: Mapping[str, tuple[str, str]] = {
    # name: (where it is, what `monitor --help` says of it)
    "init": ("setup:init", "Write a complete, commented config.toml."),
    "check": ("setup:check", "Check the configuration whole."),
    "doctor": ("doctor:doctor", "Look whether all is well with an installation."),
    "run": ("run:run", "Watch the feeds, tell of stories, serve the page."),
    "demo": ("demo:demo", "Watch it all work on invented news, half a minute."),
    "status": ("status:status", "What was read and told in 24 hours, what is wrong."),
    "classify": ("classify:classify", "Judge an article; needs no configuration."),
    "explain": ("explain:explain", "Say why an article was flagged, or not."),
    "why-not": ("why_not:why_not", "Say at which gate an article stopped."),
    "backtest": ("backtest:backtest", "What these or other settings would have told."),
    "search": ("search:search", "Search the archive, by words or by an article."),
    "label": ("learn:label", "Say whether an article is what a topic wants."),
    "backup": ("database:backup", "Copy the database, also while the daemon runs."),
    "restore": ("database:restore", "Put a backup in the database's place."),
    "feeds": ("feeds:app", "What is polled."),
    "topics": ("topics:app", "What the monitor looks for."),
    "stories": ("stories:app", "Articles on one event, told once."),
    "alerts": ("outbox:alerts_app", "What was told of stories, and to whom."),
    "outbox": ("outbox:app", "Messages on their way, and what became of them."),
    "digest": ("digest:app", "The summaries of local days."),
    "silence": ("silence:app", "Stories of which nobody is told for a while."),
    "routes": ("routes:app", "Who is told of which story."),
    "channels": ("channels:app", "Where messages go."),
    "db": ("database:app", "The database."),
}

SETTINGS: Mapping[str, dict[str, Any]] = {"search": {"ignore_unknown_options": True}}
"""How the words of a verb are read, where that is not as usual: "-word" is one to leave out."""


class Verbs(TyperGroup):
    """The top of the command line: knows every verb's name, and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Every verb and noun, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb of this name, or None."""
        if cmd_name in VERBS and cmd_name not in self.commands:
            self.commands[cmd_name] = load_verb(cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb that was typed; after a slip of the pen all are needed, to suggest one."""
        if args and args[0] not in VERBS:
            for name in VERBS:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - likewise
        """Write the list without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in VERBS.items()])


def load_verb(name: str) -> Any:
    """Import a verb or a noun, and make a command of it."""
    module, _, attribute = VERBS[name][0].partition(":")
    found = getattr(import_module(f"monitor.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        found.rich_markup_mode = None
        command: Any = typer.main.get_group(found)
    else:
        single = typer.Typer(rich_markup_mode=None, add_completion=False)
        single.command(name, context_settings=SETTINGS.get(name))(found)
        command = typer.main.get_command(single)
    command.name = name
    return command
