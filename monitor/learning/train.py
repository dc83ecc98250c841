"""Trains a topic's two sets of weights: without and with the sentence encoder."""

import json
import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.core.classifier import Weights, find_features, split_parts
from monitor.core.model import Analysis
from monitor.core.signals import TITLE_LIMIT
from monitor.core.topic import dump_models, name_version
from monitor.learning.corpus import Item
from monitor.learning.logistic import build_matrix, fit

_RAREST = 6
"""A word or pair must be in this many items that are not background."""

_SCALES = {"c": 1.0, "t": 0.7, "p": 0.7, "w": 3.0}
_VECTOR_SCALE = 2.5
_PENALTY = 0.7
_WANTED_COUNTS = 3.0
_TITLE_PRIOR = 0.7
"""The part of a concept's prior that its mention in the title adds."""
_LEAST = 0.02
"""Weights nearer to zero than this are dropped: together they change no score visibly."""
_LEAST_WORD = _LEAST * math.sqrt(12)
"""The same for words, whose features are not 1 but at most 1 / sqrt(12)."""


@dataclass(frozen=True)
class Sample:
    """An item as a model sees it."""

    item: Item
    features: Mapping[str, float]
    vector: NDArray[np.float32] | None


def make_sample(item: Item, analysis: Analysis) -> Sample:
    """Compute the features of title and first part exactly as judging does."""
    vector = analysis.signals.vector
    title_end = min(len(item.document.title), TITLE_LIMIT)
    first = (split_parts(analysis, title_end) or [()])[0]
    features = find_features(analysis, title_end, first)
    return Sample(
        item,
        # In one order, or the last digits of sums would differ from run to run.
        dict(sorted(features.items())),
        None if vector is None else np.frombuffer(vector, np.float32),
    )


def train(
    samples: Sequence[Sample],
    topic: str,
    *,
    semantic: bool,
    prior: Mapping[str, float] | None = None,
) -> Weights:
    """Fit one set of weights, uncalibrated; items a judge left open are left out.

    `prior` says by concept where its log-odds are without any item.
    """
    known = [s for s in samples if s.item.is_wanted(topic) is not None]
    columns, scales = _choose_columns(known)
    dense = _dense([s.vector for s in known] if semantic else [], len(known))
    matrix = build_matrix([s.features for s in known], columns, scales, dense * _VECTOR_SCALE)
    wanted = np.array([float(bool(s.item.is_wanted(topic))) for s in known])
    importance = 1 + wanted * (_WANTED_COUNTS - 1)
    centre = np.zeros(matrix.width + dense.shape[1] + 1)
    for name, value in _spread(prior or {}).items():
        if name in columns:
            centre[columns[name]] = value / scales[name]
    found = fit(matrix, wanted, importance, _PENALTY, centre)
    return Weights(
        bias=float(found[-1]),
        features={name: float(found[at] * scales[name]) for name, at in columns.items()},
        vector=array("f", found[matrix.width : -1] * _VECTOR_SCALE),
    )


def _spread(prior: Mapping[str, float]) -> dict[str, float]:
    """Give a concept's prior to its mention anywhere and, smaller, to that in the title."""
    anywhere = {f"c:{concept}": value for concept, value in prior.items()}
    return anywhere | {f"t:{concept}": _TITLE_PRIOR * v for concept, v in prior.items()}


def score(weights: Weights, sample: Sample) -> float:
    """Log-odds of one sample."""
    known = weights.features
    total = sum(known[name] * v for name, v in sample.features.items() if name in known)
    if len(weights.vector) and sample.vector is not None:
        total += float(np.dot(np.asarray(weights.vector, np.float32), sample.vector))
    return total + weights.bias


def adjust(weights: Weights, slope: float, shift: float) -> Weights:
    """Fold a calibration into the weights."""
    return Weights(
        bias=weights.bias * slope + shift,
        features={name: value * slope for name, value in weights.features.items()},
        vector=array("f", (value * slope for value in weights.vector)),
    )


def write_weights(path: Path, models: Mapping[str, Weights]) -> str:
    """Write `weights.json` without the weights that do nothing; give its version."""
    plain = dump_models({name: _drop_idle(weights) for name, weights in models.items()})
    content = {"version": name_version(plain, 1), "models": plain}
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", "utf-8"
    )
    return str(content["version"])


def _choose_columns(samples: Sequence[Sample]) -> tuple[dict[str, int], dict[str, float]]:
    """Give each feature worth a weight its column, and how freely it may move.

    A word's scale is its inverse document frequency: rare words may say more (Spärck Jones 1972).
    """
    chosen = Counter(n for s in samples if not s.item.background for n in s.features)
    everywhere = Counter(n for s in samples for n in s.features)
    names = sorted(name for name, count in chosen.items() if count >= _RAREST)
    scales = {
        name: _SCALES[name[0]]
        * (math.log(len(samples) / everywhere[name]) / 3 if name[0] == "w" else 1.0)
        for name in names
    }
    return {name: i for i, name in enumerate(names)}, scales


def _dense(vectors: Sequence[NDArray[np.float32] | None], count: int) -> NDArray[np.float32]:
    found = [vector for vector in vectors if vector is not None]
    return np.stack(found) if found else np.zeros((count, 0), np.float32)


def _drop_idle(weights: Weights) -> Weights:
    kept = {
        name: value
        for name, value in weights.features.items()
        if abs(value) >= (_LEAST_WORD if name.startswith("w:") else _LEAST)
    }
    return replace(weights, features=kept)
