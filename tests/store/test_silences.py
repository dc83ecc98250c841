from dataclasses import replace

import pytest

from monitor.core.silence import Matcher, Silence
from monitor.errors import NotFound
from monitor.store import SqliteStore
from tests.builders import HOUR, MINUTE, NOW

MATCHER = Matcher("ai-overbuild", "Küstenblatt", 7, ("Kräne", "{{7*7}}"))


async def add(store: SqliteStore, matcher: Matcher = MATCHER) -> Silence:
    return await store.write(lambda tx: tx.silences.add(matcher, NOW + 2 * HOUR, "desk knows", NOW))


async def test_a_silence_is_kept_whole(store: SqliteStore) -> None:
    first, second = await add(store), await add(store, Matcher(topic="x"))
    assert first == Silence(1, MATCHER, NOW + 2 * HOUR, "desk knows", NOW)
    assert await store.read(lambda tx: tx.silences.list()) == (second, first)


async def test_it_is_in_force_until_its_end(store: SqliteStore) -> None:
    silence = await add(store)
    late = NOW + 2 * HOUR
    assert await store.read(lambda tx: tx.silences.in_force(late - MINUTE)) == (silence,)
    assert await store.read(lambda tx: tx.silences.in_force(late)) == ()


async def test_it_ends_by_hand_once(store: SqliteStore) -> None:
    silence = await add(store)
    ended = replace(silence, expired_at=NOW + MINUTE)
    assert await store.write(lambda tx: tx.silences.expire(1, NOW + MINUTE)) == ended
    assert await store.write(lambda tx: tx.silences.expire(1, NOW + HOUR)) == ended
    assert await store.read(lambda tx: tx.silences.in_force(NOW + MINUTE)) == ()


async def test_an_unknown_one_cannot_end(store: SqliteStore) -> None:
    with pytest.raises(NotFound, match="no silence 9"):
        await store.write(lambda tx: tx.silences.expire(9, NOW))
