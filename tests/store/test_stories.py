from dataclasses import replace
from datetime import datetime

import pytest

from monitor.core.model import Delivery, Feed, Story
from monitor.core.story import merge_stories, split_story
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import SqliteStore
from tests.builders import DAY, HOUR, NOW, add_flagged, alert, draft, story


@pytest.fixture
async def told(store: SqliteStore, feed: Feed) -> Story:
    members = await add_flagged(
        store, draft(feed.id, "later", seen_at=NOW + HOUR), draft(feed.id, "first")
    )
    return await store.write(lambda tx: tx.stories.add(story(members[::-1])))


async def test_a_story_is_read_back_with_its_members_oldest_first(
    store: SqliteStore, told: Story
) -> None:
    assert [member.article.first_seen_at for member in told.members] == [NOW, NOW + HOUR]
    assert all(member.verdicts and member.signals.vector for member in told.members)
    assert await store.read(lambda tx: tx.stories.get(told.id)) == told
    ids = [member.article.id for member in told.members]
    assert await store.read(lambda tx: [tx.stories.of(id_) for id_ in ids]) == [told, told]


async def test_members_wait_for_a_story_no_longer(store: SqliteStore, told: Story) -> None:
    assert len(told.members) == 2
    assert await store.read(lambda tx: tx.verdicts.waiting(9)) == ()


async def test_saving_replaces_fields_and_adds_members(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    (new,) = await add_flagged(store, draft(feed.id, "update", seen_at=NOW + DAY))
    grown = replace(
        told,
        title="Auch ein zweiter Konzern kündigt",
        topics=("ai-overbuild", "microsoft-openai"),
        score=0.95,
        sources=2,
        last_seen_at=NOW + DAY,
        members=(*told.members, new),
    )
    await store.write(lambda tx: tx.stories.save(grown))
    assert await store.read(lambda tx: tx.stories.get(told.id)) == grown


async def test_saving_an_unknown_story_says_so(store: SqliteStore, told: Story) -> None:
    with pytest.raises(NotFound):
        await store.write(lambda tx: tx.stories.save(replace(told, id=99)))


async def test_a_member_stays_what_it_was_when_it_joined(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    await store.write(lambda tx: tx.articles.add([draft(feed.id, "first", title="Umgeschrieben")]))
    assert await store.read(lambda tx: tx.stories.get(told.id)) == told


async def test_recent_stories_come_newest_first(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    members = await add_flagged(store, draft(feed.id, "else", seen_at=NOW + DAY))
    newer = await store.write(lambda tx: tx.stories.add(story(members, "Etwas anderes")))
    recent = {
        NOW: (newer, told),
        NOW + HOUR: (newer, told),
        NOW + DAY: (newer,),
        NOW + 2 * DAY: (),
    }
    assert await store.read(lambda tx: {at: tx.stories.recent(at) for at in recent}) == recent


async def test_stories_are_listed_by_topic(store: SqliteStore, told: Story) -> None:
    listed = {
        (9, None): (told,),
        (0, None): (),
        (9, "ai-overbuild"): (told,),
        (9, "ai"): (),
    }
    assert await store.read(lambda tx: {ask: tx.stories.list(*ask) for ask in listed}) == listed


# --- found by keys --------------------------------------------------------------------------------


async def test_the_stories_that_share_most_keys_are_near(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    members = await add_flagged(store, draft(feed.id, "else", seen_at=NOW + DAY))
    other = await store.write(lambda tx: tx.stories.add(story(members, "Etwas anderes")))

    def index(tx: Transaction) -> None:
        tx.stories.index(told.id, ["ohio", "2 gigawatt", "mieter"])
        tx.stories.index(told.id, ["ohio"])
        tx.stories.index(other.id, ["ohio", "nevada"])

    assert await store.read(lambda tx: tx.stories.without_keys(NOW)) == (told, other)
    await store.write(index)
    assert await store.read(lambda tx: tx.stories.without_keys(NOW)) == ()
    asked = {
        (("ohio", "mieter"), NOW, 1): {told.id},
        (("ohio", "nevada"), NOW, 1): {other.id},
        (("ohio",), NOW, 9): {told.id, other.id},
        (("ohio",), NOW + 2 * HOUR, 9): {other.id},
        (("bremen",), NOW, 9): set(),
        ((), NOW, 9): set(),
    }
    found = await store.read(lambda tx: {ask: tx.stories.near(*ask) for ask in asked})
    assert {ask: {one.id for one in near} for ask, near in found.items()} == asked


async def test_keys_of_closed_stories_are_forgotten(store: SqliteStore, told: Story) -> None:
    def index(tx: Transaction, before: datetime) -> int:
        tx.stories.index(told.id, ["ohio"])
        tx.stories.forget_keys(before)
        return len(tx.stories.near(["ohio"], NOW - DAY, 9))

    assert await store.write(lambda tx: index(tx, NOW)) == 1
    assert await store.write(lambda tx: index(tx, NOW + DAY)) == 0


# --- corrected by hand ----------------------------------------------------------------------------


async def test_a_split_moves_members_and_is_remembered(store: SqliteStore, told: Story) -> None:
    kept, new = split_story(told, [told.members[1].article.id])
    made = await store.write(lambda tx: tx.stories.split(kept, new))
    assert made == replace(new, id=made.id)
    assert await store.read(lambda tx: tx.stories.get(told.id)) == kept
    pair = frozenset({told.id, made.id})
    for asked in (told.id, made.id):
        apart = await store.read(lambda tx, id_=asked: tx.stories.apart([id_]))  # type: ignore[misc]
        assert apart == {pair}
    assert await store.read(lambda tx: tx.stories.apart([99])) == frozenset()


async def test_what_was_told_of_a_story_counts_for_what_is_split_off(
    store: SqliteStore, told: Story
) -> None:
    kept, new = split_story(told, [told.members[1].article.id])
    await store.write(lambda tx: tx.outbox.queue([alert(str(told.id))], NOW, NOW))
    made = await store.write(lambda tx: tx.stories.split(kept, new))
    await store.write(lambda tx: tx.outbox.queue([alert(str(made.id), "update-1")], NOW, NOW))
    assert await occasions(store, told.id) == ["first"]
    assert await occasions(store, made.id) == ["first", "update-1"]


async def test_a_merged_story_is_one_and_was_told_what_either_was(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    members = await add_flagged(store, draft(feed.id, "else", seen_at=NOW + DAY))
    gone = await store.write(lambda tx: tx.stories.add(story(members, "Etwas anderes")))
    await store.write(lambda tx: tx.stories.index(gone.id, ["nevada"]))
    rows = [alert(str(told.id)), alert(str(gone.id), channel="chat")]
    await store.write(lambda tx: tx.outbox.queue(rows, NOW, NOW))
    merged = merge_stories(told, gone)
    await store.write(lambda tx: tx.stories.merge(merged, gone.id))
    ids = (told.id, gone.id)
    assert await store.read(lambda tx: [tx.stories.get(id_) for id_ in ids]) == [merged, merged]
    assert await store.read(lambda tx: tx.stories.list(9)) == (merged,)
    assert await store.read(lambda tx: tx.stories.recent(NOW)) == (merged,)
    assert await store.read(lambda tx: tx.stories.near(["nevada"], NOW, 9)) == (merged,)
    assert await occasions(store, told.id) == ["first", "first"]


async def test_merging_what_was_split_undoes_the_split(store: SqliteStore, told: Story) -> None:
    kept, new = split_story(told, [told.members[1].article.id])
    made = await store.write(lambda tx: tx.stories.split(kept, new))
    again = merge_stories(kept, made)
    await store.write(lambda tx: tx.stories.merge(again, made.id))
    assert await store.read(lambda tx: tx.stories.apart([told.id, made.id])) == frozenset()
    assert await store.read(lambda tx: tx.stories.get(made.id)) == again


async def test_what_was_kept_apart_from_a_merged_story_stays_apart(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    kept, new = split_story(told, [told.members[1].article.id])
    made = await store.write(lambda tx: tx.stories.split(kept, new))
    members = await add_flagged(store, draft(feed.id, "else", seen_at=NOW + DAY))
    third = await store.write(lambda tx: tx.stories.add(story(members, "Etwas anderes")))
    await store.write(lambda tx: tx.stories.merge(merge_stories(third, made), made.id))
    apart = await store.read(lambda tx: tx.stories.apart([told.id]))
    assert apart == {frozenset({told.id, third.id})}


async def test_a_story_was_told_when_what_it_was_made_of_was(
    store: SqliteStore, told: Story
) -> None:
    kept, new = split_story(told, [told.members[1].article.id])
    await store.write(lambda tx: tx.outbox.queue([alert(str(told.id))], NOW, NOW))
    (row,) = await store.read(lambda tx: tx.outbox.list())
    sent = replace(row, state=Delivery.SENT, settled_at=NOW + HOUR)
    await store.write(lambda tx: tx.outbox.save(sent))
    made = await store.write(lambda tx: tx.stories.split(kept, new))
    first = await store.read(lambda tx: tx.outbox.first_told([told.id, made.id]))
    assert first == {told.id: NOW + HOUR, made.id: NOW + HOUR}


async def occasions(store: SqliteStore, story_id: int) -> list[str]:
    told = await store.read(lambda tx: tx.outbox.told(str(story_id)))
    return [row.alert.occasion for row in told]


async def test_stories_are_counted_but_for_those_of_a_baseline_and_those_that_are_gone(
    store: SqliteStore, feed: Feed, told: Story
) -> None:
    old, other = await add_flagged(
        store,
        draft(feed.id, "old"),
        draft(feed.id, "other", seen_at=NOW + DAY),
    )

    def add(tx: Transaction) -> Story:
        tx.stories.add(replace(story([old]), baseline=True))
        return tx.stories.add(story([other]))

    gone = await store.write(add)
    assert await store.read(lambda tx: tx.stories.count(NOW)) == 2
    assert await store.read(lambda tx: tx.stories.count(NOW + DAY)) == 1
    kept = merge_stories(told, gone)
    await store.write(lambda tx: tx.stories.merge(kept, gone.id))
    assert await store.read(lambda tx: tx.stories.count(NOW)) == 1
