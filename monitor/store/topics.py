"""Topics a person added, and the weights made for topics."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, delete, select, update

from monitor.core.model import OwnTopic, TopicVersion
from monitor.errors import NotFound
from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Topics:
    """Fulfils `ports.Topics`."""

    session: Session

    def add(self, topic: OwnTopic, first: TopicVersion) -> bool:
        """Store it with its first weights; False where there is one of this name."""
        row = insert(schema.Topic).values(asdict(topic)).on_conflict_do_nothing()
        if not self.session.exec(row.returning(col(schema.Topic.id))).first():
            return False
        self.learn(first)
        return True

    def remove(self, name: str, now: datetime) -> None:
        """Look for it no more; its versions and labels are undone. Raise `NotFound`."""
        row = self._named(name)
        if row is None:
            raise NotFound(f"no topic {name} was added; `monitor topics list` shows all")
        row.removed_at = now
        for table in (schema.TopicVersion, schema.Label):
            this = col(table.topic) == name, col(table.undone_at).is_(None)
            self.session.exec(update(table).where(*this).values(undone_at=now))
        self.session.flush()

    def list(self) -> tuple[OwnTopic, ...]:
        """All that were added and not removed, by name."""
        kept = select(schema.Topic).where(col(schema.Topic.removed_at).is_(None))
        rows = self.session.exec(kept.order_by(col(schema.Topic.name)))
        return tuple(OwnTopic(row.name, row.content, row.created_at) for row in rows)

    def learn(self, version: TopicVersion) -> None:
        """Put weights in force."""
        self.session.add(schema.TopicVersion(**asdict(version)))
        self.session.flush()

    def undo(self, name: str, now: datetime) -> TopicVersion:
        """Go back one version; give the one that was undone. Raise `NotFound`.

        The first version of an own topic stays.
        """
        rows = self._rows(name)
        if len(rows) <= (self._named(name) is not None):
            raise NotFound(f"{name} has learned nothing that could be undone")
        rows[-1].undone_at = now
        self.session.flush()
        return version_of(rows[-1])

    def versions(self, name: str) -> tuple[TopicVersion, ...]:
        """Those that were not undone, oldest first."""
        return tuple(version_of(row) for row in self._rows(name))

    def in_force(self) -> Mapping[str, TopicVersion]:
        """The newest version of each topic that has any."""
        newest = (
            select(func.max(schema.TopicVersion.id))
            .where(col(schema.TopicVersion.undone_at).is_(None))
            .group_by(col(schema.TopicVersion.topic))
        )
        rows = self.session.exec(
            select(schema.TopicVersion).where(col(schema.TopicVersion.id).in_(newest))
        )
        return {row.topic: version_of(row) for row in rows}

    def set_threshold(self, name: str, value: float | None, now: datetime) -> None:
        """Flag from this score on; None: as the topic itself says."""
        self.session.exec(delete(schema.Threshold).where(col(schema.Threshold.topic) == name))
        if value is not None:
            self.session.add(schema.Threshold(topic=name, value=value, set_at=now))
        self.session.flush()

    def thresholds(self) -> Mapping[str, float]:
        """Those that were set, by topic."""
        rows = self.session.exec(select(schema.Threshold.topic, schema.Threshold.value))
        return dict(rows.all())

    def mark(self) -> str:
        """Something that is another after every change; quick to read."""
        topic, version, threshold = schema.Topic, schema.TopicVersion, schema.Threshold
        added = select(func.count(col(topic.id)), func.count(col(topic.removed_at)))
        learned = select(func.count(col(version.id)), func.count(col(version.undone_at)))
        moved = select(func.count(), func.max(threshold.set_at), func.total(threshold.value))
        asked = (added, learned, moved)
        return " ".join(str(value) for query in asked for value in self.session.exec(query).one())

    def _named(self, name: str) -> schema.Topic | None:
        this = schema.Topic.name == name, col(schema.Topic.removed_at).is_(None)
        return self.session.exec(select(schema.Topic).where(*this)).first()

    def _rows(self, name: str) -> Sequence[schema.TopicVersion]:
        this = schema.TopicVersion.topic == name, col(schema.TopicVersion.undone_at).is_(None)
        kept = select(schema.TopicVersion).where(*this)
        return self.session.exec(kept.order_by(col(schema.TopicVersion.id))).all()


def version_of(row: schema.TopicVersion) -> TopicVersion:
    """Turn a row into the value that leaves the store."""
    return TopicVersion(
        topic=row.topic,
        version=row.version,
        models=row.models,
        figures=row.figures,
        trained_at=row.trained_at,
        base=row.base,
    )
