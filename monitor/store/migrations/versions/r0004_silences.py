"""Silences, and what holds, folds or drops a message."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create silences; let the outbox say what was held, folded and dropped, and why."""
    create_silence()
    extend_outbox()


def create_silence() -> None:
    """Create the silences. Times are microseconds."""
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("feed", sa.Text),
        sa.Column("story", sa.Integer),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("expired_at", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
    )
    op.create_index("ix_silence_until", "silence", ["until"])


def extend_outbox() -> None:
    """Add columns; a foreign key can only come with a new table."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("held_until", sa.Integer))
        outbox.add_column(sa.Column("folded_into", sa.Integer))
        outbox.add_column(sa.Column("note", sa.Text))
        outbox.create_foreign_key("fk_outbox_folded_into", "outbox", ["folded_into"], ["id"])
    op.create_index("ix_outbox_channel_settled_at", "outbox", ["channel", "settled_at"])
