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


async def test_articles_are_counted_by_their_best_score(store: SqliteStore) -> None:
    """Each in a bar of a twentieth; 1 counts to the last."""
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    table = (
        # (seen, score, baseline)
        (NOW, 0.0, False),
        (NOW, 0.049, False),
        (NOW, 0.05, False),
        (NOW + HOUR, 0.72, False),
        (NOW + HOUR, 1.0, False),
        (NOW + HOUR, None, False),
        (NOW, 0.5, True),
        (NOW - HOUR, 0.5, False),
    )
    articles = await add_articles(
        store,
        *(
            draft(feed.id, str(n), seen_at=seen, baseline=baseline)
            for n, (seen, _, baseline) in enumerate(table)
        ),
    )

    def judge(tx: Transaction) -> None:
        for article, (_, score, _) in zip(articles, table, strict=True):
            both = [verdict(score=score), verdict("microsoft-openai", 0.33)]
            add_verdicts(tx, article.revision_id, both, signals())

    await store.write(judge)
    (edited,) = await add_articles(store, draft(feed.id, "2", text="Neu.", seen_at=NOW + HOUR))
    worse = [verdict(score=0.01)]
    await store.write(lambda tx: add_verdicts(tx, edited.revision_id, worse, signals()))
    counted = await store.read(lambda tx: tx.scores.count("ai-overbuild", NOW))
    assert {bar: n for bar, n in enumerate(counted) if n} == {0: 2, 1: 1, 14: 1, 19: 1}
    assert len(counted) == 20
