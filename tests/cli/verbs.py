"""Verbs as a person types them, in a folder with a configuration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command
from typer.testing import CliRunner, Result

from monitor.cli import app

CONTEXT: Any = None
"""None of our groups asks for it."""


@dataclass(frozen=True)
class Verbs:
    """Runs them on the configuration in `folder`."""

    folder: Path

    def run(self, *words: str | Path) -> Result:
        arguments = ["--config", str(self.folder / "config.toml"), *map(str, words)]
        return CliRunner().invoke(app, arguments, catch_exceptions=False)

    def do(self, *words: str | Path) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def ask(self, *words: str | Path) -> Any:
        return json.loads(self.do(*words, "--json"))


def find_verbs() -> dict[str, Any]:
    """Every verb a person can type, such as "feeds add", and its command."""
    return dict(sorted(_walk(get_command(app))))


def _walk(command: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in command.list_commands(CONTEXT):
        sub = command.get_command(CONTEXT, name)
        group = isinstance(sub, typer.core.TyperGroup)
        if not group or sub.invoke_without_command:
            yield prefix + name, sub
        if group:
            yield from _walk(sub, f"{prefix}{name} ")
