"""Finds what a sentence is like among the texts a topic was made from, also across languages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.adapters.encoder import encode_batch, encoder_available
from monitor.core.classifier import Topic
from monitor.core.concepts import Concepts
from monitor.core.model import Analysis
from monitor.learning.corpus import to_document
from monitor.learning.local import analyze_all

__all__ = ["Nearest", "encoder_available", "find_nearest"]

LEAST_LIKE = 0.3
"""Cosine below which two sentences are not said to be alike."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A sentence of a topic's own texts; `text` is empty where none is near. Cosine in [-1, 1]."""

    text: str
    similarity: float


def find_nearest(texts: Sequence[str], topic: Topic) -> list[Nearest]:
    """Give for each text the nearest sentence of the topic's wanted articles and examples."""
    sentences = split_exemplars(topic)
    if not sentences or not texts:
        return [Nearest("", 0.0) for _ in texts]
    likeness = _encode(texts) @ _encode(sentences).T
    return [
        Nearest(sentences[i] if row[i] >= LEAST_LIKE else "", round(float(row[i]), 3))
        for row, i in zip(likeness, likeness.argmax(axis=1), strict=True)
    ]


def split_exemplars(topic: Topic) -> list[str]:
    """Give the sentences of everything the topic wants."""
    wanted = [e for e in (*topic.exemplars, *topic.examples) if e.wanted]
    documents = [to_document(e.text.strip(), e.language) for e in wanted]
    analyses = analyze_all(documents, Concepts(()), encode=False)
    return [
        document.content[start:end]
        for document, analysis in zip(documents, analyses, strict=True)
        if isinstance(analysis, Analysis)
        for start, end in analysis.sentences
    ]


def _encode(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.stack([np.frombuffer(vector, np.float32) for vector in encode_batch(list(texts))])
