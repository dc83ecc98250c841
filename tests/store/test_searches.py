"""The archive by its words: what is found, in which order, and what is found no longer."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.model import Among, Feed, Found, Label, LabelSource, Order
from monitor.core.search import read_query
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import SqliteStore, check, open_store
from tests.builders import DAY, HOUR, MINUTE, NOW, add_articles, add_flagged, draft, spec, story

OLD = NOW - 100 * DAY
EVERYWHERE = Among()
Job = Callable[[SqliteStore], Coroutine[Any, Any, Any]]


async def index(store: SqliteStore, batch: int = 500) -> int:
    """Index all that waits; count the articles."""
    count = 0
    while done := await store.write(lambda tx: tx.searches.index(batch)):
        count += done
    return count


async def find(
    store: SqliteStore,
    query: str,
    among: Among = EVERYWHERE,
    order: Order = Order.BEST,
    limit: int = 9,
) -> list[str]:
    """The titles of what is found."""
    wanted = read_query(query)
    found = await store.read(lambda tx: tx.searches.find(wanted, among, order, limit))
    return [one.article.title for one in found]


def is_consistent(path: Path) -> bool:
    """Whether the index says what the texts say, where no article has an older revision."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    return check(path) == ()


@pytest.fixture
async def archive(store: SqliteStore, feed: Feed) -> SqliteStore:
    """Four articles of two feeds; one is flagged and told."""
    other = await store.write(lambda tx: tx.feeds.add(spec("Courier"), NOW))
    flagged = await add_flagged(
        store,
        draft(feed.id, "a", title="Überkapazität: Rechenzentrum steht leer", seen_at=NOW - 3 * DAY),
    )
    await store.write(lambda tx: tx.stories.add(story(flagged)))
    await add_articles(
        store,
        draft(feed.id, "b", title="Neue Straße", text="Sie führt am Rechenzentrum vorbei."),
        draft(
            other.id,
            "c",
            title="Data centre sold",
            text="The hall stands at Lindenau.",
            language="en-GB",
            seen_at=NOW + HOUR,
        ),
        draft(other.id, "d", title="Hafenfest", text="Es regnet in Lindenau."),
    )
    assert await index(store) == 4
    return store


EMPTY, ROAD, SOLD, FEAST = (
    "Überkapazität: Rechenzentrum steht leer",
    "Neue Straße",
    "Data centre sold",
    "Hafenfest",
)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("rechenzentren", [EMPTY, ROAD]),
        ('"rechenzentren"', [EMPTY]),
        ("RECHENZENTRUM strasse", [ROAD]),
        ("rechenzentrum -straße", [EMPTY]),
        ("ueberkapazitaeten", [EMPTY]),
        ('"data centre"', [SOLD]),
        ('"centre data"', []),
        ("hafen*", [FEAST]),
        ("lindenau -data", [FEAST]),
    ],
)
async def test_what_is_found(archive: SqliteStore, query: str, titles: list[str]) -> None:
    assert await find(archive, query) == titles


@pytest.mark.parametrize(
    ("among", "titles"),
    [
        (Among(flagged=True), [EMPTY]),
        (Among(topic="ai-overbuild"), [EMPTY]),
        (Among(topic="another"), []),
        (Among(feed="courier"), [SOLD, FEAST]),
        (Among(feed="https://courier.example/feed.xml"), [SOLD, FEAST]),
        (Among(language="en"), [SOLD]),
        (Among(language="DE", since=NOW), [ROAD, FEAST]),
        (Among(until=NOW), [EMPTY]),
        (Among(since=NOW + HOUR, until=NOW + 2 * HOUR), [SOLD]),
        (Among(other_than=1, language="de"), [ROAD, FEAST]),
    ],
)
async def test_among_which(archive: SqliteStore, among: Among, titles: list[str]) -> None:
    found = [await find(archive, query, among) for query in ("rechenzentrum", "lindenau")]
    assert sorted(chain(*found)) == sorted(titles)


async def test_best_or_newest_comes_first(archive: SqliteStore) -> None:
    assert await find(archive, "rechenzentrum") == [EMPTY, ROAD]
    assert await find(archive, "rechenzentrum", order=Order.NEWEST) == [ROAD, EMPTY]
    assert await find(archive, "rechenzentrum", limit=1) == [EMPTY]


async def test_what_is_told_of_an_article(archive: SqliteStore) -> None:
    wanted = read_query("leer gekündigt")
    (one,) = await archive.read(lambda tx: tx.searches.find(wanted, Among(), Order.BEST, 9))
    marked = [
        [text[a:b] for a, b in hits]
        for text, hits in ((one.article.title, one.title_hits), (one.excerpt, one.hits))
    ]
    assert marked == [["leer"], ["gekündigt"]]
    assert [(v.topic, v.flagged) for v in one.verdicts] == [("ai-overbuild", True)]
    assert one.story == 1


async def test_a_feed_that_is_not_there_is_named(archive: SqliteStore) -> None:
    with pytest.raises(NotFound, match="no feed Bote; `monitor feeds list`"):
        await find(archive, "lindenau", Among(feed="Bote"))


@pytest.mark.parametrize("batch", [1, 2, 500])
async def test_only_the_newest_revision_is_found(
    store: SqliteStore, feed: Feed, batch: int
) -> None:
    async def say(text: str) -> None:
        await store.write(lambda tx: tx.articles.add([draft(feed.id, text=text)]))

    for texts in (("gekündigt", "geprüft"), ("verlängert",), ("bezahlt", "verkauft", "gelöscht")):
        for text in texts:
            await say(text)
            assert await find(store, text) == [], "not indexed yet"
        await index(store, batch)
        *old, new = texts
        assert [await find(store, text) for text in old] == [[]] * len(old)
        assert len(await find(store, new)) == 1
    (article,) = await store.read(lambda tx: tx.articles.waiting(9))
    await store.write(lambda tx: tx.articles.add_page_text(article, "ausführlich", NOW))
    assert await find(store, "gelöscht") == [], "no longer the newest, though indexed"
    assert await store.read(lambda tx: tx.searches.waiting()) == 1
    await index(store, batch)
    assert len(await find(store, "ausführlich")) == 1
    assert await store.read(lambda tx: (tx.searches.waiting(), tx.searches.size())) == (0, 1)


@pytest.mark.fault("B6")
async def test_a_forgotten_text_is_found_no_more_but_its_title(
    store: SqliteStore, feed: Feed, path: Path
) -> None:
    old = [draft(feed.id, n, title=f"Halle {n}", text="Lindenau", seen_at=OLD) for n in "abc"]
    await add_articles(store, *old[:2])
    await index(store)
    await add_articles(store, old[2])
    label = Label(1, "ai-overbuild", wanted=True, source=LabelSource.COMMAND, created_at=NOW)
    await store.write(lambda tx: tx.labels.add(label))
    assert await store.write(lambda tx: tx.articles.forget(OLD, NOW - 90 * DAY, 500)) == 2
    await index(store)
    assert await find(store, "lindenau") == ["Halle a"], "what is labelled keeps its text"
    assert sorted(await find(store, "halle")) == ["Halle a", "Halle b", "Halle c"]
    assert is_consistent(path)


async def test_an_index_that_was_cleared_is_made_anew(archive: SqliteStore) -> None:
    await archive.write(lambda tx: tx.searches.clear())
    assert await find(archive, "lindenau") == []
    assert await archive.read(lambda tx: tx.searches.waiting()) == 4
    await index(archive)
    assert await find(archive, "hafen*") == [FEAST]


@pytest.mark.fault("B3")
async def test_a_damaged_index_is_reported_with_the_remedy(
    archive: SqliteStore, path: Path
) -> None:
    assert check(path) == ()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM search_data WHERE id > 10")
    assert check(path) == ("the search index is damaged; run `monitor db reindex`",)
    await archive.write(lambda tx: tx.searches.clear())
    await index(archive)
    assert check(path) == ()


async def test_documents_are_counted_up_to_a_limit(archive: SqliteStore) -> None:
    words = ["rechenzentrum", "lindenau", "niemals"]
    counted = await archive.read(lambda tx: tx.searches.documents(words, 9))
    assert counted == {"rechenzentrum": 2, "lindenau": 2, "niemals": 0}
    assert await archive.read(lambda tx: tx.searches.documents(words, 1)) == {
        "rechenzentrum": 1,
        "lindenau": 1,
        "niemals": 0,
    }


@pytest.fixture
def runner(path: Path) -> Iterator[Callable[[Job], Any]]:
    """A store for one test of many examples, which are not coroutines."""
    with asyncio.Runner() as loop:

        async def begin() -> SqliteStore:
            store = open_store(path, now=NOW)
            await store.write(lambda tx: tx.feeds.add(spec(), NOW))
            return store

        store = loop.run(begin())
        yield lambda job: loop.run(job(store))
        loop.run(store.close())


def test_whatever_is_typed_is_no_syntax_error(runner: Callable[[Job], Any]) -> None:
    signs = ('"', "*", "-", "AND", "NOT", "NEAR(", "title:", "(", "^", "ab", "ß", "\0")
    pieces = st.sampled_from(signs)

    @settings(max_examples=60, deadline=None)
    @given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map(" ".join)))
    def type_it(typed: str) -> None:
        try:
            read_query(typed)
        except ValueError:
            return
        assert runner(lambda store: find(store, typed)) == []

    type_it()


STEPS = st.lists(
    st.tuples(st.sampled_from(["edit", "page", "index", "forget"]), st.integers(0, 2)), max_size=14
)


def test_after_any_course_exactly_the_newest_texts_are_found(runner: Callable[[Job], Any]) -> None:
    examples = count()

    @settings(max_examples=20, deadline=None)
    @given(STEPS)
    def play(steps: list[tuple[str, int]]) -> None:
        course = Course(next(examples))
        runner(lambda store: store.write(partial(course.take, steps)))

    play()


@dataclass
class Course:
    """Three articles that are edited and forgotten; each of their texts is a word of its own."""

    number: int
    said: dict[int, str] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)

    def take(self, steps: Sequence[tuple[str, int]], tx: Transaction) -> None:
        words = [f"x{self.number}w{n}" for n in range(len(steps))]
        for (step, which), word in zip(steps, words, strict=True):
            if step == "index":
                tx.searches.index(2)
            elif step == "edit":
                self.edit(tx, which, word)
            elif which in self.ids:
                self.change(tx, step, which, word)
        while tx.searches.index(2):
            pass
        found = {word for word in words if search(tx, f'"{word}"')}
        assert found == set(self.said.values())

    def seen(self, which: int) -> datetime:
        return NOW + self.number * HOUR + which * MINUTE

    def edit(self, tx: Transaction, which: int, word: str) -> None:
        given_ = draft(1, f"{self.number}-{which}", text=word, seen_at=self.seen(which))
        tx.articles.add([given_])
        self.said[which] = word
        (article,) = tx.articles.find(given_.link or "")
        self.ids[which] = article.id

    def change(self, tx: Transaction, step: str, which: int, word: str) -> None:
        article = tx.articles.get(self.ids[which])
        assert article is not None
        if step == "page":
            tx.articles.add_page_text(article, word, self.seen(which))
            self.said[which] = word
        else:
            tx.articles.forget(self.seen(which), self.seen(which) + MINUTE, 9)
            self.said.pop(which, None)


def search(tx: Transaction, query: str) -> tuple[Found, ...]:
    return tx.searches.find(read_query(query), EVERYWHERE, Order.BEST, 9)
