"""The tables. Content is immutable, status is kept apart from it; odd columns say why.

Rows of these classes are neither frozen nor validated: they never leave `store/`.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.store.columns import CleanText, Json, Moment, Span

REVISION = "0012"
"""The newest migration; a database of this revision needs none."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, since a later batch migration can only drop what has one."""

Words = Annotated[str, Field(sa_type=CleanText)]
MaybeWords = Annotated[str | None, Field(sa_type=CleanText)]
Time = Annotated[datetime, Field(sa_type=Moment)]
MaybeTime = Annotated[datetime | None, Field(sa_type=Moment)]


class Feed(SQLModel, table=True):
    """A feed ever polled. It stays when nobody names it any more: its articles refer to it."""

    __table_args__ = (UniqueConstraint("url"), Index(None, "next_poll_at"))

    id: int | None = Field(default=None, primary_key=True)
    url: Words
    name: Words
    interval: timedelta | None = Field(default=None, sa_type=Span)
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    full_text: bool | None = None
    # Two flags instead of one origin: who drops it does not speak for the other. None: not polled.
    from_config: bool = False
    from_command: bool = False
    next_poll_at: Time
    etag: MaybeWords = None
    last_modified: MaybeWords = None
    body_hash: MaybeWords = None
    # 16 bytes for each entry of the last document, or none: they only save reading it again.
    marks: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    last_polled_at: MaybeTime = None
    last_ok_at: MaybeTime = None
    baseline_at: MaybeTime = None
    failures: int = 0
    failing_since_at: MaybeTime = None
    last_error: MaybeWords = None
    due_reason: Words = "new"
    whole_at: MaybeTime = None
    rhythm: timedelta | None = Field(default=None, sa_type=Span)
    news_at: MaybeTime = None
    hints: dict[str, Any] | None = Field(default=None, sa_type=Json)
    address: MaybeWords = None
    moved_to: MaybeWords = None
    moves: int = 0
    read_since_at: MaybeTime = None


class Article(SQLModel, table=True):
    """What stays the same when an article is edited, and its status."""

    __table_args__ = (
        UniqueConstraint("feed_id", "identity"),
        Index(None, "link"),
        Index(None, "canonical_link"),
        Index(None, "first_seen_at"),
        # Holds only what waits, so that it stays small however many articles there are.
        Index(None, "waits_for", "id", sqlite_where=text("waits_for IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id")
    identity: Words
    link: MaybeWords = None
    canonical_link: MaybeWords = None
    language: MaybeWords = None
    published_given_at: MaybeTime = None
    published_at: Time
    first_seen_at: Time
    baseline: bool
    # The number `n` of its newest revision.
    newest: int = 1
    # The next step it waits for: "verdict", "story", or NULL when nothing is to be done.
    waits_for: MaybeWords = "verdict"


class Revision(SQLModel, table=True):
    """What an article said at one time. Never changed; retention takes the text away.

    A text from the article's page has the fingerprint of the feed's text in whose place it is, so
    that the next poll finds nothing new.
    """

    __table_args__ = (UniqueConstraint("article_id", "n"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    n: int
    title: Words
    text: Words
    fingerprint: Words
    seen_at: Time
    source: Words = "feed"


class Page(SQLModel, table=True):
    """An article's own web page, asked for once where the feed's text left a verdict open."""

    __table_args__ = (
        # Holds only what waits, as with articles.
        Index(None, "host", "due_at", sqlite_where=text("settled_at IS NULL")),
    )

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    host: Words
    asked_at: Time
    due_at: Time
    state: Words
    attempts: int
    reason: Words
    settled_at: MaybeTime = None


class Verdict(SQLModel, table=True):
    """A topic's judgement of a revision. `evidence` is a list of objects, see `codec`."""

    __table_args__ = (
        UniqueConstraint("revision_id", "topic"),
        # Holds only what could not be judged: one of thousands.
        Index("ix_verdict_unscored", "revision_id", sqlite_where=text("score IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    revision_id: int = Field(foreign_key="revision.id")
    topic: Words
    # NULL: unscored, `reason` says why.
    score: float | None = None
    flagged: bool
    threshold: float
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    model_version: Words = ""
    reason: Words = ""


class Signals(SQLModel, table=True):
    """What NLP found in a flagged revision. Sets are sorted lists."""

    revision_id: int = Field(primary_key=True, foreign_key="revision.id")
    language: Words
    concepts: list[str] = Field(sa_type=Json)
    # Pairs of a concept and the title's words for it. Rows of revision 0002 and before have none.
    headline: list[list[str]] = Field(sa_type=Json)
    words: list[str] = Field(sa_type=Json)
    numbers: list[str] = Field(sa_type=Json)
    shingles: list[int] = Field(sa_type=Json)
    # float32, little endian, as the encoder gave it.
    vector: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class Story(SQLModel, table=True):
    """Articles on one event."""

    __table_args__ = (Index(None, "last_seen_at"),)

    id: int | None = Field(default=None, primary_key=True)
    topic: Words
    topics: list[str] = Field(sa_type=Json)
    title: Words
    score: float
    first_seen_at: Time
    last_seen_at: Time
    sources: int
    baseline: bool
    # Merged by hand: it has no members any more, but messages and log go on naming it.
    merged_into: int | None = Field(default=None, foreign_key="story.id")


class StoryMember(SQLModel, table=True):
    """An article belongs to one story at most, hence its key."""

    __tablename__: ClassVar[str] = "story_member"
    __table_args__ = (Index(None, "story_id"),)

    article_id: int = Field(primary_key=True, foreign_key="article.id")
    story_id: int = Field(foreign_key="story.id")
    # The revision it joined with: the one whose verdicts and signals made it a member.
    revision_id: int = Field(foreign_key="revision.id")
    # Numbers what a person merged: later articles are compared with each part by itself.
    part: int = 0


class StoryKey(SQLModel, table=True):
    """What an open story is found by: rare words, figures and text bands of its articles."""

    __tablename__: ClassVar[str] = "story_key"
    __table_args__ = (Index(None, "story_id"), {"sqlite_with_rowid": False})

    key: str = Field(primary_key=True, sa_type=CleanText)
    story_id: int = Field(primary_key=True, foreign_key="story.id")


class StoryLog(SQLModel, table=True):
    """Whose notification log counts for a story besides its own: what it was made of by hand."""

    __tablename__: ClassVar[str] = "story_log"

    story_id: int = Field(primary_key=True, foreign_key="story.id")
    log_of: int = Field(primary_key=True, foreign_key="story.id")


class StoryApart(SQLModel, table=True):
    """Stories that a person keeps apart; the lower id comes first."""

    __tablename__: ClassVar[str] = "story_apart"

    story_id: int = Field(primary_key=True, foreign_key="story.id")
    other_id: int = Field(primary_key=True, foreign_key="story.id")


class Outbox(SQLModel, table=True):
    """What is to be said and what was said. The UNIQUE key is the promise "told once"."""

    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "occasion", "channel"),
        Index(None, "state", "channel", "id"),
        Index(None, "channel", "settled_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: Words
    # A story's id, a digest's name or a notice's key: text, so that one key fits all three.
    subject_id: Words
    occasion: Words
    channel: Words
    reason: Words
    state: Words
    attempts: int = 0
    due_at: Time
    created_at: Time
    claimed_at: MaybeTime = None
    settled_at: MaybeTime = None
    # An attempt was cut off: the next one says "possibly repeated".
    ambiguous: bool = False
    error: MaybeWords = None
    receipt: MaybeWords = None
    # Quiet hours or a cap: not before then. Stays set, for what was held goes out as one summary.
    held_until: MaybeTime = None
    folded_into: int | None = Field(default=None, foreign_key="outbox.id")
    # Why it was held, folded or dropped.
    note: MaybeWords = None
    # Rendered when first claimed and kept, so that every attempt says the same.
    message: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # The article it tells of, where that is one.
    article_id: int | None = Field(default=None, foreign_key="article.id")


class Digest(SQLModel, table=True):
    """A digest that was made. What became of its messages is in the outbox."""

    __table_args__ = (UniqueConstraint("name", "local_date"),)

    id: int | None = Field(default=None, primary_key=True)
    name: Words
    local_date: Words
    since_at: Time
    until_at: Time


class Silence(SQLModel, table=True):
    """Stories of which nobody is told until then. Conditions that are NULL or empty ask nothing."""

    __table_args__ = (Index(None, "until"),)

    id: int | None = Field(default=None, primary_key=True)
    topic: MaybeWords = None
    feed: MaybeWords = None
    # No foreign key: a story may be merged away while it is silenced.
    story: int | None = None
    words: list[str] = Field(default_factory=list, sa_type=Json)
    until: Time
    reason: Words
    created_at: Time
    expired_at: MaybeTime = None


class Topic(SQLModel, table=True):
    """A topic a person added. It stays when it is removed: verdicts and stories name it."""

    __table_args__ = (
        Index("ux_topic_name", "name", unique=True, sqlite_where=text("removed_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: Words
    # What `read_topic` reads, without weights.
    content: dict[str, Any] = Field(sa_type=Json)
    created_at: Time
    removed_at: MaybeTime = None


class TopicVersion(SQLModel, table=True):
    """Weights made for a topic, by its name: shipped topics have no row. Immutable but for undo."""

    __tablename__: ClassVar[str] = "topic_version"
    __table_args__ = (Index(None, "topic", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    topic: Words
    version: Words
    base: Words
    models: dict[str, Any] = Field(sa_type=Json)
    figures: dict[str, Any] = Field(sa_type=Json)
    trained_at: Time
    # Which is in force is not stored: it is the newest that was not undone.
    undone_at: MaybeTime = None


class Threshold(SQLModel, table=True):
    """From which score on a topic flags, as a person set it; config.toml may say otherwise."""

    topic: str = Field(primary_key=True, sa_type=CleanText)
    value: float
    set_at: Time


class Label(SQLModel, table=True):
    """A person's word on an article. Never changed; another word undoes it."""

    __table_args__ = (
        Index(
            "ux_label_topic_article_id",
            "topic",
            "article_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id")
    topic: Words
    wanted: bool
    source: Words
    created_at: Time
    undone_at: MaybeTime = None


class Counter(SQLModel, table=True):
    """A number per name and UTC day ("2026-11-24")."""

    day: str = Field(primary_key=True, sa_type=CleanText)
    name: str = Field(primary_key=True, sa_type=CleanText)
    value: int


class Note(SQLModel, table=True):
    """A small fact the program remembers about itself."""

    key: str = Field(primary_key=True, sa_type=CleanText)
    value: Words


SEARCH = (
    "CREATE VIRTUAL TABLE search USING fts5(title, text, content='revision', "
    "content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
)
"""The index of words, no table of ours: it reads the texts of `revision` by their id. SQLite keeps
what it knows in tables named `search_…`.

By words, not by parts of words: on our 18,266 collected items it is 0.7 times as large as the
texts, and taking in an article costs 0.06 ms; of three letters each ("trigram", which would find
"zentrum" in "Rechenzentrum") it would be 3.6 times as large and cost 0.2 ms. To look through its
102,215 words for such a part takes 140 ms, as much as a whole search may, and grows with the index.
"""
