"""Beside the third stage: what a sentence is like among the texts a topic was made from.

Sentence vectors are comparable across languages, so a German sentence finds an English one.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from monitor.core.classifier import Topic
from monitor.core.model import Analysis, AnalysisFailure, Document

LEAST_LIKE = 0.3
"""Cosine below which two sentences are not said to be alike."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A sentence of what a topic wants; `vector` is the encoder's, as it came."""

    text: str
    language: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Nearest:
    """The exemplar sentence that is nearest; `text` is empty where none is near.

    `similarity` is the cosine, in [-1, 1].
    """

    text: str
    similarity: float
    language: str | None = None


def list_wanted(topic: Topic) -> list[Document]:
    """What the topic wants: its articles and example sentences, the first line as the title."""
    wanted = (e for e in (*topic.exemplars, *topic.examples) if e.wanted)
    parted = ((e.text.strip().partition("\n"), e.language) for e in wanted)
    return [Document(title, rest, language) for (title, _, rest), language in parted]


def split_wanted(
    documents: Sequence[Document], analyses: Sequence[Analysis | AnalysisFailure]
) -> Iterator[tuple[str, str]]:
    """Each sentence of what could be read, with its language."""
    for document, analysis in zip(documents, analyses, strict=True):
        if isinstance(analysis, Analysis):
            for start, end in analysis.sentences:
                yield document.content[start:end], document.language or analysis.language


def choose_nearest(vectors: Sequence[bytes], exemplars: Sequence[Exemplar]) -> list[Nearest]:
    """For each unit-length vector the nearest exemplar, the first of equal ones."""
    known = [(array("f", exemplar.vector), exemplar) for exemplar in exemplars]
    return [_choose(array("f", vector), known) for vector in vectors]


def _choose(vector: Sequence[float], known: Sequence[tuple[Sequence[float], Exemplar]]) -> Nearest:
    alike = [sum(map(mul, vector, other)) for other, _ in known]
    best = max(alike, default=0.0)
    if best < LEAST_LIKE:
        return Nearest("", round(best, 3))
    _, exemplar = known[alike.index(best)]
    return Nearest(exemplar.text, round(best, 3), exemplar.language)
