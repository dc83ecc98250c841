"""The README says what the program does: every verb, every command, both make targets."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from monitor.cli import app
from monitor.config import read_default_config
from monitor.demo.news import load_news
from monitor.web import events, health, metrics, syndication

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`monitor ((?:[a-z]+ ?)+)", README)))


CONTEXT: Any = None
"""None of our groups asks for it."""


def find_verbs(command: typer.core.TyperGroup, prefix: str = "") -> Iterator[str]:
    """Every verb a person can type, such as "feeds add"."""
    for name in command.list_commands(CONTEXT):
        sub = command.get_command(CONTEXT, name)
        if isinstance(sub, typer.core.TyperGroup):
            yield from find_verbs(sub, f"{prefix}{name} ")
        else:
            yield prefix + name


def verbs() -> list[str]:
    command = get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    return sorted(find_verbs(command))


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert f"| `monitor {verb}" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_exists(command: str) -> None:
    known = verbs()
    assert any(verb == command.strip() or verb.startswith(command) for verb in known)


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_has_help(verb: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *verb.split(), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_two_commands_are_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_numbers_of_the_readme_are_true() -> None:
    feeds = re.findall(r"^\[\[feeds\]\]", read_default_config(), re.MULTILINE)
    assert f"{len(feeds)} " in re.sub(r"\s+", " ", README)
    assert f"{len(load_news().outlets)} feeds of invented outlets" in README


def test_the_readme_names_every_fact_that_is_told_and_every_address_for_programs() -> None:
    names = {fact.__name__ for fact in events.TOLD}
    assert names - set(re.findall(r"`(\w+)`", README)) == set()
    outs = (*syndication.ROUTES, *events.ROUTES, *health.ROUTES, *metrics.ROUTES)
    assert [out.path for out in outs if f"`{out.path}`" not in README] == []


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_file_the_readme_links_to_exists(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("place", re.findall(r"^    (monitor/\S+|tests/)", README, re.MULTILINE))
def test_the_map_shows_places_that_exist(place: str) -> None:
    assert (ROOT / place).exists()
