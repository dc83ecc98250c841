"""What a backtest reads of the archive: scores of all, few articles whole."""

from monitor.core.model import Score
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    add_articles,
    add_verdicts,
    draft,
    signals,
    spec,
    verdict,
)


async def test_scores_are_told_by_revision_in_the_order_seen(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    edited, second = await add_articles(store, draft(feed.id, "a"), draft(feed.id, "b"))

    def judge(tx: Transaction) -> None:
        add_verdicts(tx, edited.revision_id, [verdict(score=0.1)], signals())
        both = [verdict(score=0.9), verdict("microsoft-openai", None)]
        add_verdicts(tx, second.revision_id, both, signals())

    await store.write(judge)
    (again,) = await add_articles(
        store, draft(feed.id, "a", text="Korrigiert.", seen_at=NOW + HOUR)
    )
    await store.write(lambda tx: add_verdicts(tx, again.revision_id, [verdict()], signals()))
    found = await store.read(lambda tx: tx.scores.since(NOW))
    assert [(one.article_id, one.revision_id, one.seen_at) for one in found] == [
        (edited.id, edited.revision_id, NOW),
        (second.id, second.revision_id, NOW),
        (edited.id, again.revision_id, NOW + HOUR),
    ]
    assert [one.has_signals for one in found] == [False, True, True]
    assert found[1].scores == {
        "ai-overbuild": Score(0.9, "test-1"),
        "microsoft-openai": Score(None, "test-1"),
    }
    wanted = [again.revision_id, edited.revision_id]
    loaded = await store.read(lambda tx: tx.scores.load(wanted))
    assert [one.article.text for one in loaded] == ["Korrigiert.", edited.text]


async def test_neither_a_baseline_nor_what_waits_nor_what_is_older(store: SqliteStore) -> None:
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    baseline, old, _ = await add_articles(
        store,
        draft(feed.id, "a", baseline=True),
        draft(feed.id, "b", seen_at=NOW - DAY),
        draft(feed.id, "c"),
    )

    def judge(tx: Transaction) -> None:
        for article in (baseline, old):
            add_verdicts(tx, article.revision_id, [verdict()], signals())

    await store.write(judge)
    assert await store.read(lambda tx: tx.scores.since(NOW)) == ()
    assert len(await store.read(lambda tx: tx.scores.since(NOW - DAY))) == 1
    assert await store.read(lambda tx: tx.scores.begin()) == NOW - DAY


async def test_an_empty_archive_has_no_begin(store: SqliteStore) -> None:
    assert await store.read(lambda tx: tx.scores.begin()) is None
