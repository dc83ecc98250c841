"""Thresholds a person set on the page or by command."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add to what there is."""
    op.create_table(
        "threshold",
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("set_at", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_threshold"),
    )
