"""Stories of which nobody is told for a while."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.core.silence import Matcher, Silence
from monitor.errors import NotFound
from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Silences:
    """Fulfils `ports.Silences`."""

    session: Session

    def add(self, matcher: Matcher, until: datetime, reason: str, now: datetime) -> Silence:
        """Remember it; give it back with its id."""
        row = schema.Silence(
            topic=matcher.topic,
            feed=matcher.feed,
            story=matcher.story,
            words=list(matcher.words),
            until=until,
            reason=reason,
            created_at=now,
        )
        self.session.add(row)
        self.session.flush()
        return silence_of(row)

    def list(self) -> tuple[Silence, ...]:
        """All there ever were, newest first."""
        rows = self.session.exec(select(schema.Silence).order_by(col(schema.Silence.id).desc()))
        return tuple(silence_of(row) for row in rows)

    def in_force(self, now: datetime) -> tuple[Silence, ...]:
        """Those that hold now, oldest first."""
        running = select(schema.Silence).where(
            col(schema.Silence.until) > now, col(schema.Silence.expired_at).is_(None)
        )
        rows = self.session.exec(running.order_by(col(schema.Silence.id)))
        return tuple(silence_of(row) for row in rows)

    def expire(self, silence_id: int, now: datetime) -> Silence:
        """End it before its time; one that has ended stays as it is. Raise `NotFound`."""
        row = self.session.get(schema.Silence, silence_id)
        if row is None:
            raise NotFound(f"no silence {silence_id}; `monitor silence list` shows them")
        silence = silence_of(row)
        if not silence.holds_at(now):
            return silence
        row.expired_at = now
        self.session.flush()
        return replace(silence, expired_at=now)


def silence_of(row: schema.Silence) -> Silence:
    """Turn a row into the value that leaves the store."""
    return Silence(
        id=row.id or 0,
        matcher=Matcher(row.topic, row.feed, row.story, tuple(row.words)),
        until=row.until,
        reason=row.reason,
        created_at=row.created_at,
        expired_at=row.expired_at,
    )
