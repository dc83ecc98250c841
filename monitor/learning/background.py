"""What ordinary texts are like: how rare each word is, how sentence vectors are spread.

The stored archive is the best background; where it holds too little, self-written items that ship
with the program fill in (`background_items`).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from monitor.core.classifier import find_features, split_parts
from monitor.core.model import Analysis, Document
from monitor.core.signals import TITLE_LIMIT
from monitor.learning.corpus import read_items
from monitor.learning.logistic import Floats

ENOUGH = 1_000
"""Stored articles from which on the archive alone is the background."""

_SHIPPED = ("train", "held-out")
_RARE = 0.001
_TAIL = (0.1, 0.025)
"""Shares of the background between which the tail is measured."""

_DAMPING = 0.02
"""Added to every direction's variance: a few thousand texts do not tell 512 directions apart."""
_SHARED = 50.0
"""A language's own mean counts as much as the mean of all once it has so many texts."""


@dataclass(frozen=True)
class Text:
    """A text as a model sees it; `vector` None without an encoder."""

    language: str
    features: Mapping[str, float]
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Background:
    """Ordinary texts and what they have in common; not empty."""

    texts: tuple[Text, ...]

    @cached_property
    def semantic(self) -> bool:
        """Whether every text has a vector."""
        return all(text.vector is not None for text in self.texts)

    @cached_property
    def counts(self) -> Counter[str]:
        """In how many texts each feature occurs."""
        return Counter(name for text in self.texts for name in text.features)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """One row per text; no columns without an encoder."""
        return stack(self.texts)

    @cached_property
    def mean(self) -> Floats:
        """Where the vectors lie."""
        return np.asarray(self.vectors.mean(axis=0, dtype=float))

    @cached_property
    def spread(self) -> tuple[Floats, Floats]:
        """The axes of the vectors (columns) and the variance along each, damped."""
        shifted = self.vectors - self.mean
        variances, axes = np.linalg.eigh(shifted.T @ shifted / len(self.texts))
        return axes, np.maximum(variances, 0) + _DAMPING

    def rarity(self, name: str) -> float:
        """How much it says that a text has this feature: inverse document frequency, not negative.

        Of a text's language too few texts may be known to tell: see `exemplar`.
        """
        return max(math.log((len(self.texts) + 1) / (self.counts[name] + 0.5)), 0.0)

    def stretch(self, vectors: Floats, power: float) -> Floats:
        """Multiply by a power of the damped covariance."""
        axes, variances = self.spread
        return np.asarray(((vectors @ axes) * variances**power) @ axes.T)

    def middle(self, language: str) -> Floats:
        """Where the vectors of a language lie, drawn to the mean of all where it has few texts.

        Vectors know their language, and a topic is not wanted in one language only.
        """
        rows = [i for i, text in enumerate(self.texts) if text.language == language]
        total = self.vectors[rows].sum(axis=0, dtype=float) + _SHARED * self.mean
        return np.asarray(total / (len(rows) + _SHARED))


def find_level(scores: Floats, *, smooth: bool) -> float:
    """The score that one in a thousand background texts exceeds: the default threshold.

    With vectors (`smooth`) it is read off the tail, which falls by the same factor over the same
    distance: an archive holds a few wanted articles too, and a thousand texts are too few to
    count one in a thousand. Words alone have no such tail: most texts share none.
    """
    if not smooth:
        return float(np.quantile(scores, 1 - _RARE))
    near, far = np.quantile(scores, [1 - share for share in _TAIL])
    slope = (far - near) / math.log(_TAIL[0] / _TAIL[1])
    return float(near + slope * math.log(_TAIL[0] / _RARE))


def make_text(document: Document, analysis: Analysis) -> Text:
    """Compute the features of title and first part exactly as judging does."""
    vector = analysis.signals.vector
    title_end = min(len(document.title), TITLE_LIMIT)
    first = (split_parts(analysis, title_end) or [()])[0]
    return Text(
        analysis.language,
        find_features(analysis, title_end, first),
        None if vector is None else np.frombuffer(vector, np.float32),
    )


def stack(texts: Sequence[Text]) -> NDArray[np.float32]:
    """One row per text; no columns where a vector is missing."""
    found = [text.vector for text in texts if text.vector is not None]
    whole = found and len(found) == len(texts)
    return np.stack(found) if whole else np.zeros((len(texts), 0), np.float32)


def background_items(count: int) -> tuple[Document, ...]:
    """At most so many news texts written for this project, spread over all that ship."""
    found = tuple(item.document for name in _SHIPPED for item in read_items(name))
    step = max(len(found) // max(count, 1), 1)
    return found[::step][:count]
