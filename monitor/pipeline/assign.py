"""ArticlesFlagged: put flagged articles into stories; a story and its outbox rows go together."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from monitor.core.alert import decide_first_alerts
from monitor.core.events import AlertQueued, ArticlesFlagged, Event
from monitor.core.model import Alert, Flagged, OutboxRow, Story
from monitor.core.route import read_traits, route
from monitor.core.story import WINDOW, Placement, join_story, open_story, place
from monitor.pipeline.parts import Parts
from monitor.pipeline.silences import drop_silenced
from monitor.ports import Transaction

log = logging.getLogger(__name__)

BATCH = 64


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where one article went, and how many alerts that queued."""

    flagged: Flagged
    placement: Placement
    story: Story
    alerts: int


async def assign(parts: Parts, event: ArticlesFlagged) -> list[Event]:  # noqa: ARG001  # a signal
    """Assign everything that waits, oldest first, a batch per transaction."""
    queued = 0
    while batch := await parts.store.write(partial(_assign_batch, parts)):
        for item in batch:
            log.info("%s: %s", _describe(item), item.flagged.article.title)
        queued += sum(item.alerts for item in batch)
    return [AlertQueued(queued)] if queued else []


def _assign_batch(parts: Parts, tx: Transaction) -> list[Assigned]:
    waiting = tx.verdicts.waiting(BATCH)
    if not waiting:
        return []
    oldest = min(flagged.article.first_seen_at for flagged in waiting)
    known = {story.id: story for story in tx.stories.recent(oldest - WINDOW)}
    return [_assign_one(parts, tx, flagged, known) for flagged in waiting]


def _assign_one(
    parts: Parts, tx: Transaction, flagged: Flagged, known: dict[int, Story]
) -> Assigned:
    placement = place(flagged, known.values())
    if placement.story is None:
        story = tx.stories.add(open_story(flagged))
    else:
        story = join_story(placement.story, flagged)
        tx.stories.save(story)
    known[story.id] = story
    return Assigned(flagged, placement, story, _queue_alerts(parts, tx, story))


def _queue_alerts(parts: Parts, tx: Transaction, story: Story) -> int:
    """Queue what the story's growth is worth; what is silenced is dropped at once, and counted."""
    now = parts.clock()
    story_id = str(story.id)
    told = tx.outbox.told(story_id)
    traits = read_traits(story, tx.feeds.specs({m.article.feed_id for m in story.members}))
    routed = route(traits, parts.rules.routes, parts.rules.language)
    alerts = decide_first_alerts(story, routed, told)
    # It may have grown enough to break through quiet hours.
    tx.outbox.release(now, story_id)
    tx.counters.bump(_count_as(alerts, told), len(alerts) or 1, now)
    queued = tx.outbox.queue(alerts, now + parts.rules.group_wait, now)
    return queued - drop_silenced(tx, tx.outbox.told(story_id), now)


def _count_as(alerts: Sequence[Alert], told: Sequence[OutboxRow]) -> str:
    if alerts:
        return "alerts"
    return "story already told" if told else "no channel routed"


def _describe(item: Assigned) -> str:
    if item.placement.story is None:
        return f"story {item.story.id} opened"
    return f"story {item.story.id} joined ({item.placement.reason})"
