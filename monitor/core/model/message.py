"""What a message says, in blocks without markup, and how it travels."""

from dataclasses import dataclass
from enum import StrEnum


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
class Actions:
    """What a reader may do, on one line; a channel that has buttons shows them as such."""

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


Block = Heading | Paragraph | Quote | Facts | Link | Links | Actions | Card | Chart | Footer


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
