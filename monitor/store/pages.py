"""Articles' own web pages: which wait to be read, and what came of the others."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, or_, select, update

from monitor.core.model import Page, PageState
from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Pages:
    """Fulfils `ports.Pages`."""

    session: Session

    def ask(self, page: Page) -> bool:
        """Let an article's page be read; False where it was asked for before."""
        row = insert(schema.Page).values(asdict(page)).on_conflict_do_nothing()
        return self.session.exec(row).rowcount > 0

    def of(self, article_id: int) -> Page | None:
        """The page of an article, or None where it was never asked for."""
        row = self.session.get(schema.Page, article_id)
        return page_of(row) if row else None

    def due(self, now: datetime) -> tuple[Page, ...]:
        """Waiting pages whose time has come, the oldest article's of each host."""
        come = or_(
            col(schema.Page.due_at) <= now,
            # Asked for in the future: the clock was wrong then, and so is its due time.
            col(schema.Page.asked_at) > now,
        )
        waits = col(schema.Page.settled_at).is_(None)
        first = select(func.min(schema.Page.article_id)).where(waits, come)
        of_each = col(schema.Page.article_id).in_(first.group_by(col(schema.Page.host)))
        order = col(schema.Page.due_at), col(schema.Page.article_id)
        rows = self.session.exec(select(schema.Page).where(of_each).order_by(*order))
        return tuple(page_of(row) for row in rows)

    def save(self, page: Page) -> None:
        """Replace what is known of it."""
        this = col(schema.Page.article_id) == page.article_id
        self.session.exec(update(schema.Page).where(this).values(**asdict(page)))


def page_of(row: schema.Page) -> Page:
    """Turn a row into the value that leaves the store."""
    return Page(**row.model_dump() | {"state": PageState(row.state)})
