"""What the pipeline needs from the world, as Protocols of one or two verbs.

`adapters/` and `store/` fulfil them, tests replace them by small fakes, `app` puts them together.
Errors named here are those of `monitor.errors`; every method may also raise `WorkerError`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from monitor.core.model import (
    Alert,
    Analysis,
    AnalysisFailure,
    Article,
    ArticleDraft,
    ChannelTrouble,
    CompiledDigest,
    Delivery,
    Document,
    Envelope,
    Feed,
    FeedSpec,
    FeedState,
    FetchRequest,
    FetchResult,
    Flagged,
    Health,
    Label,
    Markup,
    Message,
    NearMiss,
    OutboxRow,
    OwnTopic,
    ParsedFeed,
    Receipt,
    Signals,
    Story,
    Subject,
    TopicVersion,
    Verdict,
)
from monitor.core.silence import Matcher, Silence

T = TypeVar("T")
Clock = Callable[[], datetime]

# --- the world ----------------------------------------------------------------------------------


class Fetcher(Protocol):
    """Gets one document over HTTP, politely and through the address guard."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Raise `FetchError` for everything that is neither 200 nor 304."""
        ...


class Parser(Protocol):
    """Reads feed documents of every kind into entries, in a killable worker."""

    async def parse(self, body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        """Raise `ParseError`; one broken entry is a problem of the result, not an error."""
        ...


class Extractor(Protocol):
    """Finds the article in a web page."""

    async def extract(self, page: bytes, url: str, title: str) -> str:
        """Give plain text; raise `ExtractError` where there is no article text."""
        ...


class Analyzer(Protocol):
    """Finds concepts, sentences and signals in documents."""

    async def analyze(
        self, documents: Sequence[Document], subjects: frozenset[str] = frozenset()
    ) -> tuple[Analysis | AnalysisFailure, ...]:
        """Same order and length as `documents`; at most 64 at a time.

        Of a document that names none of `subjects` (concepts), where there are any, only the
        language need be told.
        """
        ...


class Encoder(Protocol):
    """Turns texts into sentence vectors that are comparable across languages."""

    async def encode(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        """Unit-length float32 vectors as bytes, one per text."""
        ...


class Channel(Protocol):
    """Sends one envelope to one named address."""

    async def send(self, envelope: Envelope) -> Receipt:
        """Never raises for what a receiver does: that is the receipt's outcome."""
        ...


class Formatter(Protocol):
    """Writes a message down in a markup; feed text in it is escaped for that markup."""

    def format(self, message: Message, markup: Markup) -> str:
        """Give the body without the title (HTML: a whole document, title included)."""
        ...


class Ballast(Protocol):
    """Room on the disk that is kept for when there is none."""

    def reserve(self) -> bool:
        """Reserve it where there is enough; tell whether it is reserved."""
        ...

    def release(self) -> None:
        """Give it free. Raise `StoreUnusable`."""
        ...


class Backups(Protocol):
    """The daily copies of the database."""

    def is_due(self, now: datetime) -> bool:
        """Whether this day has none yet."""
        ...

    def make(self, now: datetime) -> str:
        """Make and verify it, beside whatever writes; give its name. Raise `StoreError`."""
        ...


# --- the store: one small Protocol per noun ------------------------------------------------------


class Feeds(Protocol):
    """Feeds and what polling learned of them."""

    def sync(self, specs: Iterable[FeedSpec], now: datetime) -> None:
        """Make the config's feeds exactly `specs`; those of the command line stay."""
        ...

    def add(self, spec: FeedSpec, now: datetime) -> Feed:
        """Add or bring back a feed; a URL is one feed whatever its origins."""
        ...

    def remove(self, url: str) -> Feed:
        """Stop polling it; its articles stay. Raise `NotFound`."""
        ...

    def list(self) -> tuple[Feed, ...]:
        """All polled feeds by name."""
        ...

    def get(self, feed_id: int) -> Feed | None:
        """The feed, or None when it is no longer polled."""
        ...

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds, also of those that are no longer polled."""
        ...

    def find(self, url: str) -> Feed | None:
        """The polled feed with exactly this address."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[Feed, ...]:
        """Feeds whose `next_poll_at` has come, the longest waiting first."""
        ...

    def save(self, feed_id: int, state: FeedState) -> None:
        """Replace what polling learned."""
        ...


class Articles(Protocol):
    """Articles and their immutable revisions."""

    def known(self, feed_id: int, identities: Iterable[str]) -> Mapping[str, str]:
        """Identity to fingerprint of the newest revision, for those the feed already has."""
        ...

    def add(self, drafts: Iterable[ArticleDraft]) -> int:
        """Store new articles and, where the fingerprint changed, new revisions; count them."""
        ...

    def get(self, article_id: int) -> Article | None:
        """The article in its newest revision."""
        ...

    def find(self, url: str) -> tuple[Article, ...]:
        """All articles with this link or canonical link, oldest first."""
        ...

    def waiting(self, limit: int) -> tuple[Article, ...]:
        """Newest revisions without any verdict, oldest first."""
        ...

    def newest(self, limit: int) -> tuple[Article, ...]:
        """The articles seen last, newest first."""
        ...

    def forget(self, since: datetime, until: datetime, limit: int) -> int:
        """Delete texts, evidence and signals of articles first seen in [since, until).

        At most `limit` articles; count them. Identities stay, and so does what a person labelled.
        """
        ...

    def hours(self, since: datetime, *, flagged: bool = False) -> tuple[datetime, ...]:
        """The hours since then in which new articles came (or some were flagged), ascending."""
        ...

    def health(self, since: datetime, until: datetime) -> Health:
        """What was read in [since, until): articles stored, feeds answered, feeds failing now."""
        ...


class Verdicts(Protocol):
    """Judgements, one per revision and topic, and the signals of the flagged."""

    def add(self, revision_id: int, verdicts: Iterable[Verdict], signals: Signals | None) -> None:
        """Store them; idempotent. `signals` is kept only where a verdict flagged.

        The language of `signals` becomes the article's where it has none.
        """
        ...

    def of(self, article_id: int) -> tuple[Verdict, ...]:
        """The newest revision's verdicts, by topic."""
        ...

    def waiting(self, limit: int) -> tuple[Flagged, ...]:
        """Flagged articles that belong to no story, oldest first."""
        ...

    def baseline(self, since: datetime, until: datetime) -> tuple[Flagged, ...]:
        """Flagged baseline articles first seen in [since, until), best first."""
        ...

    def near(self, since: datetime, until: datetime, margin: float) -> tuple[NearMiss, ...]:
        """Articles first seen in [since, until) that no topic took, but one by `margin` only.

        The nearest first; an article appears once for each such topic. Never those of a baseline.
        """
        ...


class Stories(Protocol):
    """Stories and their members."""

    def add(self, story: Story) -> Story:
        """Store a new story with its members (`id` is ignored); give it back with its id."""
        ...

    def save(self, story: Story) -> None:
        """Replace its fields and add members it does not have yet. Raise `NotFound`."""
        ...

    def get(self, story_id: int) -> Story | None:
        """The story with all members."""
        ...

    def of(self, article_id: int) -> Story | None:
        """The story this article belongs to."""
        ...

    def recent(self, since: datetime) -> tuple[Story, ...]:
        """Stories with a member seen at or after `since`, newest first, with all members."""
        ...

    def near(self, keys: Iterable[str], since: datetime, limit: int) -> tuple[Story, ...]:
        """Of the stories seen at or after `since` those that share most of the keys."""
        ...

    def index(self, story_id: int, keys: Iterable[str]) -> None:
        """Let the story be found by these keys, too."""
        ...

    def without_keys(self, since: datetime) -> tuple[Story, ...]:
        """Stories seen at or after `since` that no key finds."""
        ...

    def forget_keys(self, before: datetime) -> None:
        """Find stories that were last seen before then no longer by keys."""
        ...

    def apart(self, story_ids: Iterable[int]) -> frozenset[frozenset[int]]:
        """Pairs of stories that a person keeps apart, of which one at least is given."""
        ...

    def split(self, kept: Story, new: Story) -> Story:
        """Move the members of `new` out of `kept`; give it back with its id.

        What was told of `kept` counts as told of it; the two are kept apart from now on.
        """
        ...

    def merge(self, kept: Story, gone_id: int) -> None:
        """Give `kept` its members, among them those of the story that is gone.

        Who asks for that one gets `kept`, and what was told of it counts as told of `kept`.
        """
        ...

    def list(self, limit: int, topic: str | None = None) -> tuple[Story, ...]:
        """The newest stories, with all members."""
        ...

    def moments(self, since: datetime) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
        """When each member was first seen, from `since` on, with the topics of its story."""
        ...


class Outbox(Protocol):
    """Everything that is to be said, and the log of what was said."""

    def queue(self, alerts: Iterable[Alert], due_at: datetime, now: datetime) -> int:
        """Insert as pending; what the UNIQUE key already knows is left alone. Count the new."""
        ...

    def due(self, now: datetime, channel: str | None = None) -> tuple[OutboxRow, ...]:
        """Pending and retry rows that are due and not held, per channel oldest first.

        A row waits while an older one of its channel is in flight or waits for its next attempt,
        so that the order per channel is kept.
        """
        ...

    def taken(self, channel: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """When the channel took messages of stories, in (since, until], oldest first."""
        ...

    def release(self, now: datetime, subject_id: str | None = None) -> None:
        """Let what is held be decided on anew: all rows, or those of one story."""
        ...

    def waiting(self) -> tuple[OutboxRow, ...]:
        """Every row that is pending or to be tried again, due or not, oldest first."""
        ...

    def in_flight(self) -> tuple[OutboxRow, ...]:
        """Claimed rows without a receipt: being sent, or cut off by a kill."""
        ...

    def get(self, row_id: int) -> OutboxRow | None:
        """One row."""
        ...

    def find(self, alert: Alert) -> OutboxRow | None:
        """The row of this key."""
        ...

    def save(self, row: OutboxRow) -> None:
        """Replace everything but what it tells of. Raise `NotFound`."""
        ...

    def list(
        self,
        states: Iterable[Delivery] = (),
        limit: int = 100,
        subject: Subject | None = None,
        channel: str | None = None,
    ) -> tuple[OutboxRow, ...]:
        """Newest first; no states means all, likewise no subject and no channel."""
        ...

    def told(self, subject_id: str) -> tuple[OutboxRow, ...]:
        """All rows about the story of this id, and about those it was made of by hand.

        That is the notification log, oldest first.
        """
        ...

    def forget(self, before: datetime) -> int:
        """Delete the texts of what was settled before; who was told of what stays. Count them."""
        ...

    def failing(self, recent: datetime) -> tuple[ChannelTrouble, ...]:
        """Channels with a failed message that waits, or that have taken none since one was dead.

        What died since `recent` counts in any case.
        """
        ...

    def count(self) -> Mapping[Delivery, int]:
        """How many rows are in each state."""
        ...


class Digests(Protocol):
    """Digests that were made."""

    def add(self, digest: CompiledDigest) -> bool:
        """Remember it; False where this date of this digest was made before."""
        ...

    def of(self, name: str, limit: int) -> tuple[CompiledDigest, ...]:
        """Those of this name, the newest date first."""
        ...

    def get(self, name: str, local_date: str) -> CompiledDigest | None:
        """The digest of this date."""
        ...


class Silences(Protocol):
    """Stories of which nobody is told for a while."""

    def add(self, matcher: Matcher, until: datetime, reason: str, now: datetime) -> Silence:
        """Remember it; give it back with its id."""
        ...

    def list(self) -> tuple[Silence, ...]:
        """All there ever were, newest first."""
        ...

    def in_force(self, now: datetime) -> tuple[Silence, ...]:
        """Those that hold now, oldest first."""
        ...

    def expire(self, silence_id: int, now: datetime) -> Silence:
        """End it before its time; one that has ended stays as it is. Raise `NotFound`."""
        ...


class Topics(Protocol):
    """Topics a person added, and the weights made for topics."""

    def add(self, topic: OwnTopic, first: TopicVersion) -> bool:
        """Store it with its first weights; False where there is one of this name."""
        ...

    def remove(self, name: str, now: datetime) -> None:
        """Look for it no more; its versions and labels are undone. Raise `NotFound`."""
        ...

    def list(self) -> tuple[OwnTopic, ...]:
        """All that were added and not removed, by name."""
        ...

    def learn(self, version: TopicVersion) -> None:
        """Put weights in force."""
        ...

    def undo(self, name: str, now: datetime) -> TopicVersion:
        """Go back one version; give the one that was undone. Raise `NotFound`.

        The first version of an own topic stays.
        """
        ...

    def versions(self, name: str) -> tuple[TopicVersion, ...]:
        """Those that were not undone, oldest first."""
        ...

    def in_force(self) -> Mapping[str, TopicVersion]:
        """The newest version of each topic that has any."""
        ...

    def mark(self) -> str:
        """Something that is another after every change; quick to read."""
        ...


class Labels(Protocol):
    """What a person said of articles: one word per article and topic counts."""

    def add(self, label: Label) -> None:
        """Remember it; it takes the place of another word on the same article and topic."""
        ...

    def undo(self, article_id: int, topic: str, now: datetime) -> Label:
        """Take it back. Raise `NotFound`."""
        ...

    def of(self, topic: str) -> tuple[Label, ...]:
        """Those that count, oldest first."""
        ...


class Counters(Protocol):
    """Numbers per day: every dropped article has a reason here."""

    def bump(self, name: str, by: int, now: datetime) -> None:
        """Add to a counter of this UTC day."""
        ...

    def total(self, since: datetime) -> Mapping[str, int]:
        """Sums per name since then."""
        ...


class Notes(Protocol):
    """Small facts the program remembers about itself."""

    def get(self, key: str) -> str | None:
        """The value, or None."""
        ...

    def set(self, key: str, value: str | None) -> None:
        """Remember it, or forget it with None."""
        ...


class Transaction(Protocol):
    """The nouns, inside one transaction (or one consistent snapshot when reading)."""

    @property
    def feeds(self) -> Feeds: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def verdicts(self) -> Verdicts: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def silences(self) -> Silences: ...
    @property
    def topics(self) -> Topics: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def counters(self) -> Counters: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    """One writer, many readers."""

    async def write(self, job: Callable[[Transaction], T]) -> T:
        """Run `job` inside one BEGIN IMMEDIATE on the writer thread; return after the commit.

        An exception of the job undoes the job alone and is raised here. Raise `StoreError`.
        """
        ...

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run `query` on a query-only connection that sees one consistent state."""
        ...
