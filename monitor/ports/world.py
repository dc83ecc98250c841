"""What is needed of the world: one small Protocol per neighbour."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from monitor.core.model import (
    Analysis,
    AnalysisFailure,
    Document,
    Envelope,
    FetchRequest,
    FetchResult,
    Markup,
    Message,
    ParsedFeed,
    Receipt,
)

Clock = Callable[[], datetime]


class Fetcher(Protocol):
    """Gets one document over HTTP, politely and through the address guard."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Raise `FetchError` for everything that is neither 200 nor 304."""
        ...


class Parser(Protocol):
    """Reads feed documents of every kind into entries, in a killable worker."""

    async def parse(
        self, body: bytes, url: str, content_type: str | None, marks: bytes = b""
    ) -> ParsedFeed:
        """Leave out entries that an earlier reading has marked; it may still read them again.

        Raise `ParseError`; one broken entry is a problem of the result, not an error.
        """
        ...


class Extractor(Protocol):
    """Finds the article in a web page."""

    async def extract(self, page: bytes, url: str, title: str, teaser: str = "") -> str:
        """Give plain text; raise `ExtractError` where there is none better than the `teaser`."""
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
