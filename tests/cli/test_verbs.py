"""The top of the command line."""

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.verbs import VERBS, load_verb


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_where_the_table_says_and_says_what_it_is(name: str) -> None:
    command = load_verb(name)
    assert command.name == name
    assert command.help


def test_the_help_lists_every_verb_whole() -> None:
    said = CliRunner().invoke(app, ["--help"], terminal_width=80).stdout
    for name, (_, text) in VERBS.items():
        assert f"  {name}" in said
        assert text in said


def test_a_slip_of_the_pen_is_answered_with_the_verb_that_was_meant() -> None:
    done = CliRunner().invoke(app, ["stauts"])
    assert done.exit_code == 2
    assert "Did you mean 'status'?" in done.output
