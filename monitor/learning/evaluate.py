"""Measures training: each item is judged by a model that saw neither its outlet nor its event.

Items are cut into cells of outlet group and time span; the items of a cell are judged by a model
trained on items of other outlets and other times, with a week between. Our own texts have no
outlet and no date: they are always trained on and, beside real ones, never judged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.core.classifier import Weights
from monitor.learning.logistic import calibrate, to_probability
from monitor.learning.train import Sample, adjust, score, train

OUTLET_GROUPS = 4
TIME_SPANS = 4
GAP = 7
"""Days."""
WANTED_SHARE = 0.05
"""About so many of the texts near a topic are wanted (of the labelled items 2 and 7 in 100).

Of our own texts far more are, since they were written to teach.
"""
_BIG_OUTLET = 100
"""An outlet with this many labelled items is a group of its own."""


@dataclass(frozen=True)
class Quality:
    """Counts and rates over judged items. `average_precision` None without wanted items."""

    wanted: int
    unwanted: int
    hits: int
    false_alerts: int
    average_precision: float | None

    @property
    def precision(self) -> float:
        """Share of the flagged that were wanted; 0 when nothing was flagged."""
        flagged = self.hits + self.false_alerts
        return self.hits / flagged if flagged else 0.0

    @property
    def recall(self) -> float:
        """Share of the wanted that were flagged; 0 when nothing was wanted."""
        return self.hits / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Judged:
    """A sample with the score of a model that never saw its like."""

    sample: Sample
    score: float


def measure(judged: Sequence[Judged], topic: str, threshold: float = 0.5) -> Quality:
    """Count hits and false alerts among the items whose label is clear."""
    known = [j for j in judged if j.sample.item.is_wanted(topic) is not None]
    flagged = [j for j in known if j.score >= threshold]
    wanted = sum(j.sample.item.is_wanted(topic) is True for j in known)
    hits = sum(j.sample.item.is_wanted(topic) is True for j in flagged)
    return Quality(
        wanted, len(known) - wanted, hits, len(flagged) - hits, _average_precision(known, topic)
    )


def cross_judge(
    samples: Sequence[Sample],
    topic: str,
    *,
    semantic: bool,
    prior: Mapping[str, float] | None = None,
) -> list[Judged]:
    """Judge each corpus item by a model that saw neither its outlet nor its time, calibrated."""
    return calibrated(cross_score(samples, topic, semantic=semantic, prior=prior), topic)[0]


def train_calibrated(
    samples: Sequence[Sample],
    topic: str,
    *,
    semantic: bool,
    prior: Mapping[str, float] | None = None,
) -> Weights:
    """Train on everything; the calibration comes from held-out scores."""
    scored = cross_score(samples, topic, semantic=semantic, prior=prior)
    is_written = all(sample.item.own for sample in samples)
    _, (slope, shift) = calibrated(scored, topic, WANTED_SHARE if is_written else None)
    return adjust(train(samples, topic, semantic=semantic, prior=prior), slope, shift)


def cross_score(
    samples: Sequence[Sample],
    topic: str,
    *,
    semantic: bool,
    prior: Mapping[str, float] | None = None,
    views: Mapping[str, Sample] | None = None,
) -> list[tuple[Sample, float]]:
    """Give held-out log-odds of every corpus item.

    `views` by item id are judged beside their items, by the same models: other forms of the same
    item, its title alone for example.
    """
    scored: list[tuple[Sample, float]] = []
    for cell, rest in cells(samples):
        weights = train(rest, topic, semantic=semantic, prior=prior)
        seen = [views[s.item.id] for s in cell if s.item.id in views] if views else []
        scored += [(sample, score(weights, sample)) for sample in [*cell, *seen]]
    return scored


def calibrated(
    scored: Sequence[tuple[Sample, float]], topic: str, share: float | None = None
) -> tuple[list[Judged], tuple[float, float]]:
    """Turn held-out log-odds into probabilities; give also the (slope, shift) that does it.

    A score is a probability among the labelled items, that is, among texts near the topics:
    background would only teach it how rare they are in one person's feeds. `share` is how many of
    them are wanted, where the items do not show it themselves.
    """
    known = [(s, odds) for s, odds in scored if _is_clear(s, topic) and not s.item.view]
    odds = np.array([odds for _, odds in known])
    wanted = np.array([float(bool(s.item.is_wanted(topic))) for s, _ in known])
    slope, shift = calibrate(odds, wanted, _weigh(wanted, share))
    chances = to_probability(np.array([odds for _, odds in scored]) * slope + shift)
    judged = [Judged(s, float(p)) for (s, _), p in zip(scored, chances, strict=True)]
    return judged, (slope, shift)


def _weigh(wanted: NDArray[np.float64], share: float | None) -> NDArray[np.float64]:
    """Let each row count so that `share` of all are wanted."""
    if share is None:
        return np.ones(len(wanted))
    found = wanted.mean()
    if not 0 < found < 1:
        return np.ones(len(wanted))
    return np.asarray(np.where(wanted > 0, share / found, (1 - share) / (1 - found)))


def cells(samples: Sequence[Sample]) -> Iterator[tuple[list[Sample], list[Sample]]]:
    """Cut into (judged, trained on): a cell of outlet group and time, and what shares neither."""
    own = [s for s in samples if s.item.own]
    corpus = [s for s in samples if not s.item.own]
    if not corpus:
        yield from _cells_of_own(own)
        return
    groups = _group_outlets(corpus)
    for first, last in pairwise(_time_limits(corpus)):
        for group in sorted(set(groups.values())):
            cell = [s for s in corpus if groups[s.item.outlet] == group and first <= _day(s) < last]
            rest = [
                s
                for s in corpus
                if groups[s.item.outlet] != group and not first - GAP <= _day(s) < last + GAP
            ]
            if cell:
                yield cell, own + rest


def _cells_of_own(own: Sequence[Sample]) -> Iterator[tuple[list[Sample], list[Sample]]]:
    """Where there is nothing but our own texts, one sub-theme is judged by what others taught."""
    folds = {kind: _group_of(kind) for kind in sorted({s.item.kind for s in own})}
    for fold in sorted(set(folds.values())):
        cell = [s for s in own if folds[s.item.kind] == fold]
        yield cell, [s for s in own if folds[s.item.kind] != fold]


def _is_clear(sample: Sample, topic: str) -> bool:
    return not sample.item.background and sample.item.is_wanted(topic) is not None


def _day(sample: Sample) -> int:
    return sample.item.published.toordinal()


def _time_limits(corpus: Sequence[Sample]) -> list[int]:
    """Spans with equally many labelled items each; the first and last are open."""
    days = sorted(_day(s) for s in corpus if s.item.labels)
    inner = [days[len(days) * i // TIME_SPANS] for i in range(1, TIME_SPANS)]
    return [0, *inner, date.max.toordinal()]


def _group_outlets(corpus: Sequence[Sample]) -> dict[str, str]:
    """Give outlets with many labelled items a group each, spread the others by their names."""
    labelled = Counter(s.item.outlet for s in corpus if s.item.labels)
    return {
        outlet: outlet if labelled[outlet] >= _BIG_OUTLET else _group_of(outlet)
        for outlet in sorted({s.item.outlet for s in corpus})
    }


def _group_of(outlet: str) -> str:
    return str(blake2b(outlet.encode(), digest_size=1).digest()[0] % OUTLET_GROUPS)


def _average_precision(known: Sequence[Judged], topic: str) -> float | None:
    """Mean of the precision at each wanted item, best score first."""
    ranked = [j.sample.item.is_wanted(topic) for j in sorted(known, key=lambda j: -j.score)]
    places = [place for place, wanted in enumerate(ranked, 1) if wanted]
    if not places:
        return None
    return sum(count / place for count, place in enumerate(places, 1)) / len(places)
