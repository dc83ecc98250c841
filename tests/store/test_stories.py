from dataclasses import replace

import pytest

from monitor.core.model import Feed, Story
from monitor.errors import NotFound
from monitor.store import SqliteStore
from tests.builders import DAY, HOUR, NOW, add_flagged, draft, story


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
