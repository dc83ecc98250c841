"""Topics as a page shows them: what was judged and said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.classifier import Topic
from monitor.core.model import Article, Label, LabelSource, TopicVersion
from monitor.ports import Transaction

MOST_WORDS = 200
"""The newest words of a person that a page shows."""


@dataclass(frozen=True, slots=True)
class WordLine:
    """A person's word on an article; `title` is empty where retention took the text."""

    article: int
    title: str
    feed: str
    link: str | None
    wanted: bool
    source: LabelSource
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic with what a person did to it. `origin` is "shipped" or "own".

    `fixed`: config.toml sets its threshold; `moved`: a person did, here or by command. `figures`
    say how good its weights were found to be when they were learned.
    """

    topic: Topic
    origin: str
    fixed: bool
    moved: bool
    labels: tuple[Label, ...]
    versions: tuple[TopicVersion, ...]
    figures: dict[str, Any]

    @property
    def yes(self) -> int:
        """How many articles a person found relevant."""
        return sum(label.wanted for label in self.labels)

    @property
    def no(self) -> int:
        """How many not."""
        return len(self.labels) - self.yes


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic whole; the newest words first. `histogram` counts articles as they were judged."""

    state: TopicState
    words: tuple[WordLine, ...]
    histogram: tuple[int, ...]


def list_topics(
    tx: Transaction, topics: Sequence[Topic], fixed: frozenset[str]
) -> tuple[TopicState, ...]:
    """The topics that are looked for. `fixed` are those whose threshold config.toml sets."""
    own, moved = {one.name for one in tx.topics.list()}, tx.topics.thresholds()
    return tuple(
        _describe(tx, topic, own, topic.name in fixed, topic.name in moved) for topic in topics
    )


def show_topic(tx: Transaction, topic: Topic, fixed: frozenset[str], since: datetime) -> TopicPage:
    """One of them whole, with the scores it gave since then."""
    (state,) = list_topics(tx, (topic,), fixed)
    newest = state.labels[-MOST_WORDS:]
    articles = tx.articles.list(label.article_id for label in newest)
    words = tuple(_say(label, articles[label.article_id]) for label in reversed(newest))
    return TopicPage(state, words, tx.scores.count(topic.name, since))


def _describe(tx: Transaction, topic: Topic, own: set[str], fixed: bool, moved: bool) -> TopicState:
    versions = tx.topics.versions(topic.name)
    in_force = [one for one in versions if one.version == topic.version]
    return TopicState(
        topic=topic,
        origin="own" if topic.name in own else "shipped",
        fixed=fixed,
        moved=moved and not fixed,
        labels=tx.labels.of(topic.name),
        versions=versions,
        figures=dict(in_force[-1].figures) if in_force else {},
    )


def _say(label: Label, article: Article) -> WordLine:
    return WordLine(
        article=article.id,
        title=article.title,
        feed=article.feed_name,
        link=article.link,
        wanted=label.wanted,
        source=label.source,
        created_at=label.created_at,
    )
