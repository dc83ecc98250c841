"""Articles' own web pages: which are to be read, what came of it, and which texts they gave."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add to what there is; every text so far came from its feed."""
    of_feed = sa.Column("source", sa.Text, nullable=False, server_default="feed")
    op.add_column("revision", of_feed)
    op.add_column("feed", sa.Column("full_text", sa.Boolean))
    op.create_table(
        "page",
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", sa.Integer),
        sa.PrimaryKeyConstraint("article_id", name="pk_page"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_page_article_id"),
    )
    op.create_index(
        "ix_page_host_due_at",
        "page",
        ["host", "due_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
    )
