import json

import pytest
from typer.testing import CliRunner

from monitor.cli.topics import app
from monitor.errors import NotFound


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_list_names_what_ships() -> None:
    rows = json.loads(run("list", "--json"))
    assert [row["name"] for row in rows] == ["microsoft-openai", "ai-overbuild"]
    assert all(row["from"] == "shipped" and row["threshold"] == 0.5 for row in rows)
    assert "microsoft-openai" in run("list")


def test_show_tells_what_a_topic_wants() -> None:
    shown = json.loads(run("show", "ai-overbuild", "--json"))
    assert shown["labels"]["de"]
    assert {example["wanted"] for example in shown["examples"]} == {True, False}
    assert "Broadband overbuild" in run("show", "ai-overbuild")


def test_an_unknown_topic_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="no topic 'x'; there are microsoft-openai"):
        run("show", "x")


def test_measuring_without_items_says_what_is_missing() -> None:
    with pytest.raises(NotFound, match=r"labelled\.jsonl is missing"):
        run("eval", "--corpus", "/nowhere")
