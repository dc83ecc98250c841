from dataclasses import replace

import pytest

from monitor.core.model import CompiledDigest, Feed, NearMiss, Signals, Verdict
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    add_articles,
    add_flagged,
    add_verdicts,
    draft,
    story,
    verdict,
)

FIRST = CompiledDigest("daily", "2026-11-23", NOW - DAY, NOW)
SECOND = CompiledDigest("daily", "2026-11-24", NOW, NOW + DAY)
OTHER = CompiledDigest("weekly", "2026-11-24", NOW, NOW + 7 * DAY)


async def test_digests_are_read_back_by_name_the_newest_date_first(store: SqliteStore) -> None:
    for digest in (SECOND, OTHER, FIRST):
        assert await store.write(lambda tx, digest=digest: tx.digests.add(digest))  # type: ignore[misc]
    assert await store.read(lambda tx: tx.digests.of("daily", 9)) == (SECOND, FIRST)
    assert await store.read(lambda tx: tx.digests.of("daily", 1)) == (SECOND,)
    assert await store.read(lambda tx: tx.digests.get("weekly", "2026-11-24")) == OTHER
    assert await store.read(lambda tx: tx.digests.get("weekly", "2026-11-23")) is None


async def test_a_date_is_made_once(store: SqliteStore) -> None:
    def add_twice(tx: Transaction) -> list[bool]:
        again = replace(FIRST, until_at=NOW + HOUR)
        return [tx.digests.add(FIRST), tx.digests.add(again)]

    assert await store.write(add_twice) == [True, False]
    assert await store.read(lambda tx: tx.digests.of("daily", 9)) == (FIRST,)


# --- near misses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "near"),
    [
        ([verdict(score=0.40)], ["ai-overbuild"]),
        ([verdict(score=0.36)], ["ai-overbuild"]),
        ([verdict(score=0.34)], []),
        ([verdict(score=0.50)], []),
        ([verdict(score=0.60, threshold=0.7)], ["ai-overbuild"]),
        ([Verdict("ai-overbuild", None, flagged=False, threshold=0.5)], []),
        ([verdict(score=0.45), verdict("microsoft-openai", 0.9)], []),
        ([verdict(score=0.45), verdict("microsoft-openai", 0.48)],
         ["microsoft-openai", "ai-overbuild"]),
    ],
    ids=["near", "just near", "too far", "flagged", "another threshold", "unscored",
         "taken by another topic", "near to two, the nearest first"],
)  # fmt: skip
async def test_near_misses_lie_just_under_the_threshold(
    store: SqliteStore, feed: Feed, verdicts: list[Verdict], near: list[str]
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, verdicts, Signals("de")))
    found = await store.read(lambda tx: tx.verdicts.near(NOW, NOW + DAY, 0.15))
    assert [miss.topic for miss in found] == near
    assert all(miss.article == article for miss in found)


async def test_near_misses_are_of_the_window_and_of_no_baseline(
    store: SqliteStore, feed: Feed
) -> None:
    articles = await add_articles(
        store,
        draft(feed.id, "early", seen_at=NOW - HOUR),
        draft(feed.id, "first", seen_at=NOW),
        draft(feed.id, "late", seen_at=NOW + DAY),
        draft(feed.id, "old", seen_at=NOW, baseline=True),
    )

    def judge(tx: Transaction) -> None:
        for article in articles:
            add_verdicts(tx, article.revision_id, [verdict(score=0.4)], Signals("de"))

    await store.write(judge)
    assert await store.read(lambda tx: tx.verdicts.near(NOW, NOW + DAY, 0.15)) == (
        NearMiss(articles[1], "ai-overbuild", 0.4, 0.5),
    )


async def test_an_edited_article_counts_as_it_is_now(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    near = [verdict(score=0.4)]
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, near, Signals("de")))
    await store.write(lambda tx: tx.articles.add([draft(feed.id, title="Umgeschrieben")]))
    assert await store.read(lambda tx: tx.verdicts.near(NOW, NOW + DAY, 0.15)) == ()


# --- what the chart counts ----------------------------------------------------------------------


async def test_moments_are_those_of_members_outside_baseline_stories(
    store: SqliteStore, feed: Feed
) -> None:
    members = await add_flagged(
        store,
        draft(feed.id, "before", seen_at=NOW - HOUR),
        draft(feed.id, "first"),
        draft(feed.id, "second", seen_at=NOW + HOUR),
    )
    await add_articles(store, draft(feed.id, "alone"))
    told = replace(story(members), topics=("ai-overbuild", "microsoft-openai"))
    await store.write(lambda tx: tx.stories.add(told))
    both = ("ai-overbuild", "microsoft-openai")
    assert await store.read(lambda tx: tx.stories.moments(NOW)) == (
        (NOW, both),
        (NOW + HOUR, both),
    )
    saved = await store.read(lambda tx: tx.stories.list(1))
    await store.write(lambda tx: tx.stories.save(replace(saved[0], baseline=True)))
    assert await store.read(lambda tx: tx.stories.moments(NOW)) == ()
