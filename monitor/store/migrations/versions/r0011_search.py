"""The index of words. It is empty at first: housekeeping fills it, so that no start has to wait."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add to what there is."""
    op.execute(
        "CREATE VIRTUAL TABLE search USING fts5(title, text, content='revision', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
