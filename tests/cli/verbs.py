"""Verbs as a person types them, in a folder with a configuration."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from monitor.cli import app


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
