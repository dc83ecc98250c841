"""Digests that were made, each with the span it covers; notes held the newest only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNTIL = " told until"


def upgrade() -> None:
    """Create the table and turn the notes into rows that say where the next digest begins."""
    digest = op.create_table(
        "digest",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("local_date", sa.Text, nullable=False),
        sa.Column("since_at", sa.Integer, nullable=False),
        sa.Column("until_at", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digest"),
        sa.UniqueConstraint("name", "local_date", name="uq_digest_name_local_date"),
    )
    rows = op.get_bind().execute(sa.text("SELECT key, value FROM note"))
    notes = {str(row.key): str(row.value) for row in rows}
    for row in read_newest(notes):
        op.bulk_insert(digest, [row])
    for key in (key for key in notes if key.startswith("digest ") and key.endswith(UNTIL)):
        forget = sa.text("DELETE FROM note WHERE key IN (:until, :day)")
        op.execute(forget.bindparams(until=key, day=key.removesuffix(UNTIL)))


def read_newest(notes: dict[str, str]) -> Iterator[dict[str, object]]:
    """Give a row for each digest whose last date and end are noted."""
    for key, until in notes.items():
        day = notes.get(key.removesuffix(UNTIL))
        if key.startswith("digest ") and key.endswith(UNTIL) and day is not None:
            at = (datetime.fromisoformat(until) - EPOCH) // timedelta(microseconds=1)
            name = key.removesuffix(UNTIL).removeprefix("digest ")
            yield {"name": name, "local_date": day, "since_at": at, "until_at": at}
