"""What a person says of stories: these articles are another event, these two stories are one.

Each correction is one transaction, remembered for articles to come, and true to the notification
log: what was told of a story counts for all that is made of it.
"""

from collections.abc import Collection
from datetime import datetime

from monitor.core.likeness import Likeness
from monitor.core.model import WAITING, Story
from monitor.core.outbox import drop
from monitor.core.story import merge_stories, split_story
from monitor.errors import NotFound
from monitor.ports import Transaction


def split_by_hand(
    tx: Transaction, likeness: Likeness, story_id: int, article_ids: Collection[int]
) -> Story:
    """Make a story of its own of some articles; they never come back. Give the new one.

    Raise `NotFound` without the story, ValueError where these articles cannot be split off.
    """
    kept, new = split_story(_find(tx, story_id), article_ids)
    made = tx.stories.split(kept, new)
    for member in made.members:
        tx.stories.index(made.id, likeness.find_keys(member))
    return made


def merge_by_hand(tx: Transaction, kept_id: int, gone_id: int, now: datetime) -> Story:
    """Make one story of two, under the first id; articles like either join it from now on.

    What waits to be told of the second is dropped where the first was told. Raise `NotFound`
    without one of them, ValueError for one and the same.
    """
    kept, gone = _find(tx, kept_id), _find(tx, gone_id)
    merged = merge_stories(kept, gone)
    heard = {row.alert.channel for row in tx.outbox.told(str(kept.id))}
    for row in tx.outbox.told(str(gone.id)):
        if row.state in WAITING and row.alert.channel in heard:
            why = f"story {gone.id} was merged into story {kept.id}, which was told"
            tx.outbox.save(drop(row, now, why))
    tx.stories.merge(merged, gone.id)
    return merged


def _find(tx: Transaction, story_id: int) -> Story:
    story = tx.stories.get(story_id)
    if story is None:
        raise NotFound(f"no story {story_id}; `monitor stories list` shows which there are")
    return story
