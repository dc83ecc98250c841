"""The made archive is what the program would have left: sound, nothing waits, all was told."""

from pathlib import Path

from monitor.core.model import Delivery
from monitor.ports import Transaction
from monitor.store import SqliteStore, check
from tests import archive

SIZE = 1_000


async def test_it_holds_what_a_season_leaves(store: SqliteStore, path: Path) -> None:
    await archive.fill_archive(store, SIZE)

    def look(tx: Transaction) -> tuple[int, ...]:
        waiting = tx.articles.waiting(1), tx.verdicts.waiting(1), tx.outbox.waiting()
        assert not any(waiting)
        stories = tx.stories.list(SIZE)
        flagged = sum(len(story.members) for story in stories)
        rows = tx.outbox.count()
        assert rows[Delivery.DEAD]
        return len(tx.articles.newest(2 * SIZE)), flagged, len(tx.digests.of(archive.DIGEST, 999))

    stored, flagged, digests = await store.read(look)
    baseline = sum(map(archive.is_wanted, range(archive.FEEDS)))
    assert (stored, flagged) == (SIZE, SIZE // archive.WANTED_EVERY - baseline)
    assert digests == archive.DAYS
    assert check(path) == ()
