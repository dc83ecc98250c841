"""Beside the stages: at which gate an article's way to a reader ends, or waits, and why there.

Every stored article has exactly one gate; `find_gate` is the only place that says which. It asks
in the order of the flow and stops at the first gate that holds the article.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.delivery import COOL_DOWN, QUIET_HOURS
from monitor.core.likeness import is_copy
from monitor.core.model import (
    ORDER,
    Again,
    Delivery,
    Flagged,
    Gate,
    OutboxRow,
    Standing,
    Step,
    Story,
    Telling,
)
from monitor.core.silence import is_silence
from monitor.core.update import UPDATES

Channels = Container[str] | None
"""The channels that are configured; None where that is not known."""


def find_gate(way: Standing | Telling, channels: Channels, now: datetime) -> Gate:
    """The gate of an article: by how far it came itself, in a story by what is told of that."""
    if isinstance(way, Telling):
        return _find_gate_of_member(way, channels, now)
    if way.baseline:
        return Gate.BASELINE
    if way.step is not None:
        return Gate.UNJUDGED if way.step is Step.VERDICT else Gate.UNPLACED
    if way.unscored:
        return Gate.UNSCORED
    return Gate.PAGE if way.page else Gate.BELOW


def find_row_gate(row: OutboxRow, channels: Channels, now: datetime) -> Gate:
    """The gate at which a message is."""
    match row.state:
        case Delivery.SENT:
            return Gate.TOLD
        case Delivery.DROPPED | Delivery.FOLDED:  # folded into a row that is no longer there
            return Gate.SILENCED if is_silence(row.note) else Gate.DROPPED
        case _ if channels is not None and row.alert.channel not in channels:
            return Gate.UNCONFIGURED
        case Delivery.DEAD:
            return Gate.DEAD
        case Delivery.IN_FLIGHT:
            return Gate.SENDING
        case _:
            return _find_gate_of_waiting(row, now)


def read_telling(
    story: Story, article_id: int, rows: Iterable[OutboxRow], summaries: Iterable[OutboxRow]
) -> Telling:
    """What is told of a story, as one of its articles is concerned.

    `rows` are the story's notification log, `summaries` those that rows were folded into.
    """
    by_id = {row.id: row for row in summaries}
    pairs = [(row, by_id.get(row.folded_into or 0, row)) for row in rows]
    return Telling(
        baseline=story.baseline,
        rows=tuple(spoken for _, spoken in pairs),
        own=tuple(spoken for row, spoken in pairs if _tells_of(row, story, article_id)),
        copy_of=find_original(story, article_id),
    )


def find_original(story: Story, article_id: int) -> int | None:
    """The first article before it in the story with the same text or the same page."""
    before, this = _split_at(story, article_id)
    return next((one.article.id for one in before if _is_same(this, one)), None)


def decide_again(story: Story, article_id: int, told: Sequence[OutboxRow]) -> Again:
    """Why the article was not told although its story was. `told` is the notification log."""
    before, this = _split_at(story, article_id)
    known = {one.article.id for one in before}
    if any(row.alert.occasion == UPDATES[-1] and row.alert.article_id in known for row in told):
        return Again.SPENT
    first = [row.settled_at for row in told if row.alert.is_first and row.settled_at]
    joined = bool(first) and this.article.seen_at <= min(first)
    return Again.JOINED if joined else Again.NOTHING_NEW


def is_covering(url: str, host: str) -> bool:
    """Whether a feed's own address says that it is of this host: the same one, or a part of it."""
    own, asked = (name.removeprefix("www.") for name in (urlsplit(url).hostname or "", host))
    return own == asked or own.endswith(f".{asked}") or asked.endswith(f".{own}")


def _find_gate_of_member(telling: Telling, channels: Channels, now: datetime) -> Gate:
    if telling.own:
        return _find_farthest(telling.own, channels, now)
    if telling.copy_of is not None:
        return Gate.DUPLICATE
    if not telling.rows:
        return Gate.BASELINE if telling.baseline else Gate.UNROUTED
    reached = _find_farthest(telling.rows, channels, now)
    return Gate.STORY_TOLD if reached is Gate.TOLD else reached


def _find_farthest(rows: Iterable[OutboxRow], channels: Channels, now: datetime) -> Gate:
    return max((find_row_gate(row, channels, now) for row in rows), key=ORDER.index)


def _find_gate_of_waiting(row: OutboxRow, now: datetime) -> Gate:
    if row.held_until is not None and row.held_until > now:
        return Gate.QUIET if row.note == QUIET_HOURS else Gate.CAP
    if row.state is Delivery.RETRY:
        return Gate.RETRY
    delayed = row.due_at > now and row.note == COOL_DOWN
    return Gate.COOL_DOWN if delayed else Gate.QUEUED


def _tells_of(row: OutboxRow, story: Story, article_id: int) -> bool:
    """Whether a row tells of this article.

    A row of an older program names none; a first one tells of the story's first report.
    """
    if row.alert.article_id is not None:
        return row.alert.article_id == article_id
    return row.alert.is_first and story.members[0].article.id == article_id


def _split_at(story: Story, article_id: int) -> tuple[Sequence[Flagged], Flagged]:
    place = [member.article.id for member in story.members].index(article_id)
    return story.members[:place], story.members[place]


def _is_same(a: Flagged, b: Flagged) -> bool:
    page = a.article.canonical_link
    return (page is not None and page == b.article.canonical_link) or is_copy(a, b)
