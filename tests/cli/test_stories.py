"""Stories as a person lists and corrects them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.core.story import join_story, open_story
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import NOW, add_flagged, draft, spec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration, and a database with one story of three articles."""
    (tmp_path / "config.toml").write_text("feeds = []\n")

    async def fill() -> None:
        store = open_store(tmp_path / "monitor.sqlite", now=NOW)
        feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
        first, *others = await add_flagged(
            store, *(draft(feed.id, name, title=f"Halle {name}") for name in "abc")
        )

        def tell(tx: Transaction) -> None:
            story = tx.stories.add(open_story(first))
            for other in others:
                story = join_story(story, other)
                tx.stories.save(story)

        await store.write(tell)
        await store.close()

    asyncio.run(fill())
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    arguments = ["--config", str(folder / "config.toml"), "stories", *words]
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def ask(folder: Path, *words: str) -> Any:
    done = run(folder, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def titles(answer: Any) -> list[str]:
    return [article["title"] for article in answer["articles"]]


def test_a_story_is_split_and_merged_again(folder: Path) -> None:
    kept, new = ask(folder, "split", "1", "2", "3")
    assert (titles(kept), titles(new)) == (["Halle a"], ["Halle b", "Halle c"])
    assert [line["id"] for line in ask(folder, "list")] == [2, 1]
    (merged,) = ask(folder, "merge", "1", "2")
    assert titles(merged) == ["Halle a", "Halle b", "Halle c"]
    assert [line["id"] for line in ask(folder, "list")] == [1]


def test_a_correction_says_what_became_of_the_stories(folder: Path) -> None:
    assert run(folder, "split", "1", "2").stdout == (
        "story 1, 2 articles: Halle a\nstory 2, 1 articles: Halle b\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("split", "1", "9"), "article 9 is not in story 1"),
        (("split", "1", "1", "2", "3"), "name some of the 3 articles, not all"),
        (("merge", "1", "1"), "story 1 cannot be merged with itself"),
    ],
)
def test_what_cannot_be_corrected_is_a_wrong_use(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(folder, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_story_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(NotFound, match="no story 7"):
        run(folder, "merge", "7", "1")


def test_measuring_without_the_corpus_says_what_is_missing(folder: Path) -> None:
    with pytest.raises(NotFound, match="is missing; the labels name items of that corpus"):
        run(folder, "eval", "--corpus", str(folder / "nowhere"))
