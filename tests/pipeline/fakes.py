"""Small stand-ins for the world; the store, the bus and all decisions are the real ones."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.classifier import Topic, Weights
from monitor.core.model import (
    Analysis,
    AnalysisFailure,
    Document,
    Entry,
    Envelope,
    FetchRequest,
    FetchResult,
    Mention,
    Outcome,
    ParsedFeed,
    Receipt,
    Signals,
)
from monitor.core.signals import find_numbers
from monitor.errors import ExtractError, NotAFeed, StoreError, WorkerDied

OVERBUILD = Topic(
    name="ai-overbuild",
    labels={"en": "AI overbuild", "de": "KI-Überbau"},
    description={},
    threshold=0.5,
    version="test",
    plain=Weights(bias=-3.0, features={"c:BUBBLE": 6.0, "c:DOUBT": 2.0}),
)
"""A bubble flags an article; a doubt leaves it undecided."""

CONCEPTS = {"bubble": "BUBBLE", "doubt": "DOUBT"}


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by

    async def pause(self, by: timedelta) -> None:
        self.advance(by)


class FakeFetcher:
    """Answers by address: a body, "not modified" for None, or an error to raise."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Exception | None] = {}
        self.requests: list[FetchRequest] = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.requests.append(request)
        answer = self.answers[request.url]
        if isinstance(answer, Exception):
            raise answer
        return FetchResult(
            request.url, not_modified=answer is None, body=answer, etag='"v1"', last_modified=None
        )


class FakeParser:
    """Reads one title per line, as `id|title` or alone; `#` before a line makes it a problem.

    It marks a document by itself, and notes the marks it was given.
    """

    def __init__(self) -> None:
        self.given: list[bytes] = []

    async def parse(
        self, body: bytes, url: str, content_type: str | None, marks: bytes = b""
    ) -> ParsedFeed:
        self.given.append(marks)
        lines = body.decode().splitlines()
        if lines[:1] == ["<html>"]:
            raise NotAFeed("a web page, not a feed")
        titles = [line for line in lines if not line.startswith("#")]
        problems = tuple(line for line in lines if line.startswith("#"))
        entries = tuple(_entry(title, url) for title in titles)
        return ParsedFeed("A feed", "en", entries, problems, marks=body)


def _entry(line: str, url: str) -> Entry:
    guid, _, title = line.rpartition("|")
    link = f"{url}/{line.replace(' ', '-')}"
    return Entry(guid=guid or title, link=link, canonical_link=link, title=title, text=title)


class FakeExtractor:
    """Takes a page as the article's text, unless it begins with "!": that is what is wrong."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []

    async def extract(self, page: bytes, url: str, title: str, teaser: str = "") -> str:
        self.calls.append((url, title, teaser))
        text = page.decode()
        if text.startswith("!"):
            raise ExtractError(text[1:])
        return text


class FakeAnalyzer:
    """Finds BUBBLE and DOUBT where these words stand; "poison" cannot be read."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def analyze(
        self, documents: Sequence[Document], subjects: frozenset[str] = frozenset()
    ) -> tuple[Analysis | AnalysisFailure, ...]:
        self.batches.append(len(documents))
        return tuple(_analyse(document) for document in documents)


def _analyse(document: Document) -> Analysis | AnalysisFailure:
    if "poison" in document.title:
        return AnalysisFailure("killed after 5 s")
    lines = dict.fromkeys((document.title, document.text))
    said = "\n".join(lines)
    mentions = tuple(
        Mention(concept, said.index(word), said.index(word) + len(word))
        for word, concept in CONCEPTS.items()
        if word in said
    )
    starts = [said.index(line) for line in lines]
    words = frozenset(document.title.casefold().split())
    return Analysis(
        language="en",
        sentences=tuple((at, at + len(line)) for at, line in zip(starts, lines, strict=True)),
        mentions=mentions,
        terms=((),) * len(lines),
        signals=Signals("en", words=words, numbers=frozenset(find_numbers(document.title, "en"))),
    )


class FakeEncoder:
    """Gives every text the same direction."""

    async def encode(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        return tuple(array("f", [1.0, 0.0]).tobytes() for _ in texts)


class BrokenEncoder:
    """Cannot be reached."""

    async def encode(self, texts: Sequence[str]) -> tuple[bytes, ...]:
        raise WorkerDied("out of memory")


@dataclass
class FakeChannel:
    """Notes what it is sent; answers with the receipts it was given, then takes everything."""

    receipts: list[Receipt] = field(default_factory=list)
    sent: list[Envelope] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    async def send(self, envelope: Envelope) -> Receipt:
        self.before()
        self.sent.append(envelope)
        return self.receipts.pop(0) if self.receipts else Receipt(Outcome.DELIVERED, "taken")

    @property
    def titles(self) -> list[str]:
        return [envelope.message.title for envelope in self.sent]


@dataclass
class FakeBallast:
    """Room that is there or not; notes what happened to it."""

    room: bool = True
    held: bool = True
    released: int = 0

    def reserve(self) -> bool:
        self.held = self.held or self.room
        return self.held

    def release(self) -> None:
        self.released += self.held
        self.held = False


@dataclass
class FakeBackups:
    """Makes one per day, in name only; raises the errors it was given first."""

    made: list[str] = field(default_factory=list)
    errors: list[StoreError] = field(default_factory=list)

    def is_due(self, now: datetime) -> bool:
        return f"{now:%Y-%m-%d}" not in self.made

    def make(self, now: datetime) -> str:
        if self.errors:
            raise self.errors.pop()
        self.made.append(f"{now:%Y-%m-%d}")
        return self.made[-1]


def refuse(*outcomes: Outcome) -> list[Receipt]:
    """Receipts with these outcomes, in this order."""
    return [Receipt(outcome, f"said {outcome}") for outcome in outcomes]


def bodies(titles: Iterable[str]) -> bytes:
    """A document for `FakeParser`."""
    return "\n".join(titles).encode()
