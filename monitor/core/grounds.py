"""Beside the third stage: which sentences speak for a topic and which against it, and how strongly.

Evidence explains a score that is high; grounds explain one that is not. They count in log-odds,
since near zero nothing moves a probability.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from monitor.core.classifier import Look, Topic, find_features, look_at
from monitor.core.model import Analysis, Document

MOST = 3
"""Sentences for, and sentences against."""

REASONS = 4
LEAST = 0.05
"""Log-odds below which a sentence, or a word, says nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A sentence, characters [start, end) of the content, that moves a topic's verdict.

    `pull` is by how much it moves the log-odds, below 0 against the topic. `reasons` are concepts
    and words (normalised) of it that pull that way, the strongest first.
    """

    text: str
    start: int
    end: int
    pull: float
    reasons: tuple[str, ...] = ()


def find_grounds(document: Document, analysis: Analysis, topic: Topic) -> tuple[Ground, ...]:
    """The strongest sentences for and against, in that order; empty where nothing was found."""
    look = look_at(document, analysis, topic)
    whole = _weigh(look, find_features(analysis, look.title_end, look.sentences))
    found = [_weigh_one(document, analysis, look, i, whole) for i in look.sentences]
    telling = sorted((g for g in found if abs(g.pull) >= LEAST), key=lambda g: -g.pull)
    pro = [ground for ground in telling if ground.pull > 0]
    contra = [ground for ground in reversed(telling) if ground.pull < 0]
    return (*pro[:MOST], *contra[:MOST])


def _weigh_one(
    document: Document, analysis: Analysis, look: Look, sentence: int, whole: float
) -> Ground:
    rest = [i for i in look.sentences if i != sentence]
    pull = whole - _weigh(look, find_features(analysis, look.title_end, rest))
    start, end = analysis.sentences[sentence]
    features = find_features(analysis, look.title_end, [sentence])
    weighed = {_name(key): _weigh(look, {key: value}) for key, value in features.items()}
    reasons = islice(_rank(weighed, pull), REASONS)
    return Ground(document.content[start:end], start, end, round(pull, 3), tuple(reasons))


def _weigh(look: Look, features: Mapping[str, float]) -> float:
    return sum(look.weights.features.get(name, 0.0) * size for name, size in features.items())


def _rank(weighed: Mapping[str, float], pull: float) -> Iterable[str]:
    """What pulls the same way, the strongest first."""
    way = 1 if pull > 0 else -1
    same = {name: way * weight for name, weight in weighed.items() if way * weight >= LEAST}
    return sorted(same, key=lambda name: (-same[name], name))


def _name(feature: str) -> str:
    """A concept's or word's own name; a pair keeps its plus sign."""
    return feature.partition(":")[2]
