from dataclasses import replace
from functools import partial

import pytest

from monitor.core.model import OwnTopic, TopicVersion
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import HOUR, NOW

CONTENT = {"name": "streiks", "threshold": 0.5, "keywords": ["Hafenstreik*"]}
OWN = OwnTopic("streiks", CONTENT, NOW)
MODELS = {"plain": {"bias": -4.0, "features": {"w:dockers": 1.5}, "vector": []}}
FIRST = TopicVersion("streiks", "1-aa", MODELS, {"background": 3}, NOW)
SECOND = replace(FIRST, version="2-bb", trained_at=NOW + HOUR)
SHIPPED = replace(FIRST, topic="ai-overbuild", version="1-cc", base="1-shipped")


@pytest.fixture
async def added(store: SqliteStore) -> SqliteStore:
    assert await store.write(lambda tx: tx.topics.add(OWN, FIRST))
    return store


async def test_a_topic_is_read_back_as_given(added: SqliteStore) -> None:
    assert await added.read(lambda tx: tx.topics.list()) == (OWN,)
    assert await added.read(lambda tx: tx.topics.versions("streiks")) == (FIRST,)


async def test_a_name_is_taken_once(added: SqliteStore) -> None:
    other = replace(OWN, content={})
    assert not await added.write(lambda tx: tx.topics.add(other, SECOND))
    assert await added.read(lambda tx: tx.topics.list()) == (OWN,)
    assert await added.read(lambda tx: tx.topics.versions("streiks")) == (FIRST,)


async def test_the_newest_version_is_in_force_until_it_is_undone(added: SqliteStore) -> None:
    await added.write(lambda tx: tx.topics.learn(SECOND))
    assert await added.read(lambda tx: tx.topics.in_force()) == {"streiks": SECOND}
    assert await added.write(lambda tx: tx.topics.undo("streiks", NOW)) == SECOND
    assert await added.read(lambda tx: tx.topics.in_force()) == {"streiks": FIRST}


async def test_what_an_own_topic_was_made_with_cannot_be_undone(added: SqliteStore) -> None:
    with pytest.raises(NotFound, match="has learned nothing that could be undone"):
        await added.write(lambda tx: tx.topics.undo("streiks", NOW))


async def test_a_shipped_topic_goes_back_to_what_it_shipped_with(store: SqliteStore) -> None:
    await store.write(lambda tx: tx.topics.learn(SHIPPED))
    await store.write(lambda tx: tx.topics.undo("ai-overbuild", NOW))
    assert await store.read(lambda tx: tx.topics.in_force()) == {}


async def test_a_removed_topic_can_be_added_anew(added: SqliteStore) -> None:
    await added.write(lambda tx: tx.topics.remove("streiks", NOW))
    assert await added.read(lambda tx: (tx.topics.list(), dict(tx.topics.in_force()))) == ((), {})
    assert await added.write(lambda tx: tx.topics.add(OWN, SECOND))
    assert await added.read(lambda tx: tx.topics.versions("streiks")) == (SECOND,)


async def test_only_what_was_added_can_be_removed(store: SqliteStore) -> None:
    with pytest.raises(NotFound, match="no topic ai-overbuild was added"):
        await store.write(lambda tx: tx.topics.remove("ai-overbuild", NOW))


async def test_every_change_has_its_mark(store: SqliteStore) -> None:
    marks = [await store.read(lambda tx: tx.topics.mark())]
    for change in (
        lambda tx: tx.topics.add(OWN, FIRST),
        lambda tx: tx.topics.learn(SECOND),
        lambda tx: tx.topics.undo("streiks", NOW),
        lambda tx: tx.topics.remove("streiks", NOW),
        lambda tx: tx.topics.add(OWN, FIRST),
    ):
        await store.write(change)
        marks.append(await store.read(lambda tx: tx.topics.mark()))
    assert len(set(marks)) == len(marks)


def set_threshold(value: float | None, tx: Transaction) -> None:
    tx.topics.set_threshold("streiks", value, NOW)


async def test_a_threshold_is_set_moved_and_taken_back(store: SqliteStore) -> None:
    marks = [await store.read(lambda tx: tx.topics.mark())]
    for value, kept in ((0.6, {"streiks": 0.6}), (0.7, {"streiks": 0.7}), (None, {}), (None, {})):
        await store.write(partial(set_threshold, value))
        assert await store.read(lambda tx: tx.topics.thresholds()) == kept
        marks.append(await store.read(lambda tx: tx.topics.mark()))
    assert len(set(marks)) == 3
    assert marks[0] == marks[-1]
