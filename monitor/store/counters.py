"""Numbers per day: every dropped article has a reason here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, SQLModel, col, select

from monitor.store import schema

COUNTER = SQLModel.metadata.tables["counter"]
_ROW = insert(COUNTER)
BUMP = _ROW.on_conflict_do_update(
    index_elements=["day", "name"], set_={"value": COUNTER.c.value + _ROW.excluded.value}
)


@dataclass(frozen=True, slots=True)
class Counters:
    """Fulfils `ports.Counters`."""

    session: Session

    def bump(self, name: str, by: int, now: datetime) -> None:
        """Add to a counter of this UTC day."""
        row = {"day": utc_day(now), "name": name, "value": by}
        self.session.connection().execute(BUMP, row)

    def total(self, since: datetime) -> Mapping[str, int]:
        """Sums per name since then, whole UTC days: the day of `since` counts from its start."""
        sums = (
            select(schema.Counter.name, func.sum(schema.Counter.value))
            .where(schema.Counter.day >= utc_day(since))
            .group_by(col(schema.Counter.name))
        )
        return {name: int(total) for name, total in self.session.exec(sums)}


def utc_day(at: datetime) -> str:
    """The UTC day as ISO text, which sorts like the day itself."""
    return at.astimezone(UTC).date().isoformat()
