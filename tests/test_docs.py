"""The README says what the program does: every verb, every command, both make targets."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config import read_default_config
from monitor.demo.news import load_news
from monitor.web import events, health, metrics, syndication
from tests.cli.verbs import find_verbs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERBS = list(find_verbs())
COMMANDS = sorted(set(re.findall(r"`monitor ((?:[a-z]+ ?)+)", README)))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert f"| `monitor {verb}" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_exists(command: str) -> None:
    assert any(verb == command.strip() or verb.startswith(command) for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
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
