"""Analyses and judges in this process, without a worker: for the command line and for training.

The limits of what is read (title, 1,000 characters, cut runs) hold here as everywhere; there is no
deadline, because nobody waits behind the article.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from monitor.adapters.encoder import SentenceEncoder, encode_batch, encoder_available
from monitor.adapters.extract import extract_article
from monitor.adapters.nlp import SpacyAnalyzer, load_pipelines
from monitor.core.classifier import (
    Topic,
    find_subjects,
    judge,
    pick_for_encoder,
    with_vectors,
)
from monitor.core.concepts import Concepts
from monitor.core.model import Analysis, AnalysisFailure, Document, Verdict
from monitor.errors import MonitorError, WorkerDied

__all__ = [
    "HereCaller",
    "analyze_all",
    "count_dimensions",
    "encoder_available",
    "extract_article",
    "judge_batch",
    "prepare",
]

T = TypeVar("T")
BATCH = 64


class HereCaller:
    """Calls a function in this process, under the name a worker would have."""

    async def call(
        self,
        function: Callable[..., T],
        *args: object,
        deadline: timedelta,  # noqa: ARG002 - nobody waits behind the article
        work: int = 1,  # noqa: ARG002 - this process is never replaced
    ) -> T:
        """Run it; what it raises becomes `WorkerDied`, as if its process had ended."""
        try:
            return function(*args)
        except MonitorError:
            raise
        # Whatever a text provokes in a library must cost that text alone.
        except Exception as error:
            raise WorkerDied(f"{type(error).__name__}: {error}") from error


def prepare(concepts: Concepts, *, encode: bool) -> None:
    """Load everything now, so that the first article's time is its own."""
    load_pipelines(concepts)
    if encode:
        encode_batch([""])


def count_dimensions() -> int:
    """How many numbers a sentence vector has (float32)."""
    return len(encode_batch([""])[0]) // 4


def analyze_all(
    documents: Sequence[Document],
    concepts: Concepts,
    *,
    encode: bool,
    topics: Sequence[Topic] = (),
) -> Iterator[Analysis | AnalysisFailure]:
    """Analyse in order, in batches, with sentence vectors where `encode` is set.

    With `topics`, only what may change a verdict on them is analysed, and encoded.
    """
    analyzer = SpacyAnalyzer(HereCaller(), concepts)
    encoder = SentenceEncoder(HereCaller()) if encode else None
    for start in range(0, len(documents), BATCH):
        batch = documents[start : start + BATCH]
        yield from asyncio.run(_analyze(batch, analyzer, encoder, topics))


async def _analyze(
    batch: Sequence[Document],
    analyzer: SpacyAnalyzer,
    encoder: SentenceEncoder | None,
    topics: Sequence[Topic],
) -> Sequence[Analysis | AnalysisFailure]:
    found = await analyzer.analyze(batch, find_subjects(topics))
    if encoder is None:
        return found
    open_ones = pick_for_encoder(batch, found, topics)
    vectors = await encoder.encode([batch[i].content for i in open_ones])
    return with_vectors(found, dict(zip(open_ones, vectors, strict=True)))


def judge_batch(
    batch: Sequence[Document], topics: Sequence[Topic], concepts: Concepts, *, encode: bool
) -> Iterator[tuple[str, tuple[Verdict, ...]] | AnalysisFailure]:
    """Give language and verdicts of each document, or why it could not be read."""
    analyses = analyze_all(batch, concepts, encode=encode, topics=topics)
    for document, analysis in zip(batch, analyses, strict=True):
        if isinstance(analysis, AnalysisFailure):
            yield analysis
        else:
            yield analysis.language, judge(document, analysis, topics)
