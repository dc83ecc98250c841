"""Which articles of the archive have certain words, or are like an article."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.likeness import Likeness, rank_alike
from monitor.core.model import Among, Article, Found, Hits, Order, Verdict, Wanted
from monitor.core.search import choose_telling, count_words, fuse, read_query
from monitor.ports import Transaction
from monitor.queries.explanation import find_article

REACH = 2_000
"""Articles that the telling words of an article may lead to at most."""

DEPTH = 100
"""So many articles each ranking has at least before they become one."""

COMPARED = 100
"""Flagged articles that an article is compared with, those nearest in time: what is told of one
event is told within days. Each costs a third of a millisecond."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What a topic says of an article; `score` None: unscored."""

    topic: str
    score: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class SearchLine:
    """An article that was found. The hits are characters [start, end) of title and excerpt.

    `alike` is the chance that it tells of the same event, where both have signals and it is likely.
    """

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
    alike: float | None = None


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
    likeness: Likeness,
) -> SearchAnswer:
    """Find articles by what a person typed, by an article (its id or address), or by both.

    Like an article are those that share its most telling words. Where a topic flagged it, there are
    also those flagged about the same time that `likeness` says tell of the same event: by their
    signals, so in other languages, too.
    Raise ValueError for a text that asks for nothing, `NotFound` without the article or the feed.
    """
    if like is None:
        return _answer(tx, tx.searches.find(read_query(text), among, order, limit), {})
    article = find_article(tx, like)
    others = replace(among, other_than=article.id)
    asked = read_query(text) if text.strip() else Wanted(())
    telling = _find_telling(tx, article)
    wanted = replace(asked, every=asked.every + telling.every)
    worded = tx.searches.rank(wanted, others, order, max(limit, DEPTH)) if telling.every else ()
    alike = _find_alike(tx, article, asked, others, likeness)
    newest = order is Order.NEWEST
    ids = sorted({*alike, *worded}, reverse=True) if newest else fuse((alike, worded))
    words = tuple(phrase.words[0] for group in telling.every for phrase in group)
    found = tx.searches.load(ids[:limit], wanted)
    return replace(_answer(tx, found, alike), words=words)


def _find_telling(tx: Transaction, article: Article) -> Wanted:
    counts = count_words(article.title, article.text)
    documents = tx.searches.documents(counts, REACH)
    return choose_telling(counts, documents, tx.searches.size(), REACH) or Wanted(())


def _find_alike(
    tx: Transaction, article: Article, asked: Wanted, others: Among, likeness: Likeness
) -> Mapping[int, float]:
    """By revision the chance that it tells of the same event, the likeliest first."""
    flagged = tx.verdicts.flagged(article.id)
    if flagged is None:
        return {}
    return rank_alike(flagged, tx.searches.around(article, asked, others, COMPARED), likeness)


def _answer(tx: Transaction, found: tuple[Found, ...], alike: Mapping[int, float]) -> SearchAnswer:
    lines = (replace(outline_found(one), alike=alike.get(one.article.revision_id)) for one in found)
    return SearchAnswer(tuple(lines), tx.searches.waiting())


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
