"""The frozen values that stages, adapters and the store exchange.

Times are aware UTC and end in `_at`; durations are `timedelta`; texts are clean Unicode
(`core.article.clean_text`). A value holds what was found or decided, never how to get it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

# --- feed: what is polled ---------------------------------------------------------------------


class Origin(StrEnum):
    """Where a feed came from: `config.toml`, or the command line (kept in the database)."""

    CONFIG = "config"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as a person names it. `interval` None means the `[polling] interval`."""

    url: str
    name: str
    interval: timedelta | None = None
    tags: tuple[str, ...] = ()
    origin: Origin = Origin.CONFIG


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling has learned about a feed. A fresh feed is due at once and has no baseline."""

    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    baseline_at: datetime | None = None
    failures: int = 0
    failing_since_at: datetime | None = None
    last_error: str | None = None
    due_reason: str = "new"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed the store knows: identity, what a person said of it, what polling learned."""

    id: int
    spec: FeedSpec
    state: FeedState


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One conditional GET."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """An answer with status 200 (a body) or 304 (`body` None, `not_modified` True)."""

    url: str
    not_modified: bool
    body: bytes | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the feed gave it; HTML is already turned into plain text by the parser.

    `link` is absolute, as given; `canonical_link` is normalised with tracking parameters removed;
    both are None when missing or not http(s).
    """

    guid: str | None
    link: str | None
    canonical_link: str | None
    title: str
    text: str
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document: its entries in document order, and what could not be read of it."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


# --- article: what is kept --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A normalised entry, before the store has given it an id.

    `identity` is the first of (guid in this feed, canonical link, hash of title and text).
    `fingerprint` hashes title and text; a change of it is a new revision.
    """

    feed_id: int
    identity: str
    link: str | None
    canonical_link: str | None
    title: str
    text: str
    language: str | None
    published_given_at: datetime | None
    published_at: datetime
    first_seen_at: datetime
    fingerprint: str
    baseline: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article in its newest revision. `language` None until it was analysed."""

    id: int
    revision_id: int
    feed_id: int
    feed_name: str
    link: str | None
    title: str
    text: str
    language: str | None
    published_at: datetime
    first_seen_at: datetime
    fingerprint: str
    baseline: bool


# --- classifier: what was found, what it means --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """What a classifier reads: title, then text (else summary). `language` is the feed's hint."""

    title: str
    text: str = ""
    language: str | None = None

    @property
    def content(self) -> str:
        """The one text that all character offsets count in."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept found at characters [start, end) of the content. `negated` = denied or negated."""

    concept: str
    start: int
    end: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Signals:
    """What NLP found, kept with flagged articles: what `core.likeness` and `core.update` compare.

    `words` are the content words of title and first part, normalised; `headline` pairs the
    concepts that the title names with the words it names them by; `numbers` are normalised figures
    with their unit where they have one; `shingles` is a MinHash signature; `vector` a float32
    sentence vector as bytes, or None without an encoder.
    """

    language: str
    concepts: frozenset[str] = frozenset()
    headline: tuple[tuple[str, str], ...] = ()
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    shingles: tuple[int, ...] = ()
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """One document as the analyser sees it. `sentences` are [start, end) of the content.

    `terms` are the normalised words of each sentence, parallel to `sentences`.
    """

    language: str
    sentences: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...]
    terms: tuple[tuple[str, ...], ...]
    signals: Signals


@dataclass(frozen=True, slots=True)
class AnalysisFailure:
    """An article the analyser could not read in time; it is stored as unscored with `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that carried the score: characters [start, end) of the content.

    `weight` is how far the score falls when the sentence is taken away; `concepts` are those of its
    concepts that speak for the topic, the strongest first.
    """

    text: str
    start: int
    end: int
    weight: float
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A topic's judgement of one revision. `score` is a probability; None means unscored."""

    topic: str
    score: float | None
    flagged: bool
    threshold: float
    evidence: tuple[Evidence, ...] = ()
    model_version: str = ""
    reason: str = ""


# --- topics of one's own: what was added and learned ------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic a person added. `content` is what `core.topic.read_topic` reads, unlearned."""

    name: str
    content: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TopicVersion:
    """Weights made for a topic; the newest that was not undone is in force.

    `models` is what `read_topic` reads. `base` is the shipped version that it was learned from;
    for a topic of one's own it is empty. `figures` say how good it was found to be.
    """

    topic: str
    version: str
    models: Mapping[str, Any]
    figures: Mapping[str, Any]
    trained_at: datetime
    base: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on an article: wanted for this topic or not. `source`: where it was said."""

    article_id: int
    topic: str
    wanted: bool
    source: str
    created_at: datetime


# --- story: what happened ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged article with its verdicts and signals, waiting for a story."""

    article: Article
    verdicts: tuple[Verdict, ...]
    signals: Signals

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that flagged it, best score first."""
        flagged = [v for v in self.verdicts if v.flagged]
        return tuple(v.topic for v in sorted(flagged, key=lambda v: -(v.score or 0.0)))

    @property
    def score(self) -> float:
        """The best score among the topics that flagged it."""
        return max((v.score or 0.0 for v in self.verdicts if v.flagged), default=0.0)


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on one event. `members` oldest first; `topic` is the first report's best topic.

    `parts` numbers the members by what a person merged, () where nobody did. `sources` counts the
    independent feeds. `baseline` stories were never told, by design.
    """

    id: int
    topic: str
    topics: tuple[str, ...]
    title: str
    score: float
    first_seen_at: datetime
    last_seen_at: datetime
    members: tuple[Flagged, ...] = ()
    sources: int = 1
    baseline: bool = False
    parts: tuple[int, ...] = ()


# --- alert: who is told, and what became of it ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Route:
    """Stories that fulfil every given condition go to `channels`; `core.route` says how.

    `languages` are codes ("de"), `feeds` names or hosts, `tags` those of feeds; one of each is
    enough. `min_sources` counts independent sources.
    """

    channels: tuple[str, ...]
    topic: str | None = None
    min_score: float = 0.0
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    min_sources: int = 1

    @property
    def is_default(self) -> bool:
        """A route without a condition catches what no other route took."""
        return self == Route(self.channels)


class Subject(StrEnum):
    """What an outbox row tells of."""

    STORY = "story"
    SUMMARY = "summary"
    DIGEST = "digest"
    NOTICE = "notice"


class Delivery(StrEnum):
    """The states of an outbox row; `core.alert.TRANSITIONS` says which may follow which."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    RETRY = "retry"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"
    DROPPED = "dropped"


FIRST = "first"
"""The occasion of a story's first alert."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A decision to tell a channel, unique per (subject, subject_id, occasion, channel).

    `subject_id` is a story's id, the id of the first row of a summary, a digest's name, or a
    notice's key. `occasion` is "first", "update-1" … "update-3", "folded" for a summary, a digest's
    local date, or the notice's own occasion. `reason` says why.
    """

    subject: Subject
    subject_id: str
    occasion: str
    channel: str
    reason: str
    message: "Message | None" = None

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt."""
        return f"{self.subject}-{self.subject_id}-{self.occasion}-{self.channel}"

    @property
    def is_first(self) -> bool:
        """Whether it tells a channel of a story for the first time."""
        return self.subject is Subject.STORY and self.occasion == FIRST

    @property
    def is_update(self) -> bool:
        """Whether it tells a channel what is new in a story."""
        return self.subject is Subject.STORY and self.occasion != FIRST


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An alert on its way; its message is kept from the first attempt on, so repeats say the same.

    `ambiguous`: an attempt's fate is unknown, so the next one is marked "possibly repeated".
    `held_until`: quiet hours or a cap held it back, until then. `note` says why it was held, folded
    (into the row `folded_into`) or dropped.
    """

    id: int
    alert: Alert
    state: Delivery
    attempts: int
    due_at: datetime
    created_at: datetime
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    ambiguous: bool = False
    error: str | None = None
    receipt: str | None = None
    held_until: datetime | None = None
    folded_into: int | None = None
    note: str | None = None


class Outcome(StrEnum):
    """How a send ended. AMBIGUOUS: the receiver may have taken it (timeout, killed sender)."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel said. `retry_after` is the receiver's own wish."""

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None


# --- notice: what the operator is told of the program itself -------------------------------------


class TroubleKind(StrEnum):
    """What can be wrong with the program's own work."""

    FEED = "feed-failing"
    CHANNEL = "channel-failing"
    NETWORK = "no-network"
    QUIET = "too-quiet"
    UNFLAGGED = "nothing-flagged"
    DISK = "disk-full"
    DATABASE = "database-replaced"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now; `kind` and `subject` say which one it is.

    `name` and `detail` are for a person, `since` where it is known better than by looking. `wait`:
    it must last so long before it is worth a word.
    """

    kind: TroubleKind
    subject: str = ""
    name: str = ""
    detail: str = ""
    since: datetime | None = None
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """A channel that does not take its messages: `dead` when it was given up for one of them.

    `rows` are the outbox rows that wait for it or are dead, oldest first.
    """

    channel: str
    error: str
    dead: bool
    rows: tuple[int, ...]


# --- render: what a message says -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the article, shown as the reason."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs on one line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A title with its address; `url` None is shown as text only. `meta` follows it, small."""

    text: str
    url: str | None
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """A list of links."""

    items: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A story in a digest: its best report, what is known of it, and its other reports.

    `tag` says what is new, `facts` follow it on one line. `also` holds reports in other languages:
    the language, and links named by their source. `actions` are what a reader may do.
    """

    tag: str
    link: Link
    facts: tuple[str, ...] = ()
    reports: tuple[Link, ...] = ()
    also: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    actions: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar for each day, oldest first: the day's name and a count of at least 0."""

    title: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Footer:
    """Small print at the end."""

    text: str


Block = Heading | Paragraph | Quote | Facts | Link | Links | Card | Chart | Footer


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, without any markup. `language` is "de" or "en"."""

    title: str
    blocks: tuple[Block, ...]
    language: str = "en"


class Markup(StrEnum):
    """The three ways a message is written down."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready for one channel: `key` marks every attempt, `reference` joins a story's.

    `possibly_repeated` is set when an earlier attempt's fate is unknown.
    """

    message: Message
    key: str
    reference: str
    possibly_repeated: bool = False


# --- digest: the local day -----------------------------------------------------------------------

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest a person asked for, at `hour`:`minute` of the IANA `timezone`.

    `days` are weekdays (0 is Monday), at least one. No `topics` means all.
    """

    name: str
    hour: int
    minute: int
    timezone: str
    channels: tuple[str, ...]
    language: str = "en"
    days: tuple[int, ...] = EVERY_DAY
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledDigest:
    """A digest that was made: what became of its messages is in the outbox, under its date.

    It covers [since_at, until_at); a channel whose earlier ones were lost is told of those too.
    """

    name: str
    local_date: str
    since_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What was read in a span of time. `failing` pairs a feed's name with its error.

    `channels` names those that take nothing now; `dead` counts the messages given up in the span.
    """

    articles: int
    feeds_ok: int
    feeds: int
    failing: tuple[tuple[str, str], ...] = ()
    channels: tuple[str, ...] = ()
    dead: int = 0


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article that a topic nearly took."""

    article: Article
    topic: str
    score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class DigestInput:
    """All a digest is made of. It covers [since_at, until_at).

    `topics` pairs a name with its label, in display order. `days` pairs a local date with its
    count of matching articles, oldest first.
    """

    plan_name: str
    local_date: str
    since_at: datetime
    until_at: datetime
    stories: tuple[Story, ...]
    baseline: tuple[Flagged, ...]
    health: Health
    topics: tuple[tuple[str, str], ...] = ()
    near: tuple[NearMiss, ...] = ()
    days: tuple[tuple[date, int], ...] = ()
