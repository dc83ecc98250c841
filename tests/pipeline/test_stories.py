"""What is told of a story after its first alert, and what a person's corrections change in that."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from monitor.core.events import ArticlesFlagged
from monitor.core.model import Delivery, Footer, Outcome, Paragraph, Story
from monitor.errors import NotFound
from monitor.pipeline.assign import assign, index_stories
from monitor.pipeline.correct import merge_by_hand, split_by_hand
from tests.pipeline.conftest import World
from tests.pipeline.fakes import refuse

SHORT = timedelta(minutes=20)
OHIO = "Fear of a bubble as cloud group leaves Ohio"
UTAH = "Chip maker opens Utah towers despite bubble talk"


async def opened(world: World, *names: str) -> list[str]:
    """Feeds that are past their baseline."""
    urls = [await world.add_feed(name, (f"Nothing of note in {name}",)) for name in names]
    await world.settle()
    world.mail.sent.clear()
    return urls


async def stories(world: World) -> list[Story]:
    """All, in the order they were opened."""
    found = await world.parts.store.read(lambda tx: tx.stories.list(9))
    return sorted(found, key=lambda story: story.id)


def titles(of: Sequence[Story]) -> list[list[str]]:
    return [[member.article.title for member in story.members] for story in of]


async def test_a_report_that_adds_something_is_an_update_in_the_same_thread(world: World) -> None:
    one, two, three = await opened(world, "one", "two", "three")
    world.show(one, OHIO)
    await world.pass_time()
    world.show(two, f"{OHIO} for good")
    await world.pass_time()
    assert len(world.mail.sent) == 1
    world.show(three, f"{OHIO}, cost 3 billion")
    await world.pass_time()
    first, update = world.mail.sent
    assert update.message.title == f"Update: AI overbuild: {OHIO}, cost 3 billion"
    what, link, *_, part_of = update.message.blocks
    assert what == Paragraph("What is new: the figure 3 billion.")
    assert link.url == f"{three}/{OHIO},-cost-3-billion".replace(" ", "-")  # type: ignore[union-attr]
    assert part_of == Footer(f"Part of the story “{OHIO}” (monitor stories show 1).")
    assert first.reference == update.reference
    assert first.key != update.key
    assert await world.count("updates") == 1


async def test_after_three_updates_a_story_is_quiet(world: World) -> None:
    urls = await opened(world, *(f"feed{n}" for n in range(7)))
    for n, url in enumerate(urls):
        world.show(url, f"{OHIO}, cost {n**3 + 1} billion")
        await world.pass_time()
    assert len((await stories(world))[0].members) == 7
    assert [row.alert.occasion for row in (await world.outbox())[-4:]] == [
        "first",
        "update-1",
        "update-2",
        "update-3",
    ]
    assert len(world.mail.sent) == 4


async def test_an_update_waits_for_a_first_alert_that_failed(world: World) -> None:
    one, two = await opened(world, "one", "two")
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    world.show(one, OHIO)
    await world.pass_time(SHORT)
    world.show(two, f"{OHIO}, cost 3 billion")
    await world.pass_time(SHORT)
    assert world.mail.titles == [
        f"AI overbuild: {OHIO}",
        f"AI overbuild: {OHIO}",
        f"Update: AI overbuild: {OHIO}, cost 3 billion",
    ]


async def test_assigning_again_after_a_crash_tells_nothing_again(world: World) -> None:
    one, two = await opened(world, "one", "two")
    for url, title in ((one, OHIO), (two, f"{OHIO}, cost 3 billion")):
        world.show(url, title)
        await world.pass_time()
    before = await world.outbox()
    assert await assign(world.parts, ArticlesFlagged(0)) == []
    assert await world.outbox() == before


async def test_ids_that_change_at_each_fetch_tell_nothing_again(world: World) -> None:
    """The feed shows the same articles under ever new addresses (FAULTS D3)."""
    (url,) = await opened(world, "one")
    texts = (OHIO, f"{OHIO}, cost 3 billion")
    for n in range(6):
        world.show(url, *(f"{n}.{i}|{text}" for i, text in enumerate(texts)))
        await world.pass_time()
    assert len(world.mail.sent) == 2
    (story,) = await stories(world)
    assert len(story.members) == 12
    assert story.sources == 1


# --- corrected by hand ----------------------------------------------------------------------------


async def split(world: World, story: Story, number: int) -> Story:
    ids = [story.members[number].article.id]
    job = partial(split_by_hand, likeness=world.parts.likeness, story_id=story.id, article_ids=ids)
    return await world.parts.store.write(job)


async def merge(world: World, kept: int, gone: int) -> Story:
    job = partial(merge_by_hand, kept_id=kept, gone_id=gone, now=world.clock())
    return await world.parts.store.write(job)


async def test_what_was_split_off_was_told_and_stays_apart(world: World) -> None:
    one, two, three = await opened(world, "one", "two", "three")
    world.show(one, OHIO)
    await world.pass_time()
    world.show(two, f"{OHIO} for Utah")
    await world.pass_time()
    new = await split(world, (await stories(world))[0], 1)
    world.show(three, f"{OHIO} for Utah", "Nothing")
    await world.pass_time()
    assert titles(await stories(world)) == [
        [OHIO],
        [f"{OHIO} for Utah", f"{OHIO} for Utah"],
    ]
    assert len(world.mail.sent) == 1
    world.show(three, f"{OHIO} for Utah, cost 3 billion")
    await world.pass_time()
    first, update = world.mail.sent
    assert update.reference == first.reference
    assert update.key == f"test-story-{new.id}-update-1-mail"


async def test_what_was_split_off_stays_apart_when_it_is_closed_and_the_other_is_not(
    world: World,
) -> None:
    one, two, three = await opened(world, "one", "two", "three")
    world.show(one, OHIO)
    await world.pass_time()
    world.show(two, f"{OHIO} for Utah")
    await world.pass_time()
    new = await split(world, (await stories(world))[0], 1)
    await world.pass_time(timedelta(days=5))
    world.show(one, OHIO, f"{OHIO} for good")
    await world.pass_time()
    await world.pass_time(timedelta(days=3))
    world.show(three, f"{OHIO} for Utah")
    await world.pass_time()
    kept, again = titles([one for one in await stories(world) if one.id != new.id])
    assert kept == [OHIO, f"{OHIO} for good"]
    assert again == [f"{OHIO} for Utah"]


async def test_what_is_like_either_of_two_merged_stories_is_told_no_more(world: World) -> None:
    one, two, three = await opened(world, "one", "two", "three")
    world.show(one, OHIO)
    world.show(two, UTAH)
    await world.pass_time()
    assert len(world.mail.sent) == 2
    await merge(world, 1, 2)
    world.show(three, f"{UTAH} at last", f"{OHIO} at last")
    await world.pass_time()
    (story,) = await stories(world)
    assert len(story.members) == 4
    assert len(world.mail.sent) == 2


async def test_what_waits_to_be_told_of_a_merged_story_is_dropped(world: World) -> None:
    one, two = await opened(world, "one", "two")
    world.show(one, OHIO)
    await world.pass_time()
    world.change(group_wait=timedelta(hours=2))
    world.show(two, UTAH)
    await world.pass_time()
    await merge(world, 1, 2)
    await world.pass_time(timedelta(hours=3))
    assert len(world.mail.sent) == 1
    dropped = (await world.outbox())[-1]
    assert (dropped.state, dropped.note) == (
        Delivery.DROPPED,
        "story 2 was merged into story 1, which was told",
    )


async def test_of_two_merged_stories_that_both_wait_one_is_told(world: World) -> None:
    one, two = await opened(world, "one", "two")
    world.mail.receipts = refuse(Outcome.TEMPORARY)
    world.show(one, OHIO)
    world.show(two, UTAH)
    await world.pass_time(SHORT)
    await merge(world, 2, 1)
    await world.pass_time()
    keys = [envelope.key for envelope in world.mail.sent]
    assert keys == ["test-story-1-first-mail", "test-story-2-first-mail"]
    assert await world.count("delivery sent") == 2  # with the baseline's notice


async def test_a_story_that_is_not_there_cannot_be_corrected(world: World) -> None:
    with pytest.raises(NotFound, match="no story 7; `monitor stories list` shows which there are"):
        await merge(world, 7, 8)


async def test_stories_of_an_older_program_are_found_after_the_next_start(world: World) -> None:
    one, two = await opened(world, "one", "two")
    world.show(one, OHIO)
    await world.pass_time()
    # As a migrated database is: stories, and nothing that finds them.
    await world.parts.store.write(lambda tx: tx.stories.forget_keys(world.clock() + SHORT))
    await world.parts.store.write(partial(index_stories, world.parts))
    world.show(two, f"{OHIO} for good")
    await world.pass_time()
    assert len(world.mail.sent) == 1
