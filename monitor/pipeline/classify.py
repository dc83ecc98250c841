"""ArticlesAdded: read what waits in batches, judge it, store the verdicts with their reasons."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from monitor.core.classifier import find_subjects, judge, pick_for_encoder, with_vectors
from monitor.core.events import ArticlesAdded, ArticlesFlagged, Event
from monitor.core.model import (
    Analysis,
    AnalysisFailure,
    Article,
    Document,
    Signals,
    Verdict,
)
from monitor.core.words import cut_at_word
from monitor.errors import WorkerError
from monitor.pipeline.pages import ask_for_text
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

BATCH = 64


@dataclass(frozen=True, slots=True)
class Judged:
    """An article with its verdicts, one per topic; `signals` None when it could not be read."""

    article: Article
    verdicts: tuple[Verdict, ...]
    signals: Signals | None


async def classify(parts: Parts, event: ArticlesAdded) -> list[Event]:  # noqa: ARG001  # a signal
    """Judge everything that waits; the event only says that there is something."""
    flagged = 0
    while batch := await parts.store.read(lambda tx: tx.articles.waiting(BATCH)):
        judged = await judge_articles(parts, batch)
        await parts.store.write(partial(_store_verdicts, parts, judged))
        flagged += sum(_log_flagged(item) for item in judged)
    return [ArticlesFlagged(flagged)] if flagged else []


async def judge_articles(parts: Parts, articles: Sequence[Article]) -> list[Judged]:
    """Analyse, encode and judge up to `BATCH` articles, in order."""
    judged = []
    analyzed = await analyze_articles(parts, articles)
    for article, (document, analysis) in zip(articles, analyzed, strict=True):
        judged.append(_judge_one(parts, article, document, analysis))
        await asyncio.sleep(0)  # a hostile article may take long; others may go between
    return judged


async def analyze_articles(
    parts: Parts, articles: Sequence[Article]
) -> list[tuple[Document, Analysis | AnalysisFailure]]:
    """Read up to `BATCH` articles as far as a verdict may need, in order."""
    documents = [Document(a.title, a.text, a.language) for a in articles]
    analyses = await parts.analyzer.analyze(documents, find_subjects(parts.topics))
    return list(zip(documents, await _add_vectors(parts, documents, analyses), strict=True))


async def _add_vectors(
    parts: Parts,
    documents: Sequence[Document],
    analyses: Sequence[Analysis | AnalysisFailure],
) -> tuple[Analysis | AnalysisFailure, ...]:
    open_ones = pick_for_encoder(documents, analyses, parts.topics)
    if parts.encoder is None or not open_ones:
        return tuple(analyses)
    try:
        vectors = await parts.encoder.encode([documents[i].content for i in open_ones])
    except WorkerError as error:
        log.warning("judged without sentence vectors: %s", error)
        return tuple(analyses)
    return with_vectors(analyses, dict(zip(open_ones, vectors, strict=True)))


def _judge_one(
    parts: Parts, article: Article, document: Document, analysis: Analysis | AnalysisFailure
) -> Judged:
    if isinstance(analysis, AnalysisFailure):
        log.warning("article %d is unscored: %s", article.id, analysis.reason)
        unscored = (
            Verdict(t.name, None, False, t.threshold, (), t.version, analysis.reason)
            for t in parts.topics
        )
        return Judged(article, tuple(unscored), None)
    return Judged(article, judge(document, analysis, parts.topics), analysis.signals)


def _store_verdicts(parts: Parts, judged: Sequence[Judged], tx: Transaction) -> None:
    """Of an article that was edited meanwhile nothing is stored: its newer revision waits."""
    now = parts.clock()
    newest = tx.articles.revisions(item.article.id for item in judged)
    current = [i for i in judged if newest.get(i.article.id) == i.article.revision_id]
    tx.verdicts.add({i.article.revision_id: (i.verdicts, i.signals) for i in current})
    for reason, number in Counter(map(_count_as, current)).items():
        tx.counters.bump(reason, number, now)
    for item in current:
        ask_for_text(parts, tx, item.article, item.verdicts)


def _count_as(item: Judged) -> str:
    if item.signals is None:
        return "unscored"
    if not any(verdict.flagged for verdict in item.verdicts):
        return "below threshold"
    return "baseline" if item.article.baseline else "flagged"


def _log_flagged(item: Judged) -> bool:
    flagged = [verdict for verdict in item.verdicts if verdict.flagged]
    for verdict in flagged:
        reason = cut_at_word(verdict.evidence[0].text, 120) if verdict.evidence else ""
        log.info(
            "flagged %s %.2f: %s [%s]%s because: %s",
            verdict.topic,
            verdict.score or 0.0,
            item.article.title,
            item.article.feed_name,
            " (baseline)" if item.article.baseline else "",
            reason,
        )
    return bool(flagged)
