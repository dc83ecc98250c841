"""Measures topics of one's own on the invented ones beside this file.

    python -m tests.learning.measure_topics [../shared/corpus/background.jsonl]

Each topic is made of one article and hidden (36 wanted, 24 near misses, several languages) among
other background texts than those it is made on. Then five rounds: the two best that nobody has
judged are labelled by their truth, and it learns. Printed: the average precision over what is not
labelled, before and after each round.
"""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from monitor.core.classifier import Weights
from monitor.core.model import Analysis, Document
from monitor.learning.background import Background, Text, make_text
from monitor.learning.exemplar import score_texts
from monitor.learning.labels import Judged, learn
from monitor.learning.local import analyze_all, encoder_available
from monitor.learning.own import Found, Shelf, make_models, read_examples
from monitor.topics import load_concepts

TOPICS = Path(__file__).parent / "topics"
BACKGROUND = Path("../shared/corpus/background.jsonl")
ROUNDS = 5
PER_ROUND = 2


@dataclass(frozen=True)
class Hidden:
    """A topic's article and items, among others that are not wanted."""

    exemplar: Found
    texts: tuple[Text, ...]
    wanted: np.ndarray


def read_background(file: Path, count: int) -> list[Document]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    random.Random(7).shuffle(rows)  # noqa: S311 - not a secret
    return [Document(r["title"] or "", r["summary"] or "", r["lang"]) for r in rows[:count]]


def analyse(documents: Sequence[Document], *, encode: bool) -> list[Found]:
    analyses = analyze_all(documents, load_concepts(), encode=encode)
    pairs = zip(documents, analyses, strict=True)
    return [Found(document, a) for document, a in pairs if isinstance(a, Analysis)]


def hide(topic: Path, among: Sequence[Found], *, encode: bool) -> Hidden:
    title, _, rest = next(topic.glob("exemplar.*")).read_text("utf-8").partition("\n")
    (exemplar,) = read_examples([Document(title, rest)], load_concepts(), encode=encode)
    rows = [json.loads(line) for line in (topic / "items.jsonl").read_text("utf-8").splitlines()]
    items = analyse([Document(r["title"], r["text"], r["lang"]) for r in rows], encode=encode)
    texts = tuple(make_text(found.document, found.analysis) for found in (*among, *items))
    return Hidden(exemplar, texts, np.array([False] * len(among) + [r["wanted"] for r in rows]))


def average_precision(scores: np.ndarray, wanted: np.ndarray) -> float:
    hits = wanted[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def learn_in_rounds(hidden: Hidden, weights: Weights, background: Background) -> list[float]:
    """The average precision before any label, and after each round over what is unlabelled."""
    start, judged, figures = weights, [], []
    left = np.ones(len(hidden.texts), bool)
    given = Judged(make_text(hidden.exemplar.document, hidden.exemplar.analysis), wanted=True)
    for number in range(ROUNDS + 1):
        scores = score_texts(weights, hidden.texts)
        figures.append(average_precision(scores[left], hidden.wanted[left]))
        if number < ROUNDS:
            best = [i for i in np.argsort(-scores, kind="stable") if left[i]][:PER_ROUND]
            left[best] = False
            judged += [Judged(hidden.texts[i], bool(hidden.wanted[i])) for i in best]
            weights = learn(start, [given, *judged], background)
    return figures


def without_vector(found: Found) -> Found:
    signals = replace(found.analysis.signals, vector=None)
    return replace(found, analysis=replace(found.analysis, signals=signals))


def main(file: Path, archive: int = 5_000, among: int = 5_000) -> None:
    encode = encoder_available()
    found = analyse(read_background(file, archive + among), encode=encode)
    for kind in ("semantic", "plain") if encode else ("plain",):
        if kind == "plain":
            found = [without_vector(one) for one in found]
        shelf = Shelf(tuple(found[:archive]))
        for topic in sorted(path for path in TOPICS.iterdir() if path.is_dir()):
            hidden = hide(topic, found[archive:], encode=kind == "semantic")
            weights = make_models(topic.name, [(hidden.exemplar, True)], shelf)[kind]
            flagged = score_texts(weights, hidden.texts) > 0
            figures = learn_in_rounds(hidden, weights, shelf.background())
            print(  # noqa: T201 - a command
                f"{kind} {topic.name}: " + " ".join(f"{figure:.2f}" for figure in figures),
                f"; flagged before any label: {flagged[hidden.wanted].mean():.2f} of the wanted,"
                f" {1_000 * flagged[:among].mean():.1f} of 1,000 background texts",
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BACKGROUND)
