"""What a page draws of each feed: the last days, and the hours of its week."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.queries import RhythmLine, draw_rhythms
from monitor.store import open_store
from tests.builders import DAY, HOUR, add_articles, draft, spec

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
"""A Tuesday; in Berlin it is Wednesday."""

ZONE = "Europe/Berlin"
WEDNESDAY = 2 * 24


async def test_each_feed_has_its_days_and_its_week(tmp_path: Path) -> None:
    store = open_store(tmp_path / "monitor.sqlite", now=NOW)
    one = await store.write(lambda tx: tx.feeds.add(spec("Blatt"), NOW))
    two = await store.write(lambda tx: tx.feeds.add(spec("Bote"), NOW))
    for feed, begun in ((one, NOW - 30 * DAY), (two, NOW - 2 * HOUR)):
        state = replace(feed.state, baseline_at=begun)
        await store.write(lambda tx, f=feed, s=state: tx.feeds.settle([(f, s)]))  # type: ignore[misc]
    await add_articles(
        store,
        draft(one.id, "a", seen_at=NOW),
        draft(one.id, "b", seen_at=NOW - HOUR),
        draft(one.id, "c", seen_at=NOW - HOUR),
        draft(one.id, "early", seen_at=NOW - 14 * DAY),
        draft(two.id, "first fetch", seen_at=NOW - 2 * HOUR),
    )
    blatt, bote = await store.read(lambda tx: draw_rhythms(tx, ZONE, NOW))
    await store.close()
    assert (blatt.url, len(blatt.days), len(blatt.week)) == (one.spec.url, 14, 168)
    assert blatt.days[0][0] == date(2026, 11, 12)
    assert blatt.days[-2:] == ((date(2026, 11, 24), 2), (date(2026, 11, 25), 1))
    assert _week(blatt) == {WEDNESDAY: 1, WEDNESDAY - 1: 2}
    assert not _week(bote)


def _week(line: RhythmLine) -> dict[int, int]:
    return {n: count for n, count in enumerate(line.week) if count}
