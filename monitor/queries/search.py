"""Which articles of the archive have certain words, or are like an article."""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.model import Among, Article, Found, Hits, Order, Verdict, Wanted
from monitor.core.search import choose_telling, count_words, read_query
from monitor.ports import Transaction
from monitor.queries.explanation import find_article

REACH = 5_000
"""Articles that the telling words of an article may lead to at most."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What a topic says of an article; `score` None: unscored."""

    topic: str
    score: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class SearchLine:
    """An article that was found. The hits are characters [start, end) of title and excerpt."""

    article: int
    title: str
    title_hits: Hits
    excerpt: str
    hits: Hits
    feed: str
    language: str | None
    link: str | None
    seen_at: datetime
    scores: tuple[ScoreLine, ...]
    story: int | None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found. `waiting` revisions of articles are not indexed yet, and not found.

    `words` are those by which it was looked for what an article is like.
    """

    articles: tuple[SearchLine, ...]
    waiting: int
    words: tuple[str, ...] = ()


def search(
    tx: Transaction,
    text: str,
    like: str | None,
    among: Among,
    order: Order,
    limit: int,
) -> SearchAnswer:
    """Find articles by what a person typed, by an article (its id or address), or by both.

    Like an article are those that share its most telling words. That is asked of words and not of
    meaning: sentence vectors are kept of flagged articles only, and would find none of the others.
    Raise ValueError for a text that asks for nothing, `NotFound` without the article or the feed.
    """
    if like is None:
        return _answer(tx, tx.searches.find(read_query(text), among, order, limit))
    article = find_article(tx, like)
    telling = _find_telling(tx, article)
    if telling is None:
        return _answer(tx, ())
    asked = read_query(text) if text.strip() else Wanted(())
    wanted = replace(asked, every=asked.every + telling.every)
    found = tx.searches.find(wanted, replace(among, other_than=article.id), order, limit)
    words = tuple(phrase.words[0] for phrase in telling.every[0])
    return replace(_answer(tx, found), words=words)


def _find_telling(tx: Transaction, article: Article) -> Wanted | None:
    counts = count_words(article.title, article.text)
    documents = tx.searches.documents(counts, REACH)
    return choose_telling(counts, documents, tx.searches.size(), REACH)


def _answer(tx: Transaction, found: tuple[Found, ...]) -> SearchAnswer:
    return SearchAnswer(tuple(map(outline_found, found)), tx.searches.waiting())


def outline_found(found: Found) -> SearchLine:
    """An article that was found as a list shows it."""
    article = found.article
    return SearchLine(
        article=article.id,
        title=article.title,
        title_hits=found.title_hits,
        excerpt=found.excerpt,
        hits=found.hits,
        feed=article.feed_name,
        language=article.language,
        link=article.link,
        seen_at=article.first_seen_at,
        scores=tuple(map(outline_score, found.verdicts)),
        story=found.story,
    )


def outline_score(verdict: Verdict) -> ScoreLine:
    """A verdict without its reasons."""
    return ScoreLine(verdict.topic, verdict.score, verdict.flagged)
