"""What is looked for in the archive, and what was found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model.article import Article
from monitor.core.model.verdict import Verdict

Hits = tuple[tuple[int, int], ...]
"""Characters [start, end) of a text that were looked for, in order."""


class Order(StrEnum):
    """Which articles come first: those that fit best, or those that were read last."""

    BEST = "best"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, of letters and digits only; `open`: the last one may go on."""

    words: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article is found that has one phrase of each group in `every`, and none of `never`.

    No group is empty; without any, an article needs none.
    """

    every: tuple[tuple[Phrase, ...], ...]
    never: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Among:
    """Which articles are looked at; what is None or False asks nothing.

    `topic` flagged them, `flagged`: any topic did. `feed` is a name or an address. They were first
    seen in [since, until). `other_than` leaves out the article of this id.
    """

    topic: str | None = None
    flagged: bool = False
    feed: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    other_than: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An article that was found, with the part of its text that shows why.

    `title_hits` count in the title, `hits` in the excerpt. `story` is the id of its story.
    """

    article: Article
    title_hits: Hits
    excerpt: str
    hits: Hits
    verdicts: tuple[Verdict, ...]
    story: int | None
