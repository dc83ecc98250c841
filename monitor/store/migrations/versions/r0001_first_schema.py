"""The first schema: feeds, articles, verdicts, stories, the outbox, counters and notes.

A migration never imports `schema`: it says what the tables were at its time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    create_feed()
    create_article()
    create_revision()
    create_verdict()
    create_story()
    create_outbox()
    create_facts()


def create_feed() -> None:
    """Create what is polled. Times and durations are microseconds, here and below."""
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("interval", sa.Integer),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("from_config", sa.Boolean, nullable=False),
        sa.Column("from_command", sa.Boolean, nullable=False),
        sa.Column("next_poll_at", sa.Integer, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("last_polled_at", sa.Integer),
        sa.Column("last_ok_at", sa.Integer),
        sa.Column("baseline_at", sa.Integer),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since_at", sa.Integer),
        sa.Column("last_error", sa.Text),
        sa.Column("due_reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("url", name="uq_feed_url"),
    )
    op.create_index("ix_feed_next_poll_at", "feed", ["next_poll_at"])


def create_article() -> None:
    """Create what stays the same when an article is edited."""
    op.create_table(
        "article",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("feed_id", sa.Integer, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("canonical_link", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("published_given_at", sa.Integer),
        sa.Column("published_at", sa.Integer, nullable=False),
        sa.Column("first_seen_at", sa.Integer, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("newest", sa.Integer, nullable=False),
        sa.Column("waits_for", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("feed_id", "identity", name="uq_article_feed_id_identity"),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_article_feed_id"),
    )
    for column in ("link", "canonical_link", "first_seen_at"):
        op.create_index(f"ix_article_{column}", "article", [column])
    op.create_index(
        "ix_article_waits_for_id",
        "article",
        ["waits_for", "id"],
        sqlite_where=sa.text("waits_for IS NOT NULL"),
    )


def create_revision() -> None:
    """Create what an article said at one time."""
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("article_id", "n", name="uq_revision_article_id_n"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id"),
    )


def create_verdict() -> None:
    """Create the judgements and the signals of the flagged."""
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("flagged", sa.Boolean, nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("model_version", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sa.UniqueConstraint("revision_id", "topic", name="uq_verdict_revision_id_topic"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_verdict_revision_id"),
    )
    op.create_table(
        "signals",
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("concepts", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("shingles", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary),
        sa.PrimaryKeyConstraint("revision_id", name="pk_signals"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_signals_revision_id"),
    )


def create_story() -> None:
    """Create stories and their members."""
    op.create_table(
        "story",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("first_seen_at", sa.Integer, nullable=False),
        sa.Column("last_seen_at", sa.Integer, nullable=False),
        sa.Column("sources", sa.Integer, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_last_seen_at", "story", ["last_seen_at"])
    references = {"article": "article_id", "story": "story_id", "revision": "revision_id"}
    op.create_table(
        "story_member",
        *(sa.Column(column, sa.Integer, nullable=False) for column in references.values()),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_member"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_story_member_{column}")
            for table, column in references.items()
        ),
    )
    op.create_index("ix_story_member_story_id", "story_member", ["story_id"])


def create_outbox() -> None:
    """Create what is to be said and the log of what was said."""
    key = ("subject", "subject_id", "occasion", "channel")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(column, sa.Text, nullable=False) for column in key),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.Integer),
        sa.Column("settled_at", sa.Integer),
        sa.Column("ambiguous", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("receipt", sa.Text),
        sa.Column("message", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint(*key, name=f"uq_outbox_{'_'.join(key)}"),
    )
    op.create_index("ix_outbox_state_channel_id", "outbox", ["state", "channel", "id"])


def create_facts() -> None:
    """Create counters and notes."""
    op.create_table(
        "counter",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name="pk_counter"),
    )
    op.create_table(
        "note",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_note"),
    )
