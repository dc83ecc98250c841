"""ArticlesFlagged: put flagged articles into stories; a story and its outbox rows go together."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from monitor.core.alert import decide_first_alerts
from monitor.core.events import AlertQueued, ArticlesFlagged, Event, StoriesChanged
from monitor.core.model import Alert, Flagged, OutboxRow, Story
from monitor.core.render import render_update
from monitor.core.route import read_traits, route
from monitor.core.story import CANDIDATES, WINDOW, Placement, join_story, open_story, place
from monitor.core.update import Watch, decide_updates
from monitor.pipeline.labels import make_ballot
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
    while batch := await parts.store.write(partial(assign_waiting, parts)):
        for item in batch:
            log.info("%s: %s", _describe(item), item.flagged.article.title)
        queued += sum(item.alerts for item in batch)
        parts.emit([StoriesChanged(tuple(sorted({item.story.id for item in batch})))])
    return [AlertQueued(queued)] if queued else []


def index_stories(parts: Parts, tx: Transaction) -> None:
    """Let open stories be found that no key leads to: an older program wrote them."""
    for story in tx.stories.without_keys(parts.clock() - WINDOW):
        for member in story.members:
            tx.stories.index(story.id, parts.likeness.find_keys(member))


def assign_waiting(parts: Parts, tx: Transaction) -> list[Assigned]:
    """Assign a batch of what waits; none is left where it gives none."""
    waiting = tx.verdicts.waiting(BATCH)
    if waiting:
        tx.stories.forget_keys(min(one.article.seen_at for one in waiting) - WINDOW)
    return [_assign_one(parts, tx, flagged) for flagged in waiting]


def _assign_one(parts: Parts, tx: Transaction, flagged: Flagged) -> Assigned:
    keys = parts.likeness.find_keys(flagged)
    near = tx.stories.near(keys, flagged.article.seen_at - WINDOW, CANDIDATES)
    apart = tx.stories.apart(story.id for story in near)
    # What was split off counts although it may be closed: a copy of it must not come back.
    closed = frozenset().union(*apart) - {story.id for story in near}
    others = [story for story in map(tx.stories.get, sorted(closed)) if story]
    placement = place(flagged, [*near, *others], parts.likeness, apart)
    before = placement.story
    if before is None:
        story = tx.stories.add(open_story(flagged))
    else:
        story = join_story(before, flagged, placement.part)
        tx.stories.save(story)
    tx.stories.index(story.id, keys)
    return Assigned(flagged, placement, story, _queue_alerts(parts, tx, before, story))


def _queue_alerts(parts: Parts, tx: Transaction, before: Story | None, story: Story) -> int:
    """Queue what the story's growth is worth; what is silenced is dropped at once, and counted."""
    now = parts.clock()
    told = tx.outbox.told(str(story.id))
    first = _decide_first(parts, tx, story, told)
    updates = _decide_updates(parts, tx, before, story, told) if before else ()
    # It may have grown enough to break through quiet hours.
    tx.outbox.release(now, str(story.id))
    for name, alerts in _count(first, updates, told).items():
        tx.counters.bump(name, alerts, now)
    queued = tx.outbox.queue(first, now + parts.rules.group_wait, now)
    queued += tx.outbox.queue(updates, now, now)
    return queued - drop_silenced(tx, tx.outbox.told(str(story.id)), now)


def _decide_first(
    parts: Parts, tx: Transaction, story: Story, told: Sequence[OutboxRow]
) -> Sequence[Alert]:
    traits = read_traits(story, tx.feeds.specs({m.article.feed_id for m in story.members}))
    routed = route(traits, parts.rules.routes, parts.rules.language)
    alerts = decide_first_alerts(story, routed, told)
    return [replace(alert, article_id=story.members[0].article.id) for alert in alerts]


def _decide_updates(
    parts: Parts, tx: Transaction, before: Story, after: Story, told: Sequence[OutboxRow]
) -> Sequence[Alert]:
    rules = parts.rules
    watch = Watch(parts.actors, rules.update_sources, rules.group_wait)
    updates = decide_updates(before, after, told, watch, parts.clock(), rules.language)
    return [_render(parts, tx, after, update) for update in updates]


def _render(parts: Parts, tx: Transaction, story: Story, update: Alert) -> Alert:
    """Write the update now: which article brought it is known here alone."""
    rules, new = parts.rules, story.members[-1]
    message = render_update(
        story,
        new,
        update.reason,
        parts.labels(),
        language=rules.language,
        zone=rules.timezone,
        allow=rules.allow,
        ballot=make_ballot(tx, rules.public_url, parts.clock()),
    )
    return replace(update, message=message, article_id=new.article.id)


def _count(
    first: Sequence[Alert], updates: Sequence[Alert], told: Sequence[OutboxRow]
) -> dict[str, int]:
    """Count what was decided under its name; that nothing was, under the reason."""
    decided = {"alerts": len(first), "updates": len(updates)}
    if first or updates:
        return {name: count for name, count in decided.items() if count}
    return {"story already told" if told else "no channel routed": 1}


def _describe(item: Assigned) -> str:
    if item.placement.story is None:
        return f"story {item.story.id} opened"
    return f"story {item.story.id} joined ({item.placement.reason})"
