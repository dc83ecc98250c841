"""How good the shipped topics must stay: floors a little under what was measured.

On the labelled corpus, where it is there, by models that saw neither an item's outlet nor its
event, without the encoder (with it this takes minutes: `make eval`); everywhere on texts of our
own that nothing was trained on.
"""

from pathlib import Path

import pytest

from monitor.learning.bench import Figure, judge_apart, judge_unseen, report, report_unseen
from monitor.learning.corpus import hash_corpus, read_items
from monitor.learning.local import encoder_available
from monitor.learning.prepare import make_samples, read_training_items
from monitor.topics import NAMES, load_concepts, load_topic, load_topics

CORPUS = Path(__file__).parents[3] / "shared/corpus"
MEASURED_ON = "560ad0d4d0cd22abfc6b5771d31c801b339fdbae9dfd74c1e6ad51541b824fc5"

FLOORS = {
    ("held-out", False): 0.74,
    ("held-out", True): 0.84,
    ("languages", False): 0.53,
    ("languages", True): 0.82,
}


def by_part(figures: list[Figure]) -> dict[str, float]:
    return {figure.part: figure.value for figure in figures if figure.measure == "F1"}


@pytest.mark.parametrize("semantic", [False, True])
@pytest.mark.parametrize("part", ["held-out", "languages"])
def test_texts_that_nothing_was_trained_on(part: str, semantic: bool) -> None:
    if semantic and not encoder_available():
        pytest.skip("the semantic extra is missing")
    samples = list(make_samples(read_items(part), load_concepts(), encode=semantic))
    judged = {t.name: judge_unseen(samples, t, semantic=semantic) for t in load_topics()}
    found = by_part(report_unseen(part, judged))
    floor = FLOORS[part, semantic]
    assert found[f"{part}, both topics"] >= floor


@pytest.mark.skipif(not CORPUS.exists(), reason=f"needs the items in {CORPUS}, which are not there")
def test_labelled_items_by_models_that_saw_nothing_like_them() -> None:
    assert hash_corpus(CORPUS) == MEASURED_ON, "another corpus: measure anew, then set the floors"
    topics = [load_topic(name, trained=False) for name in NAMES]
    items = read_training_items(CORPUS, topics, load_concepts())
    samples = list(make_samples(items, load_concepts(), encode=False))
    judged = {t.name: judge_apart(samples, t, semantic=False, views={}) for t in topics}
    figures = report(judged, topics, background=16_400)
    found = by_part(figures)
    floors = {"both topics": 0.80, "microsoft-openai": 0.87, "ai-overbuild": 0.76}
    assert not {n: (found[n], floor) for n, floor in floors.items() if found[n] < floor}
    alerts = [f for f in figures if f.measure == "alerts per 1,000 background"]
    assert all(figure.met for figure in alerts)
