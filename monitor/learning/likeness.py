"""Learns what `core.likeness` weighs: how rare stems are, and what tells one event from two.

Rarity is counted over the whole corpus, labels unseen. The weights are a logistic regression over
pairs of items at most a week apart, of the part of `items/stories.jsonl` that is for tuning; the
bias is then moved so that 0 is the bound at which that part is put into stories best. Stories that
were labelled because they look like one event weigh more. Our own texts on the topics, each an
event of its own, stand for what is flagged: all is on one subject, which says nothing of events.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from monitor.core.likeness import LONGEST_WAIT, Likeness, cut_stem, stem_title
from monitor.core.model import Flagged
from monitor.learning.corpus import WANTED, Item, read_items
from monitor.learning.logistic import Floats, Matrix, fit
from monitor.learning.stories import TUNE, Gold, cluster, measure_bcubed, read_gold

LEAST_KNOWN = 60
"""A stem in fewer texts is as rare as any. With 10 the table is four times as long, no better."""
COMMON_SHARE = 0.03
"""A stem in more of the texts says nothing."""
_PENALTY = 1.0
_OF_A_KIND = 3
_THEN = datetime(2001, 1, 1, tzinfo=UTC)
"""Years from any labelled item, so that the two never meet."""
_HARD = 5.0
"""How much a pair of articles weighs whose stories are labelled as apart."""
_BOUNDS = [n / 4 for n in range(-8, 13)]
_NEARLY = 0.003
"""Of bounds this near to the best F1 the strictest is taken.

An article put into the wrong story is an alert lost; one left out is an alert too many.
"""


def read_strangers() -> list[Item]:
    """Read our own wanted items, few of each sub-theme, spread over a week of their own."""
    kinds: Counter[str] = Counter()
    chosen = []
    for item in read_items("train"):
        if WANTED in item.labels.values() and kinds[item.kind] < _OF_A_KIND:
            kinds[item.kind] += 1
            chosen.append(item)
    step = LONGEST_WAIT / len(chosen)
    return [
        replace(item, id=f"own {n}", published_at=_THEN + n * step) for n, item in enumerate(chosen)
    ]


def learn_likeness(
    corpus: Sequence[Flagged],
    near: Sequence[Flagged],
    labelled: Mapping[str, Flagged],
    strangers: Mapping[str, Flagged],
) -> Likeness:
    """Count rarity in the corpus, and in the part of it that is near the topics.

    Both models are fitted on the labelled that are for tuning, and on strangers: each is alone.

    Where the labelled have no sentence vectors, both models are the plain one.
    """
    gold = read_gold((TUNE,))
    semantic = {id_: one for id_, one in labelled.items() if id_ in gold.story}
    semantic.update(strangers)
    gold = replace(gold, story={**gold.story, **{id_: id_ for id_ in strangers}})
    plain = {id_: without_vector(one) for id_, one in semantic.items()}
    rarest, rarity = count_rarity(corpus, near)
    empty = Likeness(rarity, rarest, {}, {})
    return replace(
        empty,
        plain=_fit(empty, plain, gold),
        semantic=_fit(empty, semantic, gold),
    )


def count_rarity(*groups: Iterable[Flagged]) -> tuple[float, dict[str, float]]:
    """Give the weight of the rarest stems, and those of the others; 0 for the commonest.

    What is common in any of the groups is common: "bubble" is rare in the news and in each second
    article on the topic of bubbles, and it is these that are compared.
    """
    sizes: list[int] = []
    weights: dict[str, float] = {}
    for texts in ([_stems(one) for one in group] for group in groups):
        sizes.append(len(texts))
        for stem, count in Counter(stem for text in texts for stem in text).items():
            weight = 0.0 if count > COMMON_SHARE * len(texts) else _weigh(count, len(texts))
            weights[stem] = min(weight, weights.get(stem, weight))
    rarest = _weigh(LEAST_KNOWN, max(sizes))
    return rarest, {stem: weight for stem, weight in weights.items() if weight < rarest}


def dump_likeness(likeness: Likeness) -> dict[str, Any]:
    """Write it as JSON values that a person can read: the stems of one weight on one line."""
    lines: dict[float, list[str]] = defaultdict(list)
    for stem, weight in sorted(likeness.rarity.items()):
        lines[weight].append(stem)
    return {
        "plain": likeness.plain,
        "semantic": likeness.semantic,
        "rarest": likeness.rarest,
        "rarity": {f"{weight:.1f}": " ".join(stems) for weight, stems in sorted(lines.items())},
    }


def write_likeness(path: Path, likeness: Likeness) -> None:
    """Write the file that ships."""
    text = json.dumps(dump_likeness(likeness), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", "utf-8")


def without_vector(flagged: Flagged) -> Flagged:
    """The article as it is analysed without the encoder."""
    return replace(flagged, signals=replace(flagged.signals, vector=None))


def _stems(flagged: Flagged) -> frozenset[str]:
    title = stem_title(flagged.article.title)
    return frozenset(title) | frozenset(map(cut_stem, flagged.signals.words))


def _weigh(texts: int, of: int) -> float:
    return round(math.log(of / texts), 1)


def _fit(empty: Likeness, flagged: Mapping[str, Flagged], gold: Gold) -> dict[str, float]:
    rows, same, weight = zip(*_measure_pairs(empty, flagged, gold), strict=True)
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    weights = _fit_scaled(table, np.array(same, dtype=float), np.array(weight))
    fitted = dict(zip((*names, "bias"), map(float, weights), strict=True))
    return _move_bound(empty, flagged, gold.story, fitted)


def _measure_pairs(
    empty: Likeness, flagged: Mapping[str, Flagged], gold: Gold
) -> Iterator[tuple[dict[str, float], bool, float]]:
    """Give what each pair has in common, whether it is one event, and what it weighs."""
    traits = {id_: empty.traits(one) for id_, one in flagged.items()}
    hard = {frozenset((gold.story.get(a), gold.story.get(b))) for a, b in gold.apart}
    for (a, one), (b, other) in combinations(traits.items(), 2):
        if abs(one.seen_at - other.seen_at) <= LONGEST_WAIT:
            pair = frozenset((gold.story[a], gold.story[b]))
            yield empty.measure(one, other), len(pair) == 1, _HARD if pair in hard else 1.0


def _fit_scaled(table: Floats, same: Floats, weight: Floats) -> Floats:
    """Fit with one penalty for all measures, whatever their spread; the last weight is the bias."""
    middle, spread = table.mean(0), table.std(0) + 1e-9
    scaled = ((table - middle) / spread).astype(np.float32)
    none = np.zeros(0)
    matrix = Matrix(none.astype(np.int64), none.astype(np.int64), none, scaled, 0)
    weights = fit(matrix, same, weight, _PENALTY)
    slopes = weights[:-1] / spread
    return np.append(slopes, weights[-1] - slopes @ middle)


def _move_bound(
    empty: Likeness,
    flagged: Mapping[str, Flagged],
    gold: Mapping[str, str],
    fitted: Mapping[str, float],
) -> dict[str, float]:
    quality: dict[float, float] = {}
    for bound in _BOUNDS:
        moved = {**fitted, "bias": fitted["bias"] - bound}
        likeness = replace(empty, plain=moved, semantic=moved)
        quality[bound] = measure_bcubed(gold, cluster(flagged, likeness))[2]
    good = max(quality.values()) - _NEARLY
    best = max(bound for bound, f1 in quality.items() if f1 >= good)
    return {n: round(w - best if n == "bias" else w, 2) for n, w in fitted.items()}
