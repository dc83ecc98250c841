"""How far articles have come: counted in bulk as one by one."""

from collections import Counter
from dataclasses import replace

from monitor.core.model import Delivery, Page, Standing, Step
from monitor.core.story import open_story
from monitor.ports import Store, Transaction
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    add_articles,
    add_verdicts,
    alert,
    draft,
    signals,
    spec,
    verdict,
)

DONE = Standing(baseline=False, step=None, unscored=False, page=False)
LATER = NOW + HOUR


async def fill(store: Store) -> None:
    """An article of each kind; the last one is in a story."""
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    kinds = ("unjudged", "below", "unscored", "page", "flagged", "placed")
    drafts = [draft(feed.id, kind, title=kind) for kind in kinds]
    drafts.append(draft(feed.id, "baseline", title="baseline", baseline=True))
    articles = {article.title: article for article in await add_articles(store, *drafts)}
    scores = {"below": 0.1, "unscored": None, "page": 0.3, "baseline": 0.9, "placed": 0.9}

    def job(tx: Transaction) -> None:
        for title, score in scores.items():
            add_verdicts(tx, articles[title].revision_id, [verdict(score=score)], signals())
        tx.pages.ask(Page(articles["page"].id, "blatt.example:443", NOW, NOW))
        (placed,) = tx.verdicts.waiting(9)
        tx.stories.add(open_story(placed))
        add_verdicts(tx, articles["flagged"].revision_id, [verdict()], signals())

    await store.write(job)


async def test_each_article_is_counted_as_it_stands(store: Store) -> None:
    await fill(store)
    counted = await store.read(lambda tx: tx.standings.count(NOW, LATER))
    assert counted == {
        replace(DONE, step=Step.VERDICT): 1,
        replace(DONE, step=Step.STORY): 1,
        replace(DONE, baseline=True): 1,
        replace(DONE, unscored=True): 1,
        replace(DONE, page=True): 1,
        DONE: 1,
    }


async def test_counted_is_what_each_is_by_itself(store: Store) -> None:
    await fill(store)

    def read(tx: Transaction) -> Counter[Standing | None]:
        placed = tx.standings.placed(NOW, LATER)
        ids = {article.id for article in tx.articles.newest(99)} - {*placed}
        return Counter(tx.standings.of(id_) for id_ in ids)

    each = await store.read(read)
    assert each == await store.read(lambda tx: tx.standings.count(NOW, LATER))
    assert await store.read(lambda tx: tx.standings.placed(NOW, LATER)) == (6,)
    assert await store.read(lambda tx: tx.standings.of(99)) is None


async def test_only_what_was_first_seen_in_the_span_counts(store: Store) -> None:
    await fill(store)
    for since, until in ((NOW - DAY, NOW), (LATER, LATER + DAY)):
        assert await store.read(lambda tx, a=since, b=until: tx.standings.count(a, b)) == {}  # type: ignore[misc]
        assert await store.read(lambda tx, a=since, b=until: tx.standings.placed(a, b)) == ()  # type: ignore[misc]


async def test_an_edited_article_stands_where_its_newest_revision_does(store: Store) -> None:
    await fill(store)
    edited = draft(1, "unscored", title="edited")
    await store.write(lambda tx: tx.articles.add([edited]))
    counted = await store.read(lambda tx: tx.standings.count(NOW, LATER))
    assert counted[replace(DONE, step=Step.VERDICT)] == 2
    assert replace(DONE, unscored=True) not in counted


async def test_logs_are_what_the_outbox_tells_without_messages(store: Store) -> None:
    await fill(store)

    def job(tx: Transaction) -> None:
        told = [replace(alert("1"), article_id=6), alert("1", "update-1"), alert("2")]
        tx.outbox.queue(told, NOW, NOW)
        first, *_ = tx.outbox.waiting()
        tx.outbox.save(replace(first, state=Delivery.FOLDED, folded_into=2, note="held"))

    await store.write(job)
    logs = await store.read(lambda tx: tx.standings.logs([1, 2, 3]))
    assert logs[1] == await store.read(lambda tx: tx.outbox.told("1"))
    assert logs[1][0].alert.article_id == 6
    assert [len(logs[story]) for story in (1, 2, 3)] == [2, 1, 0]
    (second,) = await store.read(lambda tx: tx.standings.summaries([2]))
    assert (second.id, second.state) == (2, Delivery.PENDING)
