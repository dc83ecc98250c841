"""Finds what a sentence is like among the texts a topic was made from, in this process."""

from collections.abc import Sequence

from monitor.adapters.encoder import encode_batch, encoder_available
from monitor.core.classifier import Topic
from monitor.core.concepts import Concepts
from monitor.core.nearest import Exemplar, Nearest, choose_nearest, list_wanted, split_wanted
from monitor.learning.local import analyze_all

__all__ = ["Nearest", "encoder_available", "find_nearest"]


def find_nearest(texts: Sequence[str], topic: Topic) -> list[Nearest]:
    """Give for each text the nearest sentence of the topic's wanted articles and examples."""
    if not texts:
        return []
    sentences = split_exemplars(topic)
    vectors = encode_batch([text for text, _ in sentences])
    pairs = zip(sentences, vectors, strict=True)
    exemplars = [Exemplar(text, language, vector) for (text, language), vector in pairs]
    return choose_nearest(encode_batch(texts), exemplars)


def split_exemplars(topic: Topic) -> list[tuple[str, str]]:
    """Give the sentences of everything the topic wants, each with its language."""
    documents = list_wanted(topic)
    analyses = list(analyze_all(documents, Concepts(()), encode=False))
    return list(split_wanted(documents, analyses))
