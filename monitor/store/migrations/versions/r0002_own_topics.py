"""Topics of one's own, the weights made for topics, and a person's labels."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the three tables. Times are microseconds; odd indexes hold only what counts."""
    create_topic()
    create_topic_version()
    create_label()


def create_topic() -> None:
    """Create the topics a person added."""
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("removed_at", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_topic"),
    )
    kept = sa.text("removed_at IS NULL")
    op.create_index("ux_topic_name", "topic", ["name"], unique=True, sqlite_where=kept)


def create_topic_version() -> None:
    """Create the weights made for topics."""
    op.create_table(
        "topic_version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("trained_at", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_topic_version"),
    )
    op.create_index("ix_topic_version_topic_id", "topic_version", ["topic", "id"])


def create_label() -> None:
    """Create a person's words on articles."""
    op.create_table(
        "label",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_label"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_label_article_id"),
    )
    op.create_index(
        "ux_label_topic_article_id",
        "label",
        ["topic", "article_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
    )
