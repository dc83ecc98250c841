"""The bundled news: invented outlets, their articles, and when each appears.

One TOML file in the folder `news` beside this module is one outlet with one feed. Its keys are the
fields of `Outlet`, and per `[[articles]]` those of `Article`, with times as whole numbers:
`appears_after` seconds after the start of the demo (0: there from the start) and `minutes_before`
that moment, when the outlet says it published. `text` is plain, or HTML where the outlet says
`html = true`; a blank line separates paragraphs of plain text.
"""

import html
import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any


class Kind(StrEnum):
    """The format of a feed."""

    RSS2 = "rss2"
    RSS1 = "rss1"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Article:
    """One article, or a later edition of one.

    `appears` and `published` count from the start of the demo; `published` is mostly negative.
    `topics` are those that must flag it; `near` marks a near miss, which none may flag. Articles of
    one `event` tell the same story. An edition with `edit_of` takes that article's place.
    """

    id: str
    title: str
    html: str
    appears: timedelta
    published: timedelta
    topics: tuple[str, ...] = ()
    near: bool = False
    event: str | None = None
    edit_of: str | None = None

    @property
    def key(self) -> str:
        """What the feed calls it, the same for all its editions."""
        return self.edit_of or self.id

    @property
    def text(self) -> str:
        """The article as plain text on one line."""
        return _plain(self.html)

    @property
    def lead(self) -> str:
        """Its first paragraph as plain text."""
        return _plain(self.html.partition("</p>")[0])


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented publisher and the habits of its feed.

    `html`: entries carry markup · `guids`: entries have one · `summary_only`: entries carry the
    first paragraph only · `unescaped`: a phrase whose ampersand the feed forgets to escape ·
    `fails`: its server is down.
    """

    id: str
    name: str
    kind: Kind
    language: str
    articles: tuple[Article, ...]
    encoding: str = "utf-8"
    html: bool = False
    guids: bool = True
    summary_only: bool = False
    unescaped: str | None = None
    fails: bool = False

    def visible(self, elapsed: timedelta) -> tuple[Article, ...]:
        """What its feed shows this long after the start: newest edition of each, newest first."""
        appeared = [article for article in self.articles if article.appears <= elapsed]
        newest = {a.key: a for a in sorted(appeared, key=lambda a: a.appears)}
        return tuple(sorted(newest.values(), key=lambda a: a.published, reverse=True))


@dataclass(frozen=True, slots=True)
class News:
    """All outlets of the demo, by id."""

    outlets: tuple[Outlet, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every edition of every article, outlet by outlet."""
        return tuple(article for outlet in self.outlets for article in outlet.articles)

    @property
    def complete_after(self) -> timedelta:
        """From then on nothing new appears."""
        return max((article.appears for article in self.articles), default=timedelta())


def load_news() -> News:
    """Read the bundled news."""
    folder = files("monitor.demo") / "news"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return News(
        tuple(
            _outlet(
                name.removesuffix(".toml"),
                tomllib.loads((folder / name).read_text(encoding="utf-8")),
            )
            for name in names
        )
    )


def _outlet(outlet_id: str, told: dict[str, Any]) -> Outlet:
    as_html = told.get("html", False)
    articles = tuple(_article(each, as_html=as_html) for each in told.pop("articles", ()))
    kind = Kind(told.pop("kind"))
    return Outlet(id=outlet_id, kind=kind, articles=articles, **told)


def _article(told: dict[str, Any], *, as_html: bool) -> Article:
    text = told.pop("text")
    appears = timedelta(seconds=told.pop("appears_after", 0))
    return Article(
        html=_one_line(text) if as_html else _paragraphs(text),
        appears=appears,
        published=appears - timedelta(minutes=told.pop("minutes_before", 0)),
        topics=tuple(told.pop("topics", ())),
        **told,
    )


def _paragraphs(text: str) -> str:
    blocks = text.strip().split("\n\n")
    return "".join(f"<p>{html.escape(_one_line(block), quote=False)}</p>" for block in blocks)


def _plain(markup: str) -> str:
    # The tags are our own: there is no hostile markup, and a block's end is always a word's end.
    spaced = re.sub(r"</(?:p|li|ul)>", " ", markup)
    return _one_line(html.unescape(re.sub(r"<[^>]+>", "", spaced)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
