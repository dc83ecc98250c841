"""The measuring bench: what the shipped topics should reach, and what they do reach.

Labelled items are judged by models that saw neither their outlet nor their event
(`evaluate.cells`); what was never trained on (other languages, the held-out set of our own) by the
shipped weights.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from monitor.core.classifier import Topic
from monitor.learning.corpus import Item
from monitor.learning.evaluate import (
    Judged,
    Quality,
    calibrated,
    cross_score,
    measure,
)
from monitor.learning.logistic import to_probability
from monitor.learning.train import Sample, score

THRESHOLD = 0.5
LEAST_BIN = 20
BINS = 10
RESAMPLES = 1_000
SHORT_TEXT = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, `met` None where it has no goal. `interval` is the middle 95 %."""

    measure: str
    part: str
    value: float
    goal: str = ""
    met: bool | None = None
    interval: tuple[float, float] | None = None
    counts: str = ""

    def to_row(self) -> dict[str, object]:
        """A row for a table or JSON."""
        return asdict(self)


def judge_apart(
    samples: Sequence[Sample],
    topic: Topic,
    *,
    semantic: bool,
    views: Mapping[str, Sample],
) -> list[Judged]:
    """Judge every corpus item, and its views, by a model that saw nothing like it."""
    scored = cross_score(samples, topic.name, semantic=semantic, prior=topic.prior, views=views)
    return calibrated(scored, topic.name)[0]


def judge_unseen(samples: Sequence[Sample], topic: Topic, *, semantic: bool) -> list[Judged]:
    """Judge items that nothing was trained on by the shipped weights."""
    weights = topic.semantic if semantic else topic.plain
    if weights is None:
        raise ValueError(f"{topic.name}: has no trained weights")
    odds = np.array([score(weights, sample) for sample in samples])
    return [Judged(s, float(p)) for s, p in zip(samples, to_probability(odds), strict=True)]


def report(
    judged: Mapping[str, Sequence[Judged]], topics: Sequence[Topic], background: int
) -> list[Figure]:
    """Give all figures of items judged apart, by topic and for all topics together.

    `background` is how many background items there are, near and far.
    """
    whole = {name: [j for j in rows if not j.sample.item.view] for name, rows in judged.items()}
    titles = {name: [j for j in rows if j.sample.item.view] for name, rows in judged.items()}
    figures = [_f1("F1", "both topics", whole, 0.93)]
    figures += [_f1("F1", name, {name: rows}, 0.90) for name, rows in whole.items()]
    for part, belongs in _PARTS.items():
        chosen = {n: [j for j in rows if belongs(j.sample.item)] for n, rows in whole.items()}
        figures += [_f1("F1", f"both topics, {part}", chosen)]
        figures += [_f1("F1", f"{name}, {part}", {name: rows}) for name, rows in chosen.items()]
    figures += [_difference_of_languages(whole), _fall_of_titles(whole, titles)]
    for topic in topics:
        rows = whole[topic.name]
        figures += [
            _alerts(rows, topic, background),
            _near(rows, topic),
            _gap(rows, topic),
            _order(rows, topic),
        ]
    return figures


def report_unseen(
    part: str, judged: Mapping[str, Sequence[Judged]], goal: float | None = None
) -> list[Figure]:
    """Give the figures of items judged by the shipped weights."""
    figures = [_f1("F1", f"{part}, both topics", judged, goal)]
    return figures + [_f1("F1", f"{part}, {n}", {n: rows}) for n, rows in judged.items()]


def find_errors(judged: Iterable[Judged], topic: str) -> list[tuple[str, float, str, str]]:
    """Give (kind of error, score, language, title) of what was judged wrong, worst first."""
    wrong = [
        ("missed" if j.sample.item.is_wanted(topic) else "false", j)
        for j in judged
        if not j.sample.item.view and j.sample.item.is_wanted(topic) is (j.score < THRESHOLD)
    ]
    rows = sorted(wrong, key=lambda row: -abs(row[1].score - THRESHOLD))
    return [
        (kind, j.score, j.sample.item.language, j.sample.item.document.title) for kind, j in rows
    ]


def bin_scores(judged: Sequence[Judged], topic: str) -> list[tuple[float, float, int]]:
    """Give (mean score, share of wanted, items) of bins of at least `LEAST_BIN` labelled items.

    Tenths of the scale; one with too few items is taken together with the next.
    """
    known = sorted(_pairs({topic: [j for j in judged if not j.sample.item.background]}))
    bins: list[list[tuple[float, bool]]] = [[]]
    for pair in known:
        full = len(bins[-1]) >= LEAST_BIN
        if full and int(pair[0] * BINS) > int(bins[-1][0][0] * BINS):
            bins.append([])
        bins[-1].append(pair)
    if len(bins) > 1 and len(bins[-1]) < LEAST_BIN:
        bins[-2:] = [bins[-2] + bins[-1]]
    return [
        (sum(s for s, _ in b) / len(b), sum(w for _, w in b) / len(b), len(b)) for b in bins if b
    ]


_FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420" font-family="sans-serif"
 font-size="12"><rect width="420" height="420" fill="white"/>
<path d="M40 380H400M40 380V20" stroke="#666" fill="none"/>
<path d="M40 380L400 20" stroke="#bbb" stroke-dasharray="4"/>
<text x="220" y="412" text-anchor="middle">score</text>
<text x="14" y="200" transform="rotate(-90 14 200)" text-anchor="middle">share of wanted</text>
"""


def draw_calibration(bins: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """Draw score against share of wanted as an SVG of 420 by 420, a dot for each bin."""
    colours = ("#1f6feb", "#b35900", "#1a7f37", "#8250df")
    parts = [_FRAME]
    for at, (name, rows) in enumerate(bins.items()):
        colour = colours[at % len(colours)]
        parts.append(f'<text x="50" y="{32 + 16 * at}" fill="{colour}">{name}</text>')
        parts += [
            f'<circle cx="{40 + 360 * s:.1f}" cy="{380 - 360 * w:.1f}"'
            f' r="{2 + math.sqrt(n) / 6:.1f}" fill="{colour}" fill-opacity="0.6"/>'
            for s, w, n in rows
        ]
    return "".join([*parts, "</svg>\n"])


def _is_short(item: Item) -> bool:
    return len(item.document.text) < SHORT_TEXT


_PARTS: Mapping[str, Callable[[Item], bool]] = {
    "outlets' own words": lambda item: item.original,
    "German": lambda item: item.language == "de",
    "English": lambda item: item.language == "en",
    "short texts": _is_short,
    "long texts": lambda item: not _is_short(item),
}


def _pairs(judged: Mapping[str, Sequence[Judged]]) -> list[tuple[float, bool]]:
    """Give (score, wanted) of every clear label that is not background."""
    return [
        (j.score, bool(j.sample.item.is_wanted(topic)))
        for topic, rows in judged.items()
        for j in rows
        if not j.sample.item.background and j.sample.item.is_wanted(topic) is not None
    ]


def _count(pairs: Sequence[tuple[float, bool]]) -> Quality:
    hits = sum(w and s >= THRESHOLD for s, w in pairs)
    wanted = sum(w for _, w in pairs)
    flagged = sum(s >= THRESHOLD for s, _ in pairs)
    return Quality(wanted, len(pairs) - wanted, hits, flagged - hits, None)


def _f1(
    measure: str, part: str, judged: Mapping[str, Sequence[Judged]], goal: float | None = None
) -> Figure:
    quality = _count(pairs := _pairs(judged))
    counts = f"{quality.hits} of {quality.wanted} found, {quality.false_alerts} false"
    return Figure(
        measure,
        part,
        round(quality.f1, 3),
        "" if goal is None else f">= {goal:.2f}",
        None if goal is None else quality.f1 >= goal,
        _interval(pairs),
        counts,
    )


def _interval(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float] | None:
    """The middle 95 % of F1 over items drawn again with replacement (Efron 1979)."""
    if not any(wanted for _, wanted in pairs):
        return None
    table = np.array([(s >= THRESHOLD, w) for s, w in pairs])
    flagged, wanted = table[:, 0], table[:, 1]
    draws = np.random.default_rng(0).integers(0, len(pairs), (RESAMPLES, len(pairs)))
    hits = (flagged & wanted)[draws].sum(axis=1)
    total = flagged[draws].sum(axis=1) + wanted[draws].sum(axis=1)
    low, high = np.quantile(2 * hits / np.maximum(total, 1), (0.025, 0.975))
    return round(float(low), 3), round(float(high), 3)


def _at_most(measure: str, part: str, value: float, limit: float, counts: str = "") -> Figure:
    return Figure(measure, part, round(value, 3), f"<= {limit:g}", value <= limit, None, counts)


def _difference_of_languages(judged: Mapping[str, Sequence[Judged]]) -> Figure:
    german, english = (
        _count(
            _pairs({n: [j for j in r if j.sample.item.language == c] for n, r in judged.items()})
        ).f1
        for c in ("de", "en")
    )
    return _at_most("F1 German - English", "both topics", abs(german - english), 0.05)


def _fall_of_titles(
    whole: Mapping[str, Sequence[Judged]], titles: Mapping[str, Sequence[Judged]]
) -> Figure:
    """Compare titles, by their own labels, with the same items read whole."""
    seen = {j.sample.item.id for rows in titles.values() for j in rows}
    same = {n: [j for j in rows if j.sample.item.id in seen] for n, rows in whole.items()}
    alone, with_text = _count(_pairs(titles)).f1, _count(_pairs(same)).f1
    counts = f"{alone:.3f} on {len(seen)} titles, {with_text:.3f} with their texts"
    return _at_most("F1 lost by title alone", "both topics", with_text - alone, 0.10, counts)


def _alerts(judged: Sequence[Judged], topic: Topic, size: int) -> Figure:
    """Background flagged wrongly, of all of it; what names no concept of a topic never is."""
    false = sum(
        j.score >= THRESHOLD
        for j in judged
        if j.sample.item.background and j.sample.item.is_wanted(topic.name) is False
    )
    rate = 1_000 * false / max(size, 1)
    return _at_most("alerts per 1,000 background", topic.name, rate, 1, f"{false} of {size}")


def _near(judged: Sequence[Judged], topic: Topic) -> Figure:
    """False alerts among the labelled 0s that name one of the topic's claims."""
    names = {f"c:{concept}" for concept in topic.prior}
    near = [
        j
        for j in judged
        if not j.sample.item.background
        and j.sample.item.is_wanted(topic.name) is False
        and names & j.sample.features.keys()
    ]
    false = sum(j.score >= THRESHOLD for j in near)
    rate = 100 * false / max(len(near), 1)
    return _at_most("false per 100 near zeros", topic.name, rate, 3, f"{false} of {len(near)}")


def _gap(judged: Sequence[Judged], topic: Topic) -> Figure:
    bins = bin_scores(judged, topic.name)
    gap = max((abs(score - wanted) for score, wanted, _ in bins), default=0.0)
    return _at_most("calibration, largest gap", topic.name, gap, 0.15, f"{len(bins)} bins")


def _order(judged: Sequence[Judged], topic: Topic) -> Figure:
    labelled = [j for j in judged if not j.sample.item.background]
    precise = measure(labelled, topic.name).average_precision or 0.0
    return Figure("average precision", topic.name, round(precise, 3))


ABLATIONS: Mapping[str, tuple[str, bool]] = {
    "concepts alone": ("ctp", False),
    "words alone": ("w", False),
    "encoder alone": ("", True),
    "concepts and words": ("ctpw", False),
    "concepts and encoder": ("ctp", True),
    "all": ("ctpw", True),
}


def keep_kinds(samples: Iterable[Sample], kinds: str) -> list[Sample]:
    """Leave out all features but those whose kind (their first letter) is among `kinds`."""
    return [
        replace(s, features={n: v for n, v in s.features.items() if n[0] in kinds}) for s in samples
    ]
