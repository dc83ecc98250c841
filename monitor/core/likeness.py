"""How likely two articles tell of one event: what is compared, what it weighs, and a short list.

A word counts by its first letters, which are often the same in another language ("Venezuela" and
"venezolanisch", "Syrien" and "Syria"), and the rarer the more. Table and weights are data, made
by `monitor stories train` (`monitor/topics/likeness.json`); `make eval-stories` measures them.
"""

import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import eq

from monitor.core.concepts import is_keyword
from monitor.core.model import Flagged
from monitor.core.signals import fold, is_telling

STEM = 6
"""Letters of a word that are compared; 5 and 7 were measured worse across languages."""
SAME_TEXT = 0.5
"""Share of equal MinHash values (estimates the Jaccard index of the word shingles)."""
BAND = 4
"""MinHash values of one key: two texts of Jaccard index 0.5 share one of 16 such at 64 %, of 0.7
at 99 %; those that share none still meet by their words."""
CERTAIN = 8.0
"""Log-odds beyond which one comparison says no more, so that a copy does not speak for all."""
LONGEST_WAIT = timedelta(days=7)
MOST_NUMBERS = 3
ALIKE = -4.0
"""Log-odds from which an article is like another: less than a story asks for, as a person looks."""

_YEAR = re.compile(r"(19|20)\d\d")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an article is compared. `stems` hold those of the title too; common ones are none.

    The sums of weights and of their squares are here because each article is compared many times.
    """

    language: str
    title: frozenset[str]
    stems: frozenset[str]
    numbers: frozenset[str]
    concepts: frozenset[str]
    vector: tuple[float, ...] | None
    seen_at: datetime
    title_sum: float
    title_squares: float
    squares: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How an article fits others: mean log-odds, and those of the nearest, which is that article.

    The mean counts each up to `CERTAIN`.
    """

    mean: float
    nearest: float
    article_id: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """The yardstick. `rarity` gives the weight of stems that are not rare, 0 for the commonest.

    `plain` and `semantic` are weights by the names of `measure`, and "bias", which is such that an
    article joins a story where the mean over its members is not below 0.
    """

    rarity: Mapping[str, float]
    rarest: float
    plain: Mapping[str, float]
    semantic: Mapping[str, float]

    def traits(self, flagged: Flagged) -> Traits:
        """Read off what is compared."""
        signals = flagged.signals
        title = self._keep(stem_title(flagged.article.title))
        stems = title | self._keep(map(cut_stem, signals.words))
        return Traits(
            language=signals.language,
            title=title,
            stems=stems,
            numbers=frozenset(n for n in signals.numbers if not _YEAR.fullmatch(n)),
            # All articles of a topic may have its keyword: it tells none from another.
            concepts=frozenset(c for c in signals.concepts if not is_keyword(c)),
            vector=tuple(array("f", signals.vector)) if signals.vector else None,
            seen_at=flagged.article.seen_at,
            title_sum=self._sum(title),
            title_squares=self._square(title),
            squares=self._square(stems),
        )

    def find_keys(self, flagged: Flagged) -> frozenset[str]:
        """What an article on the same event probably has one of: rare words, figures, text bands.

        Two articles that share none are never compared; of those that do, the ones that share most.
        """
        traits, sketch = self.traits(flagged), flagged.signals.shingles
        bands = (sketch[at : at + BAND] for at in range(0, len(sketch), BAND))
        texts = {f"{n} {' '.join(map(str, band))}" for n, band in enumerate(bands)}
        return traits.stems | traits.numbers | texts

    def fit(self, flagged: Flagged, others: Sequence[Flagged]) -> Fit:
        """How likely it tells of the event that the others, one at least, tell of."""
        traits = self.traits(flagged)
        odds = [self.compare(traits, self.traits(other)) for other in others]
        mean = sum(max(-CERTAIN, min(one, CERTAIN)) for one in odds) / len(odds)
        nearest = max(odds)
        return Fit(mean, nearest, others[odds.index(nearest)].article.id)

    def compare(self, a: Traits, b: Traits) -> float:
        """Log-odds that both tell of one event."""
        measured = self.measure(a, b)
        weights = self.semantic if "meaning" in measured else self.plain
        return sum(weights[name] * value for name, value in measured.items()) + weights["bias"]

    def measure(self, a: Traits, b: Traits) -> dict[str, float]:
        """Name by name how alike they are; without "meaning" where one has no sentence vector."""
        # The geometric mean: a title of two words is in many a text, but not that text's in it.
        shared = math.sqrt(self._share(a, b.stems) * self._share(b, a.stems))
        apart = min(abs(a.seen_at - b.seen_at), LONGEST_WAIT)
        measured = {
            "words": self._cosine(a.stems & b.stems, a.squares * b.squares),
            "title": self._cosine(a.title & b.title, a.title_squares * b.title_squares),
            "title in text": shared,
            "numbers": float(min(len(a.numbers & b.numbers), MOST_NUMBERS)),
            "concepts": jaccard(a.concepts, b.concepts),
            "other language": float(a.language != b.language),
            "time": math.log1p(apart / timedelta(days=1)),
        }
        if a.vector and b.vector:
            measured["meaning"] = cosine(a.vector, b.vector)
        return measured

    def weigh(self, stem: str) -> float:
        """How much a stem says: the logarithm of how many texts there are to one that has it."""
        return self.rarity.get(stem, self.rarest)

    def _keep(self, stems: Iterable[str]) -> frozenset[str]:
        return frozenset(stem for stem in stems if self.weigh(stem) > 0)

    def _share(self, part: Traits, whole: frozenset[str]) -> float:
        return self._sum(part.title & whole) / part.title_sum if part.title_sum else 0.0

    def _cosine(self, shared: frozenset[str], squares: float) -> float:
        return self._square(shared) / math.sqrt(squares) if shared else 0.0

    def _sum(self, stems: frozenset[str]) -> float:
        return sum(map(self.weigh, stems))

    def _square(self, stems: frozenset[str]) -> float:
        return sum(self.weigh(stem) ** 2 for stem in stems)


def rank_alike(
    flagged: Flagged, others: Iterable[Flagged], likeness: Likeness
) -> Mapping[int, float]:
    """Of the others that are like it, by revision: the chance of one event, the likeliest first."""
    traits = likeness.traits(flagged)
    odds = {
        other.article.revision_id: likeness.compare(traits, likeness.traits(other))
        for other in others
    }
    ranked = sorted(odds, key=odds.__getitem__, reverse=True)
    return {id_: give_chance(odds[id_]) for id_ in ranked if odds[id_] >= ALIKE}


def give_chance(log_odds: float) -> float:
    """The probability that log-odds from `ALIKE` on stand for."""
    return 1 / (1 + math.exp(-log_odds))


def is_copy(a: Flagged, b: Flagged) -> bool:
    """Whether both carry one text, as outlets do that print the same wire report."""
    if a.article.fingerprint == b.article.fingerprint:
        return True
    one, other = a.signals.shingles, b.signals.shingles
    length = min(len(one), len(other))
    return bool(length) and sum(map(eq, one, other)) / length >= SAME_TEXT


def stem_title(title: str) -> Iterable[str]:
    """Give the stems of a title's words."""
    words = map(fold, _WORD.findall(title))
    return (cut_stem(word) for word in words if is_telling(word))


def cut_stem(word: str) -> str:
    """Keep of a folded word what is compared."""
    return word[:STEM]


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared part of the union; 0 for two empty sets."""
    union = a | b
    return len(a & b) / len(union) if union else 0.0


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Dot product of two unit-length vectors; 0 where their lengths differ.

    It is what their distance leaves of 1: |a - b|² = 2 - 2ab. Ten times as quick as a sum.
    """
    return 1 - math.dist(a, b) ** 2 / 2 if len(a) == len(b) else 0.0
