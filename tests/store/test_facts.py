from datetime import datetime, timedelta, timezone
from functools import partial

from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import DAY, NOW


async def test_counters_add_up_per_utc_day(store: SqliteStore) -> None:
    berlin = timezone(timedelta(hours=1))
    just_after_local_midnight = datetime(2026, 11, 25, 0, 30, tzinfo=berlin)
    bumps = [
        ("dropped: too short", 2, NOW),
        ("dropped: too short", 3, just_after_local_midnight),
        ("dropped: too short", 10, NOW - DAY),
        ("articles", 1, NOW + DAY),
    ]

    def bump_all(tx: Transaction) -> None:
        for bump in bumps:
            tx.counters.bump(*bump)

    await store.write(bump_all)
    expected = {"dropped: too short": 5, "articles": 1}
    assert await store.read(lambda tx: tx.counters.total(NOW)) == expected
    assert await store.read(lambda tx: tx.counters.total(NOW + DAY)) == {"articles": 1}


async def test_a_note_is_remembered_replaced_and_forgotten(store: SqliteStore) -> None:
    def remember(tx: Transaction, value: str | None) -> str | None:
        tx.notes.set("clock", value)
        return tx.notes.get("clock")

    for value in ("eins", "zwei", None, "drei"):
        assert await store.write(partial(remember, value=value)) == value


async def test_a_new_database_notes_since_when_its_schema_is(store: SqliteStore) -> None:
    assert await store.read(lambda tx: tx.notes.get("schema_since")) == NOW.isoformat()
