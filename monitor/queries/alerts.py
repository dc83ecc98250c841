"""What was told of stories, and to whom."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import OutboxRow, Story, Subject
from monitor.ports import Transaction


@dataclass(frozen=True, slots=True)
class AlertLine:
    """What was told of a story, to whom, and when."""

    id: int
    story: int
    topic: str
    title: str
    score: float
    occasion: str
    channel: str
    state: str
    reason: str
    created_at: datetime
    settled_at: datetime | None
    held_until: datetime | None
    folded_into: int | None
    note: str | None
    error: str | None


def list_alerts(tx: Transaction, limit: int) -> tuple[AlertLine, ...]:
    """What was or will be told of stories, newest first."""
    rows = tx.outbox.list((), limit, Subject.STORY)
    pairs = ((row, tx.stories.get(int(row.alert.subject_id))) for row in rows)
    return tuple(_alert_line(row, story) for row, story in pairs if story is not None)


def _alert_line(row: OutboxRow, story: Story) -> AlertLine:
    return AlertLine(
        id=row.id,
        story=story.id,
        topic=story.topic,
        title=story.title,
        score=story.score,
        occasion=row.alert.occasion,
        channel=row.alert.channel,
        state=row.state.value,
        reason=row.alert.reason,
        created_at=row.created_at,
        settled_at=row.settled_at,
        held_until=row.held_until,
        folded_into=row.folded_into,
        note=row.note,
        error=row.error,
    )
