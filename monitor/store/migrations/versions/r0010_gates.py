"""Which article a message tells of, and a quick way to what could not be judged."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add to what there is; of older messages it is not known."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("article_id", sa.Integer))
        outbox.create_foreign_key("fk_outbox_article_id", "article", ["article_id"], ["id"])
    op.create_index(
        "ix_verdict_unscored",
        "verdict",
        ["revision_id"],
        sqlite_where=sa.text("score IS NULL"),
    )
