"""The archive as a person searches it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from monitor.errors import NotFound
from monitor.store import SqliteStore, open_store
from tests.builders import DAY, NOW, add_articles, add_flagged, draft, spec, story
from tests.cli.verbs import Verbs

QUAY = "Lindenau baut einen Kai für \x1b[31m Fähren"
"""A title that would like to colour the terminal."""


@pytest.fixture
def verbs(tmp_path: Path) -> Verbs:
    """A configuration, and a database of four articles, one of which is not indexed yet."""
    return make_archive(tmp_path, add_all)


def make_archive(folder: Path, add: Callable[[SqliteStore], Awaitable[None]]) -> Verbs:
    (folder / "config.toml").write_text('feeds = []\ntimezone = "Europe/Berlin"\n')

    async def fill() -> None:
        store = open_store(folder / "monitor.sqlite", now=NOW)
        await add(store)
        await store.close()

    asyncio.run(fill())
    return Verbs(folder)


async def add_all(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    flagged = await add_flagged(store, draft(feed.id, "a"))
    await store.write(lambda tx: tx.stories.add(story(flagged)))
    harbour = "Die Reederei im Hafen wartet."
    await add_articles(
        store,
        draft(feed.id, "b", title=QUAY, text=harbour, seen_at=NOW - 3 * DAY),
        draft(feed.id, "c", title="Fähren zu teuer", text=harbour, seen_at=NOW - 2 * DAY),
    )
    await store.write(lambda tx: tx.searches.index(9))
    await add_articles(store, draft(feed.id, "d", title="Fähre sinkt"))


def test_what_was_found_is_shown_with_all_that_is_known(verbs: Verbs) -> None:
    (line,) = verbs.ask("search", "mietverträge", "-wohnung")["articles"]
    assert line["title"][slice(*line["title_hits"][0])] == "Mietvertrag"
    assert line["scores"] == [{"topic": "ai-overbuild", "score": 0.9, "flagged": True}]
    assert (line["article"], line["story"], line["feed"]) == (1, 1, "Beispielblatt")
    shown = verbs.do("search", "mietverträge")
    assert "article 1 · Beispielblatt · de" in shown
    assert "ai-overbuild 0.90 flagged · story 1" in shown


def test_signs_of_a_feed_move_no_cursor(verbs: Verbs) -> None:
    assert "Lindenau baut einen Kai für  [31m Fähren\n" in verbs.do("search", "kai")


def test_articles_like_one_share_its_words(verbs: Verbs) -> None:
    answer = verbs.ask("search", "--like", "2")
    assert [line["title"] for line in answer["articles"]] == ["Fähren zu teuer"]
    assert "reederei" in answer["words"]
    assert verbs.ask("search", "mietvertrag", "--like", "2")["articles"] == []


def test_an_article_with_the_same_signals_is_alike_in_other_words(tmp_path: Path) -> None:
    async def add_pair(store: SqliteStore) -> None:
        feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
        english = draft(feed.id, "b", title="Lease cancelled", text="No more.", language="en")
        await add_flagged(store, draft(feed.id, "a"), english)

    verbs = make_archive(tmp_path, add_pair)
    (line,) = verbs.ask("search", "--like", "1", "--language", "en")["articles"]
    assert (line["title"], line["alike"] > 0.5) == ("Lease cancelled", True)
    assert f"{line['alike']:.0%} like it" in verbs.do("search", "--like", "1")
    assert verbs.ask("search", "--like", "1", "--language", "fr")["articles"] == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--order", "newest"), [3, 2]),
        (("--order", "newest", "--limit", "1"), [3]),
        (("--until", "2026-11-22"), [2]),
        (("--since", "2026-11-22", "--language", "de", "--feed", "beispielblatt"), [3]),
        (("--flagged",), []),
        (("--topic", "ai-overbuild"), []),
    ],
)
def test_among_which(verbs: Verbs, options: tuple[str, ...], found: list[int]) -> None:
    lines = verbs.ask("search", "fähren", *options)["articles"]
    assert sorted(line["article"] for line in lines) == sorted(found)


def test_what_is_not_indexed_yet_is_told(verbs: Verbs) -> None:
    assert "Articles not searched yet: 1; `monitor run` sees to it." in verbs.do("search", "kai")
    verbs.do("db", "reindex")
    assert verbs.ask("search", "kai") == {"articles": [], "waiting": 4, "words": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to search for, or --like ARTICLE"),
        (("-kai",), "says only what to leave out"),
        (("kai", "--topc", "x"), "no such option: --topc"),
        (("kai", "--since", "gestern"), "'gestern' is no time"),
        (("kai", "--since", "999999d"), "'999999d' is no time"),
    ],
)
def test_what_cannot_be_searched_is_a_wrong_use(
    verbs: Verbs, words: tuple[str, ...], said: str
) -> None:
    done = verbs.run("search", *words)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--like", "99"), "no article 99"),
        (("kai", "--feed", "Bote"), "no feed Bote"),
        (("kai", "--topic", "wetter"), "no topic wetter"),
    ],
)
def test_what_is_not_there_is_named(verbs: Verbs, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotFound, match=said):
        verbs.run("search", *words)
