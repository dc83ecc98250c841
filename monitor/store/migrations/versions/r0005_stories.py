"""How stories are found again and corrected by hand, and what an article's title names."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add to what there is; signals written before name nothing in their titles."""
    nothing = sa.Column("headline", sa.Text, nullable=False, server_default="[]")
    op.add_column("signals", nothing)
    with op.batch_alter_table("story") as story:
        story.add_column(sa.Column("merged_into", sa.Integer))
        story.create_foreign_key("fk_story_merged_into", "story", ["merged_into"], ["id"])
    whole = sa.Column("part", sa.Integer, nullable=False, server_default="0")
    op.add_column("story_member", whole)
    create_story_key()
    create_corrections()


def create_story_key() -> None:
    """Create what open stories are found by. Those open now are found again when they grow."""
    op.create_table(
        "story_key",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "story_id", name="pk_story_key"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_key_story_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_key_story_id", "story_key", ["story_id"])


def create_corrections() -> None:
    """Create what a person said of stories."""
    op.create_table(
        "story_log",
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("log_of", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("story_id", "log_of", name="pk_story_log"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_log_story_id"),
        sa.ForeignKeyConstraint(["log_of"], ["story.id"], name="fk_story_log_log_of"),
    )
    op.create_table(
        "story_apart",
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("story_id", "other_id", name="pk_story_apart"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_apart_story_id"),
        sa.ForeignKeyConstraint(["other_id"], ["story.id"], name="fk_story_apart_other_id"),
    )
