"""Makes a topic's weights of one article someone liked, without any label.

The sentence vectors give a linear discriminant between the exemplars and the archive (Hariharan,
Malik, Ramanan 2012, "Discriminative decorrelation for clustering and classification"): the way
from the background's mean to the exemplar, with the directions in which all texts differ damped.
Words add little to that and are what evidence is found by: the exemplar's own, and those that in
the archive go with its meaning, in whatever language. Without an encoder the exemplar's words are
all there is. The result is the same kind of `Weights` that training makes.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.classifier import Weights
from monitor.learning.background import Background, Text, find_level
from monitor.learning.logistic import Floats

TYPICAL = -4.0
"""Log-odds of an ordinary text; the score that one in a thousand exceeds has log-odds 0."""

_SENTENCES = 0.33
"""How much the mean of an exemplar's sentences counts beside the whole."""
_UNLIKE = 0.5
_WORDS = 0.02
"""A word's share beside the vector: more costs precision in other languages than the exemplar's."""
_MOST_WORDS = 1_000
_FEW_TEXTS = 10
"""A word's meaning is drawn to nothing as if it stood in so many more texts."""
_KEYWORD = {"plain": 4.0, "semantic": 2.0}
_TITLE = 0.25
_COMMON = 5.0
"""A keyword this rare (log of one in 150) or rarer counts in full."""


@dataclass(frozen=True)
class Exemplar:
    """An article someone liked, or (`wanted` False) did not mean. `sentences`: their vectors."""

    text: Text
    sentences: NDArray[np.float32]
    wanted: bool = True


def make_weights(
    exemplars: Sequence[Exemplar],
    background: Background,
    concept: str = "",
    stop_words: Callable[[str], Collection[str]] = lambda _: frozenset(),
) -> dict[str, Weights]:
    """Give the sets of weights there can be: "plain", and "semantic" with vectors.

    `concept` is what the analyser calls the topic's keywords. `stop_words` by language are left
    out: in a language the archive hardly has they would seem rare.
    """
    words = _weigh_words(exemplars, background, stop_words)
    models = {"plain": _anchor(Weights(0.0, words), background, concept, "plain")}
    if background.semantic and all(len(e.sentences) for e in exemplars):
        vector = _find_direction(exemplars, background)
        raw = Weights(0.0, _add_words(words, vector, background), array("f", vector))
        models["semantic"] = _anchor(raw, background, concept, "semantic")
    return models


def score_texts(weights: Weights, texts: Sequence[Text]) -> Floats:
    """Log-odds of texts."""
    known = weights.features
    sums = [
        sum(known[name] * value for name, value in text.features.items() if name in known)
        for text in texts
    ]
    total = np.array(sums, dtype=float) + weights.bias
    if len(weights.vector):
        total += score_vectors(np.asarray(weights.vector, float), texts)
    return total


def score_vectors(direction: Floats, texts: Sequence[Text]) -> Floats:
    """The vectors' share of the log-odds; none for a text without one."""
    none = np.zeros(len(direction))
    rows = [none if text.vector is None else text.vector for text in texts]
    return np.asarray(np.array(rows, dtype=float).reshape(len(texts), -1) @ direction)


def _find_direction(exemplars: Sequence[Exemplar], background: Background) -> Floats:
    """The discriminant; one unit is a standard deviation of the background along it."""
    difference = np.zeros(background.vectors.shape[1])
    for wanted, share in ((True, 1.0), (False, -_UNLIKE)):
        ways = [_find_way(e, background) for e in exemplars if e.wanted is wanted]
        if ways:
            difference += share * np.mean(ways, axis=0)
    direction = background.stretch(difference, -1.0)
    return np.asarray(direction / ((background.vectors @ direction).std() or 1.0))


def _find_way(exemplar: Exemplar, background: Background) -> Floats:
    whole, sentences = exemplar.text.vector, exemplar.sentences.mean(axis=0)
    seen = (1 - _SENTENCES) * np.asarray(whole, float) + _SENTENCES * sentences
    return np.asarray(seen - background.middle(exemplar.text.language))


def _weigh_words(
    exemplars: Sequence[Exemplar],
    background: Background,
    stop_words: Callable[[str], Collection[str]],
) -> dict[str, float]:
    """Weigh what the exemplars contain by rarity (Rocchio 1971); what is unwanted counts half."""
    weights: defaultdict[str, float] = defaultdict(float)
    for exemplar in exemplars:
        same = [e for e in exemplars if e.wanted is exemplar.wanted]
        share = (1.0 if exemplar.wanted else -_UNLIKE) / len(same)
        stops = {f"w:{word}" for word in stop_words(exemplar.text.language)}
        for name in exemplar.text.features.keys() - stops:
            if name.startswith("w:"):
                weights[name] += share * background.rarity(name)
    return _to_unit(weights, background)


def _add_words(
    words: Mapping[str, float], vector: Floats, background: Background
) -> Mapping[str, float]:
    """Add words to the direction: the exemplar's own, and those that go with its meaning."""
    meaning = score_vectors(vector, background.texts)
    meaning -= meaning.mean()
    sums: defaultdict[str, float] = defaultdict(float)
    for text, value in zip(background.texts, meaning, strict=True):
        for name in text.features:
            sums[name] += value
    drawn = {n: s / (background.counts[n] + _FEW_TEXTS) for n, s in sums.items() if n[0] == "w"}
    near = sorted(drawn, key=lambda name: (-drawn[name], name))[:_MOST_WORDS]
    found = _to_unit({name: drawn[name] for name in near}, background)
    return {
        name: _WORDS * (words.get(name, 0.0) + found.get(name, 0.0))
        for name in sorted({*words, *found})
    }


def _to_unit(weights: Mapping[str, float], background: Background) -> dict[str, float]:
    """Scale to a standard deviation of 1 over the background."""
    size = score_texts(Weights(0.0, weights), background.texts).std() or 1.0
    return {name: float(value / size) for name, value in sorted(weights.items())}


def _anchor(weights: Weights, background: Background, concept: str, kind: str) -> Weights:
    """Scale so that an ordinary text has `TYPICAL` log-odds and the default threshold's text 0."""
    scores, smooth = score_texts(weights, background.texts), len(weights.vector) > 0
    middle, level = float(scores.mean()), find_level(scores, smooth=smooth)
    slope = -TYPICAL / max(level - middle, 1e-9)
    features = {name: value * slope for name, value in weights.features.items()}
    if concept:
        rarity = min(background.rarity(f"c:{concept}") / _COMMON, 1.0)
        features |= {
            f"c:{concept}": _KEYWORD[kind] * rarity,
            f"t:{concept}": _KEYWORD[kind] * rarity * _TITLE,
        }
    scaled = Weights(0.0, features, array("f", (v * slope for v in weights.vector)))
    level = find_level(score_texts(scaled, background.texts), smooth=smooth)
    return Weights(-level, features, scaled.vector)
