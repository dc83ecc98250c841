"""The top of the command line."""

from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.verbs import VERBS, load_verb
from monitor.core.ids import LARGEST_ID
from tests.cli.verbs import find_verbs

WITHOUT_JSON = {
    # verb: why no machine would read its answer as JSON
    "init": "it writes a file for a person to edit",
    "run": "it never answers; what it does is in the log, and at /events",
    "demo": "it shows a person what the program does; its folder is asked with the other verbs",
    "feeds export": "its answer is OPML",
    "topics export": "its answer is a file of JSON already, for `topics import`",
    "stories train": "it writes the weights that ship with the program",
}
COMMANDS = find_verbs()


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


def test_every_answer_can_be_had_as_json() -> None:
    without = [
        verb
        for verb, command in COMMANDS.items()
        if not any("--json" in param.opts for param in command.params)
    ]
    assert without == sorted(WITHOUT_JSON)


@pytest.mark.parametrize("verb", COMMANDS)
def test_no_verb_takes_a_number_that_the_database_could_not(verb: str) -> None:
    """So 30 digits are a wrong use, and none of them ever reaches a query."""
    for param in COMMANDS[verb].params:
        if takes_whole_number(param):
            assert param.min is not None, param.name
            assert param.max is not None, param.name
            assert 0 <= param.min <= param.max <= LARGEST_ID, param.name


def takes_whole_number(param: Any) -> bool:
    kind = param.type_descriptor.annotation
    return int in (kind, *get_args(kind))
