"""A store in memory, of what assigning and telling ask of one: for replays, which keep nothing.

It says what `store/` says: every test of a replay compares it with the real one. What a replay
cannot meet is left out: corrections by hand, attempts that failed or were cut off.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from monitor.core.model import (
    WAITING,
    Alert,
    Delivery,
    FeedSpec,
    Flagged,
    OutboxRow,
    Story,
    Subject,
)
from monitor.core.silence import Silence


@dataclass(frozen=True, slots=True)
class Feeds:
    """Fulfils of `ports.Feeds` what routes ask."""

    known: Mapping[int, FeedSpec]

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds."""
        return {id_: self.known[id_] for id_ in feed_ids if id_ in self.known}


@dataclass(slots=True)
class Verdicts:
    """Fulfils of `ports.Verdicts` what waits for a story. `arrived` are not placed yet."""

    arrived: list[Flagged] = field(default_factory=list)

    def waiting(self, limit: int) -> tuple[Flagged, ...]:
        """Flagged articles that belong to no story, oldest first; given once."""
        self.arrived.sort(key=lambda one: one.article.id)
        taken, self.arrived = self.arrived[:limit], self.arrived[limit:]
        return tuple(taken)


@dataclass(slots=True)
class Stories:
    """Fulfils of `ports.Stories` what placing asks."""

    by_id: dict[int, Story] = field(default_factory=dict)
    by_article: dict[int, int] = field(default_factory=dict)
    by_key: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    keys: dict[int, set[str]] = field(default_factory=dict)

    def add(self, story: Story) -> Story:
        """Store a new story (`id` is ignored); give it back with its id."""
        added = replace(story, id=len(self.by_id) + 1)
        self.save(added)
        return added

    def save(self, story: Story) -> None:
        """Replace it."""
        self.by_id[story.id] = story
        self.by_article.update((member.article.id, story.id) for member in story.members)

    def get(self, story_id: int) -> Story | None:
        """The story with all members."""
        return self.by_id.get(story_id)

    def near(self, keys: Iterable[str], since: datetime, limit: int) -> tuple[Story, ...]:
        """Of the stories seen at or after `since` those that share most of the keys."""
        found = (self.by_key[key] for key in keys if key in self.by_key)
        shared = Counter(chain.from_iterable(found))
        by_most = sorted(((count, id_) for id_, count in shared.items()), reverse=True)
        nearest = (self.by_id[id_] for _, id_ in by_most)
        return tuple(islice((one for one in nearest if one.last_seen_at >= since), limit))

    def index(self, story_id: int, keys: Iterable[str]) -> None:
        """Let the story be found by these keys, too."""
        self.keys.setdefault(story_id, set()).update(keys)
        for key in keys:
            self.by_key[key].add(story_id)

    def forget_keys(self, before: datetime) -> None:
        """Find stories that were last seen before then no longer by keys."""
        for id_ in [id_ for id_ in self.keys if self.by_id[id_].last_seen_at < before]:
            for key in self.keys.pop(id_):
                self.by_key[key].discard(id_)

    def apart(self, story_ids: Iterable[int]) -> frozenset[frozenset[int]]:  # noqa: ARG002
        """None: nobody corrects a replay."""
        return frozenset()


@dataclass(slots=True)
class Outbox:
    """Fulfils of `ports.Outbox` what queuing and telling ask."""

    rows: dict[int, OutboxRow] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    open_ids: dict[int, None] = field(default_factory=dict)
    by_story: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sent: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def queue(self, alerts: Iterable[Alert], due_at: datetime, now: datetime) -> int:
        """Insert as pending; what the key already knows is left alone. Count the new."""
        new = [alert for alert in alerts if alert.key not in self.ids]
        for alert in new:
            id_ = self.ids[alert.key] = len(self.rows) + 1
            if alert.subject is Subject.STORY:
                self.by_story[alert.subject_id].append(id_)
            self.save(OutboxRow(id_, alert, Delivery.PENDING, 0, due_at, now))
        return len(new)

    def save(self, row: OutboxRow) -> None:
        """Replace the row."""
        self.rows[row.id] = row
        if row.state in WAITING:
            self.open_ids[row.id] = None
        else:
            self.open_ids.pop(row.id, None)
        if row.state is Delivery.SENT and row.settled_at is not None:
            self.sent[row.alert.channel].append(row.settled_at)

    def waiting(self) -> tuple[OutboxRow, ...]:
        """Every row that is still to be sent, due or not, oldest first."""
        return tuple(self.rows[id_] for id_ in sorted(self.open_ids))

    def due(self, now: datetime, channel: str | None = None) -> tuple[OutboxRow, ...]:
        """Rows that are due and not held, oldest first."""
        return tuple(
            row
            for row in self.waiting()
            if channel in (None, row.alert.channel) and due_from(row) <= now
        )

    def taken(self, channel: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """When the channel took messages, in (since, until], oldest first."""
        times = self.sent[channel]
        return tuple(times[bisect_right(times, since) : bisect_right(times, until)])

    def release(self, now: datetime, subject_id: str) -> None:
        """Let what is held of one story be decided on anew."""
        for id_ in self.by_story[subject_id]:
            row = self.rows[id_]
            if row.state in WAITING and row.held_until and row.held_until > now:
                self.save(replace(row, held_until=now))

    def told(self, subject_id: str) -> tuple[OutboxRow, ...]:
        """All rows about the story of this id, oldest first."""
        return tuple(self.rows[id_] for id_ in self.by_story[subject_id])

    def get(self, row_id: int) -> OutboxRow | None:
        """One row."""
        return self.rows.get(row_id)

    def find(self, alert: Alert) -> OutboxRow | None:
        """The row of this key."""
        return self.rows.get(self.ids.get(alert.key, 0))


def due_from(row: OutboxRow) -> datetime:
    """When a waiting row is due and no longer held."""
    return max(row.due_at, row.held_until or row.due_at)


@dataclass(frozen=True, slots=True)
class PastSilence:
    """A silence, and the articles of the story that it means, where it means one."""

    silence: Silence
    articles: tuple[int, ...] = ()

    @property
    def until(self) -> datetime:
        """When it ended: its time, or before that by hand."""
        return min(self.silence.until, self.silence.expired_at or self.silence.until)


@dataclass(frozen=True, slots=True)
class Silences:
    """Fulfils of `ports.Silences` what holds at a time. A replay's stories have ids of its own."""

    past: Sequence[PastSilence]
    stories: Stories

    def in_force(self, now: datetime) -> tuple[Silence, ...]:
        """Those that held then, oldest first."""
        return tuple(self._find(now))

    def _find(self, now: datetime) -> Iterator[Silence]:
        for one in self.past:
            if not one.silence.created_at <= now < one.until:
                continue
            silence, by_article = replace(one.silence, expired_at=None), self.stories.by_article
            if silence.matcher.story is None:
                yield silence
            for story in {by_article[id_] for id_ in one.articles if id_ in by_article}:
                yield replace(silence, matcher=replace(silence.matcher, story=story))


@dataclass(frozen=True, slots=True)
class Counters:
    """Fulfils of `ports.Counters` the counting, of what happened since a time."""

    since: datetime
    counted: Counter[str] = field(default_factory=Counter)

    def bump(self, name: str, by: int, now: datetime) -> None:
        """Add to a counter."""
        if now >= self.since:
            self.counted[name] += by


@dataclass(frozen=True, slots=True)
class Notes:
    """Fulfils of `ports.Notes` that there are none."""

    def get(self, key: str) -> str | None:  # noqa: ARG002
        """Nothing was noted."""
        return None


@dataclass(frozen=True, slots=True)
class Scratch:
    """The nouns that `assign_waiting`, `claim_next` and `settle` ask, and no others."""

    feeds: Feeds
    silences: Silences
    counters: Counters
    stories: Stories
    verdicts: Verdicts = field(default_factory=Verdicts)
    outbox: Outbox = field(default_factory=Outbox)
    notes: Notes = field(default_factory=Notes)
