"""What a person said of articles."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, and_, col, select, update

from monitor.core.model import Label, LabelSource
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.rows import cut_chunks


@dataclass(frozen=True, slots=True)
class Labels:
    """Fulfils `ports.Labels`."""

    session: Session

    def add(self, label: Label) -> None:
        """Remember it; it takes the place of another word on the same article and topic."""
        this = counts(label.article_id, label.topic)
        other = col(schema.Label.wanted).is_not(label.wanted)
        undone = update(schema.Label).where(this, other).values(undone_at=label.created_at)
        self.session.exec(undone)
        self.session.exec(insert(schema.Label).values(asdict(label)).on_conflict_do_nothing())

    def undo(self, article_id: int, topic: str, now: datetime) -> Label:
        """Take it back. Raise `NotFound`."""
        this = counts(article_id, topic)
        row = self.session.exec(select(schema.Label).where(this)).first()
        if row is None:
            raise NotFound(f"article {article_id} has no label for {topic}")
        row.undone_at = now
        self.session.flush()
        return label_of(row)

    def get(self, article_id: int, topic: str) -> Label | None:
        """The word that counts, if there is one."""
        row = self.session.exec(select(schema.Label).where(counts(article_id, topic))).first()
        return None if row is None else label_of(row)

    def of(self, topic: str) -> tuple[Label, ...]:
        """Those that count, oldest first."""
        of_topic = schema.Label.topic == topic, col(schema.Label.undone_at).is_(None)
        rows = self.session.exec(
            select(schema.Label).where(*of_topic).order_by(col(schema.Label.id))
        )
        return tuple(label_of(row) for row in rows)

    def on(self, article_ids: Iterable[int]) -> tuple[Label, ...]:
        """Those that count on these articles."""
        in_force = select(schema.Label).where(col(schema.Label.undone_at).is_(None))
        return tuple(
            label_of(row)
            for chunk in cut_chunks(article_ids)
            for row in self.session.exec(in_force.where(col(schema.Label.article_id).in_(chunk)))
        )


def counts(article_id: int, topic: str) -> ColumnElement[bool]:
    """Choose the word that counts."""
    return and_(
        schema.Label.article_id == article_id,
        schema.Label.topic == topic,
        col(schema.Label.undone_at).is_(None),
    )


def label_of(row: schema.Label) -> Label:
    """Turn a row into the value that leaves the store."""
    source = LabelSource(row.source)
    return Label(row.article_id, row.topic, row.wanted, source, row.created_at)
