import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.model import Feed, Label, LabelSource
from monitor.errors import NotFound
from monitor.store import SqliteStore
from tests.builders import HOUR, NOW, add_articles, draft


def label(article_id: int = 1, topic: str = "t", *, wanted: bool = True) -> Label:
    return Label(article_id, topic, wanted, LabelSource.COMMAND, NOW)


@pytest.fixture
async def labelled(store: SqliteStore, feed: Feed) -> SqliteStore:
    """A store with two articles to be labelled."""
    await add_articles(store, draft(feed.id, "a"), draft(feed.id, "b"))
    return store


async def test_a_word_on_an_article_counts_once(labelled: SqliteStore) -> None:
    for _ in range(2):
        await labelled.write(lambda tx: tx.labels.add(label()))
    assert await labelled.read(lambda tx: tx.labels.of("t")) == (label(),)


async def test_another_word_takes_its_place(labelled: SqliteStore) -> None:
    await labelled.write(lambda tx: tx.labels.add(label()))
    await labelled.write(lambda tx: tx.labels.add(label(wanted=False)))
    assert await labelled.read(lambda tx: tx.labels.of("t")) == (label(wanted=False),)


async def test_what_was_said_can_be_taken_back_and_said_again(labelled: SqliteStore) -> None:
    await labelled.write(lambda tx: tx.labels.add(label()))
    assert await labelled.write(lambda tx: tx.labels.undo(1, "t", NOW + HOUR)) == label()
    assert await labelled.read(lambda tx: tx.labels.of("t")) == ()
    with pytest.raises(NotFound, match="article 1 has no label for t"):
        await labelled.write(lambda tx: tx.labels.undo(1, "t", NOW + HOUR))
    await labelled.write(lambda tx: tx.labels.add(label()))
    assert await labelled.read(lambda tx: tx.labels.of("t")) == (label(),)


async def test_the_word_that_counts_is_found(labelled: SqliteStore) -> None:
    await labelled.write(lambda tx: tx.labels.add(label()))
    await labelled.write(lambda tx: tx.labels.add(label(wanted=False)))
    assert await labelled.read(lambda tx: tx.labels.get(1, "t")) == label(wanted=False)
    assert await labelled.read(lambda tx: tx.labels.get(1, "u")) is None
    await labelled.write(lambda tx: tx.labels.undo(1, "t", NOW))
    assert await labelled.read(lambda tx: tx.labels.get(1, "t")) is None


async def test_words_are_found_on_any_number_of_articles(labelled: SqliteStore) -> None:
    """Also on more than one statement takes."""
    other = label(2, "u", wanted=False)
    for word in (label(), other):
        await labelled.write(lambda tx, word=word: tx.labels.add(word))  # type: ignore[misc]
    found = await labelled.read(lambda tx: tx.labels.on(range(40_000)))
    assert set(found) == {label(), other}


WORDS = st.tuples(
    st.sampled_from([1, 2]), st.sampled_from("tu"), st.sampled_from([True, False, None])
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(words=st.lists(WORDS, max_size=12))
async def test_the_last_word_on_an_article_and_topic_counts(
    labelled: SqliteStore, words: list[tuple[int, str, bool | None]]
) -> None:
    """None takes back; each example goes on with the labels of the one before."""
    known = await labelled.read(lambda tx: (*tx.labels.of("t"), *tx.labels.of("u")))
    expected = {(one.article_id, one.topic): one.wanted for one in known}
    for article_id, topic, wanted in words:
        if wanted is None and (article_id, topic) not in expected:
            continue
        if wanted is None:
            await labelled.write(lambda tx, a=article_id, t=topic: tx.labels.undo(a, t, NOW))  # type: ignore[misc]
            del expected[article_id, topic]
        else:
            said = label(article_id, topic, wanted=wanted)
            await labelled.write(lambda tx, said=said: tx.labels.add(said))  # type: ignore[misc]
            expected[article_id, topic] = wanted
    found = await labelled.read(lambda tx: (*tx.labels.of("t"), *tx.labels.of("u")))
    assert {(one.article_id, one.topic): one.wanted for one in found} == expected
