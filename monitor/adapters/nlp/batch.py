"""What the worker process runs: analyses a batch of documents."""

import pickle
from collections.abc import Sequence
from functools import lru_cache

from monitor.adapters.nlp.language import detect_language, load_identifier
from monitor.adapters.nlp.pipeline import load_pipeline, name_kind, read_texts
from monitor.adapters.nlp.reading import read_document
from monitor.core.concepts import ENGLISH, GERMAN, Concepts, Screen
from monitor.core.model import Analysis, Document, Signals
from monitor.core.signals import READ_LIMIT, read_part

_GLANCE = 160
"""Characters that tell the language of an article that is not read any further."""


def load_packed(packed: bytes) -> None:
    """`load_pipelines` of a pickled table."""
    load_pipelines(_unpack(packed))


def analyze_packed(
    documents: tuple[Document, ...],
    packed: bytes,
    languages: tuple[str, ...],
    subjects: frozenset[str],
) -> tuple[Analysis, ...]:
    """`analyze_batch` with a pickled table, which the process reads once and not in each call."""
    return analyze_batch(documents, _unpack(packed), languages, subjects)


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> Concepts:
    table: Concepts = pickle.loads(packed)  # noqa: S301 - written by our parent
    return table


def load_pipelines(concepts: Concepts) -> None:
    """Build all pipelines now, so that the time of the first article is its own."""
    # First, while the process is small: reading it takes twice what it then holds.
    load_identifier()
    for language in (GERMAN, ENGLISH):
        load_pipeline(language, concepts)


def analyze_batch(
    documents: Sequence[Document],
    concepts: Concepts,
    languages: tuple[str, ...],
    subjects: frozenset[str] = frozenset(),
) -> tuple[Analysis, ...]:
    """Analyse documents in this process."""
    parts = [read_part(document.content, READ_LIMIT) for document in documents]
    screen = _screen(concepts, subjects)
    read = [i for i, part in enumerate(parts) if screen is None or screen.passes(part)]
    whole = frozenset(read)
    found = [
        detect_language(part if i in whole else part[:_GLANCE], document.language, languages)
        for i, (part, document) in enumerate(zip(parts, documents, strict=True))
    ]
    analyses = {i: Analysis(found[i], (), (), (), Signals(found[i])) for i in range(len(parts))}
    for kind in {name_kind(found[i]) for i in read}:
        chosen = [i for i in read if name_kind(found[i]) == kind]
        pipeline = load_pipeline(kind, concepts)
        with read_texts(pipeline):
            for i, doc in zip(chosen, pipeline.nlp.pipe(parts[i] for i in chosen), strict=True):
                analyses[i] = read_document(parts[i], doc, found[i], pipeline, concepts)
    return tuple(analyses[i] for i in range(len(documents)))


@lru_cache(maxsize=8)
def _screen(concepts: Concepts, subjects: frozenset[str]) -> Screen | None:
    if not subjects:
        return None
    return Screen([form for form in concepts.forms if form.concept in subjects])
