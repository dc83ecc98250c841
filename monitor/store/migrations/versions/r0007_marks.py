"""What is remembered of a feed's entries, so that only new ones are read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Remember nothing yet: each feed's next document is read whole."""
    nothing = sa.Column("marks", sa.LargeBinary, nullable=False, server_default="")
    op.add_column("feed", nothing)
