"""The Analyzer port: calls the worker, and finds the document that breaks it."""

import logging
import pickle
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Protocol, TypeVar

from monitor.adapters.nlp.batch import analyze_packed, load_packed
from monitor.core.concepts import LANGUAGES, Concepts
from monitor.core.model import Analysis, AnalysisFailure, Document
from monitor.errors import WorkerError

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 64
RECYCLE_AFTER = 100_000
"""Articles after which the worker is replaced, should anything in it grow for ever after all.

A new one costs over two seconds. What grew, the vocabulary, is mended in place (`read_texts`).
"""

START_LIMIT = timedelta(seconds=60)
BATCH_LIMIT = timedelta(seconds=30)
ARTICLE_LIMIT = timedelta(seconds=5)


class Caller(Protocol):
    """What is needed of a worker: `monitor.adapters.worker.Worker`, or a call in this process."""

    async def call(
        self, function: Callable[..., T], *args: object, deadline: timedelta, work: int = 1
    ) -> T:
        """Run a module-level function; raise `WorkerError` where it does not answer.

        `work` is how many articles the call is about.
        """
        ...


class SpacyAnalyzer:
    """Analyses documents in a worker; a document that breaks or blocks it fails alone."""

    def __init__(
        self, worker: Caller, concepts: Concepts, languages: Sequence[str] = LANGUAGES
    ) -> None:
        self._worker = worker
        self._packed = _pack(concepts)
        self._languages = tuple(languages)

    async def analyze(
        self, documents: Sequence[Document], subjects: frozenset[str] = frozenset()
    ) -> tuple[Analysis | AnalysisFailure, ...]:
        """Same order and length as `documents`; larger sequences are cut into batches.

        Where `subjects` are given, of a document that names none of these concepts only the
        language is told: its analysis has no sentences.
        """
        found: list[Analysis | AnalysisFailure] = []
        for start in range(0, len(documents), BATCH):
            found += await self._batch(documents[start : start + BATCH], subjects)
        return tuple(found)

    async def _batch(
        self, batch: Sequence[Document], subjects: frozenset[str]
    ) -> Sequence[Analysis | AnalysisFailure]:
        await self._load()
        try:
            return await self._call(batch, subjects, BATCH_LIMIT)
        except WorkerError as error:
            log.warning("a batch of %d articles is read one by one: %s", len(batch), error)
            return [await self._single(document, subjects) for document in batch]

    async def _single(
        self, document: Document, subjects: frozenset[str]
    ) -> Analysis | AnalysisFailure:
        await self._load()
        try:
            return (await self._call([document], subjects, ARTICLE_LIMIT))[0]
        except WorkerError as error:
            return AnalysisFailure(f"not analysed: {error}")

    async def _load(self) -> None:
        """Let a fresh worker get ready on time of its own: on a small machine that takes longest.

        One that cannot even start is no article's fault: its error is raised.
        """
        await self._worker.call(load_packed, self._packed, deadline=START_LIMIT, work=0)

    async def _call(
        self, batch: Sequence[Document], subjects: frozenset[str], deadline: timedelta
    ) -> Sequence[Analysis]:
        return await self._worker.call(
            analyze_packed,
            tuple(batch),
            self._packed,
            self._languages,
            subjects,
            deadline=deadline,
            work=len(batch),
        )


@lru_cache(maxsize=2)
def _pack(concepts: Concepts) -> bytes:
    return pickle.dumps(concepts)
