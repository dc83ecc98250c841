"""What a feed's rhythm, its hints and its moves are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add to what there is; each feed is asked for its whole document and learned from then on."""
    for name, kind in (
        ("whole_at", sa.Integer),
        ("rhythm", sa.Integer),
        ("news_at", sa.Integer),
        ("hints", sa.Text),
        ("address", sa.Text),
        ("moved_to", sa.Text),
    ):
        op.add_column("feed", sa.Column(name, kind))
    op.add_column("feed", sa.Column("moves", sa.Integer, nullable=False, server_default="0"))
