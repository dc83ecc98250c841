"""Since when a feed has been read without a break, so that nobody takes a break for a silence."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add to what there is; it is known from the next answer on."""
    op.add_column("feed", sa.Column("read_since_at", sa.Integer))
