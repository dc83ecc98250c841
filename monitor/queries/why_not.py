"""Why nobody was told of an address: the one gate of each article it leads to, with the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.gate import Channels
from monitor.core.model import (
    ORDER,
    Answer,
    Article,
    Coverage,
    Gate,
    Page,
    Route,
    Story,
    Unread,
    Verdict,
)
from monitor.core.render import name_gate, say_answer, say_coverage, say_remedy, say_unread
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.coverage import list_coverage
from monitor.queries.explanation import find_articles
from monitor.queries.gates import find_answer
from monitor.queries.outbox import OutboxLine, list_told
from monitor.queries.routes import RouteLine, describe_story, judge_story
from monitor.queries.stories import StoryLine, outline_story


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and what counts for the answer: channels and routes as they are configured.

    Times are told in the IANA `zone`; `labels` are the topics' names for a person.
    """

    now: datetime
    channels: Channels
    routes: Sequence[Route]
    language: str = "en"
    zone: str = "UTC"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article as an answer names it."""

    id: int
    title: str
    feed: str
    language: str | None
    link: str | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Where an article ended: `name` and `says` put the gate into words.

    `remedy` says what can be done about it, "" for nothing; `routes` say what each asks for and
    what is missing, where none takes the story.
    """

    gate: Gate
    name: str
    says: str
    article: ArticleLine
    verdicts: tuple[Verdict, ...]
    page: Page | None
    story: StoryLine | None
    alerts: tuple[OutboxLine, ...]
    copy_of: ArticleLine | None
    routes: tuple[RouteLine, ...]
    remedy: str


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed that covers the address's host, and `says` how an article may have been missed."""

    says: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class WhyNotAnswer:
    """The answer to one address or id. `link` is what was looked for, None for an id.

    `gate` is that of the article that came farthest; without `articles` it is the address's own,
    and `feeds` are those that cover its host.
    """

    gate: Gate
    name: str
    says: str
    link: str | None
    articles: tuple[WhyNot, ...] = ()
    feeds: tuple[FeedLine, ...] = ()
    remedy: str = ""


def why_not(tx: Transaction, reference: str, link: str | None, reader: Reader) -> WhyNotAnswer:
    """Answer for an article's id, or for an address, of which `link` is the canonical form.

    Raise `NotFound` where nothing can be said: an id that there is not, or what is no address.
    """
    articles = find_articles(tx, reference, link)
    if articles:
        return _answer_stored(tx, articles, link, reader)
    if link is None:
        raise NotFound(f"{reference} is neither an article's id in the archive nor an http address")
    host = urlsplit(link).netloc.removeprefix("www.")
    coverage = list_coverage(tx, host)
    unread = Unread(link, host, coverage)
    lines = (FeedLine(say_coverage(one, reader.language, reader.zone), one) for one in coverage)
    name, says = name_gate(unread.gate, reader.language), say_unread(unread, reader.language)
    remedy = say_remedy(unread, reader.language)
    return WhyNotAnswer(unread.gate, name, says, link, feeds=tuple(lines), remedy=remedy)


def _answer_stored(
    tx: Transaction, articles: Sequence[Article], link: str | None, reader: Reader
) -> WhyNotAnswer:
    """The article that came farthest first; of equal ones the one that was seen first."""
    answers = [find_answer(tx, one, reader.channels, reader.now) for one in articles]
    answers.sort(key=lambda answer: (-ORDER.index(answer.gate), answer.article.id))
    lines = tuple(_outline(tx, answer, reader) for answer in answers)
    first = lines[0]
    return WhyNotAnswer(first.gate, first.name, first.says, link, lines, remedy=first.remedy)


def _outline(tx: Transaction, answer: Answer, reader: Reader) -> WhyNot:
    story, unrouted = answer.story, answer.gate is Gate.UNROUTED
    return WhyNot(
        gate=answer.gate,
        name=name_gate(answer.gate, reader.language),
        says=say_answer(answer, reader.language, reader.zone, reader.labels),
        article=outline_article(answer.article),
        verdicts=answer.verdicts,
        page=answer.page,
        story=outline_story(story) if story else None,
        alerts=list_told(tx, story) if story else (),
        copy_of=outline_article(answer.copy_of) if answer.copy_of else None,
        routes=_ask_routes(tx, story, reader) if story and unrouted else (),
        remedy=say_remedy(answer, reader.language),
    )


def _ask_routes(tx: Transaction, story: Story, reader: Reader) -> tuple[RouteLine, ...]:
    return judge_story(describe_story(tx, story), reader.routes, reader.language)


def outline_article(article: Article) -> ArticleLine:
    """An article as one line."""
    return ArticleLine(
        id=article.id,
        title=article.title,
        feed=article.feed_name,
        language=article.language,
        link=article.link,
        first_seen_at=article.first_seen_at,
    )
