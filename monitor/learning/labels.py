"""Learns from a person's yes and no, starting from what was known before.

Logistic regression whose penalty draws the weights to where they were: the exemplar's, or those a
topic ships with. The labelled articles and the exemplars pull at full weight, the background as
unwanted, each a little. Without labels nothing moves; each label moves what it bears on.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from monitor.core.classifier import Weights
from monitor.learning.background import Background, Text, find_level, stack
from monitor.learning.exemplar import score_texts
from monitor.learning.logistic import Floats, build_matrix, fit

_PENALTY = 0.1
_BACKGROUND = 100.0
"""How many labels all of the background weighs as much as."""
_RAREST = 2
"""A word the model does not know yet must be in so many of the texts a person judged."""
_SCALES = {"c": 1.0, "t": 0.7, "p": 0.7}


@dataclass(frozen=True)
class Judged:
    """A text with a person's word on it."""

    text: Text
    wanted: bool


def learn(weights: Weights, judged: Sequence[Judged], background: Background) -> Weights:
    """Move the weights as far as the labels ask.

    The score that one in a thousand background texts exceeds stays: labels say which articles are
    wanted, how many are flagged is the threshold's part. It is measured on texts not learned from.
    """
    smooth = len(weights.vector) > 0
    before = find_level(score_texts(weights, background.texts), smooth=smooth)
    halves = background.texts[::2], background.texts[1::2]
    held_out = [
        score_texts(_fit(weights, judged, rest, background), half)
        for half, rest in (halves, halves[::-1])
    ]
    after = find_level(np.concatenate(held_out), smooth=smooth)
    learned = _fit(weights, judged, background.texts, background)
    return replace(learned, bias=before - after)


def _fit(
    weights: Weights, judged: Sequence[Judged], unwanted: Sequence[Text], background: Background
) -> Weights:
    """Learn from the judged and the unwanted; without a bias."""
    semantic = len(weights.vector) > 0
    texts = [*unwanted, *(one.text for one in judged)]
    scales = _choose_scales(weights, judged, background)
    columns = {name: i for i, name in enumerate(scales)}
    vector = np.asarray(weights.vector, float)
    matrix = build_matrix(
        [text.features for text in texts],
        columns,
        scales,
        _whiten(texts, background) if semantic else np.zeros((len(texts), 0), np.float32),
    )
    centre = [weights.features.get(name, 0.0) / scale for name, scale in scales.items()]
    bent = background.stretch(vector, 0.5) if semantic else vector
    bias = weights.bias + (background.mean @ vector if semantic else 0.0)
    found = fit(
        matrix,
        np.array([0.0] * len(unwanted) + [float(one.wanted) for one in judged]),
        np.array([_BACKGROUND / len(unwanted)] * len(unwanted) + [1.0] * len(judged)),
        _PENALTY,
        np.concatenate([centre, bent, [bias]]),
    )
    moved = found[len(scales) : -1]
    return Weights(
        bias=0.0,
        features={name: float(found[at] * scales[name]) for name, at in columns.items()},
        vector=array("f", background.stretch(moved, -0.5) if semantic else moved),
    )


def _choose_scales(
    weights: Weights, judged: Sequence[Judged], background: Background
) -> dict[str, float]:
    """How freely each weight may move: those the model has, and words the judged texts share."""
    seen = Counter(name for one in judged for name in one.text.features if name[0] == "w")
    shared = {name for name, count in seen.items() if count >= _RAREST}
    return {
        name: _SCALES.get(name[0]) or background.rarity(name) or 1.0
        for name in sorted(shared | weights.features.keys())
    }


def _whiten(texts: Sequence[Text], background: Background) -> NDArray[np.float32]:
    """Make all directions of the vectors alike, so that each may move as freely as the others."""
    shifted: Floats = stack(texts) - background.mean
    return background.stretch(shifted, -0.5).astype(np.float32)
