from dataclasses import replace

import pytest

from monitor.core.model import Feed, Flagged, Signals, Verdict
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
    signals,
    story,
    verdict,
)

FLAGGED = verdict(score=0.9)
UNFLAGGED = verdict("microsoft-openai", score=0.1)
UNSCORED = Verdict("ai-overbuild", None, flagged=False, threshold=0.5, reason="too slow")


async def test_verdicts_and_signals_are_read_back_as_given(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    given = [UNFLAGGED, FLAGGED]
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, given, signals()))
    assert await store.read(lambda tx: tx.verdicts.of(article.id)) == (FLAGGED, UNFLAGGED)
    assert await store.read(lambda tx: tx.verdicts.waiting(9)) == (
        Flagged(article, (FLAGGED, UNFLAGGED), signals()),
    )


async def test_a_verdict_is_given_once(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))

    def judge_twice(tx: Transaction) -> None:
        for score in (0.9, 0.1):
            add_verdicts(tx, article.revision_id, [verdict(score=score)], signals())

    await store.write(judge_twice)
    assert await store.read(lambda tx: tx.verdicts.of(article.id)) == (FLAGGED,)
    assert len(await store.read(lambda tx: tx.verdicts.waiting(9))) == 1


@pytest.mark.parametrize("given", [[UNFLAGGED], [UNSCORED], []])
async def test_what_is_not_flagged_waits_for_nothing(
    store: SqliteStore, feed: Feed, given: list[Verdict]
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, given, signals()))
    assert await store.read(lambda tx: tx.articles.waiting(9)) == ()
    assert await store.read(lambda tx: tx.verdicts.waiting(9)) == ()


@pytest.mark.parametrize(("hint", "language"), [("de", "de"), (None, "fr")])
async def test_the_language_found_fills_in_for_a_missing_hint(
    store: SqliteStore, feed: Feed, hint: str | None, language: str
) -> None:
    (article,) = await add_articles(store, draft(feed.id, language=hint))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, [UNFLAGGED], signals("fr")))
    expected = replace(article, language=language)
    assert await store.read(lambda tx: tx.articles.get(article.id)) == expected


async def test_flagged_without_signals_has_empty_ones(store: SqliteStore, feed: Feed) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, [FLAGGED], None))
    (flagged,) = await store.read(lambda tx: tx.verdicts.waiting(9))
    assert flagged.signals == Signals("de")


async def test_flagged_articles_wait_oldest_first(store: SqliteStore, feed: Feed) -> None:
    await add_flagged(store, *(draft(feed.id, n) for n in "abc"))
    waiting = await store.read(lambda tx: tx.verdicts.waiting(2))
    assert [flagged.article.id for flagged in waiting] == [1, 2]


async def test_baseline_articles_are_listed_and_never_wait(store: SqliteStore, feed: Feed) -> None:
    articles = await add_articles(
        store,
        draft(feed.id, "weak", baseline=True),
        draft(feed.id, "strong", baseline=True),
        draft(feed.id, "miss", baseline=True),
        draft(feed.id, "old", baseline=True, seen_at=NOW - DAY),
        draft(feed.id, "news", baseline=False),
    )

    def judge(tx: Transaction) -> None:
        for article, score in zip(articles, (0.6, 0.8, 0.1, 0.9, 0.9), strict=True):
            add_verdicts(tx, article.revision_id, [verdict(score=score)], signals())

    await store.write(judge)
    listed = await store.read(lambda tx: tx.verdicts.baseline(NOW, NOW + HOUR))
    assert [flagged.article.id for flagged in listed] == [articles[1].id, articles[0].id]
    waiting = await store.read(lambda tx: tx.verdicts.waiting(9))
    assert [flagged.article.id for flagged in waiting] == [articles[4].id]


async def test_an_edit_that_becomes_relevant_waits_for_a_story(
    store: SqliteStore, feed: Feed
) -> None:
    (article,) = await add_articles(store, draft(feed.id))
    await store.write(lambda tx: add_verdicts(tx, article.revision_id, [UNFLAGGED], None))
    (flagged,) = await add_flagged(store, draft(feed.id, title="Jetzt wichtig"))
    assert flagged.article.id == article.id
    assert flagged.article.title == "Jetzt wichtig"


async def test_an_edit_of_a_storys_member_waits_for_a_verdict_only(
    store: SqliteStore, feed: Feed
) -> None:
    members = await add_flagged(store, draft(feed.id))
    await store.write(lambda tx: tx.stories.add(story(members)))
    assert await add_flagged(store, draft(feed.id, title="Neuer Titel")) == ()


async def test_a_late_verdict_on_an_old_revision_moves_nothing(
    store: SqliteStore, feed: Feed
) -> None:
    (old,) = await add_articles(store, draft(feed.id))
    (new,) = await add_articles(store, draft(feed.id, title="Korrigiert"))
    await store.write(lambda tx: add_verdicts(tx, old.revision_id, [FLAGGED], signals()))
    assert await store.read(lambda tx: tx.articles.waiting(9)) == (new,)
    assert await store.read(lambda tx: tx.verdicts.waiting(9)) == ()
