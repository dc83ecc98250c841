"""Small facts the program remembers about itself."""

from dataclasses import dataclass

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, delete, select

from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Notes:
    """Fulfils `ports.Notes`."""

    session: Session

    def get(self, key: str) -> str | None:
        """The value, or None."""
        return self.session.exec(select(schema.Note.value).where(schema.Note.key == key)).first()

    def set(self, key: str, value: str | None) -> None:
        """Remember it, or forget it with None."""
        if value is None:
            self.session.exec(delete(schema.Note).where(col(schema.Note.key) == key))
            return
        row = insert(schema.Note).values(key=key, value=value)
        new = {"value": row.excluded.value}
        self.session.exec(row.on_conflict_do_update(index_elements=["key"], set_=new))
