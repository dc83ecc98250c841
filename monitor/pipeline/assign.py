"""ArticlesFlagged: put flagged articles into stories; a story and its outbox rows go together."""

import logging
from dataclasses import dataclass
from functools import partial

from monitor.core.alert import decide_first_alerts
from monitor.core.events import AlertQueued, ArticlesFlagged, Event
from monitor.core.model import Flagged, Story
from monitor.core.story import WINDOW, Placement, join_story, open_story, place
from monitor.pipeline.parts import Parts
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
    now = parts.clock()
    told = tx.outbox.told(str(story.id))
    alerts = decide_first_alerts(story, parts.rules.routes, told, parts.rules.language)
    tx.counters.bump("alerts" if alerts else "story already told", len(alerts) or 1, now)
    return tx.outbox.queue(alerts, now + parts.rules.group_wait, now)


def _describe(item: Assigned) -> str:
    if item.placement.story is None:
        return f"story {item.story.id} opened"
    return f"story {item.story.id} joined ({item.placement.reason})"
