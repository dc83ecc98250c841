from datetime import date
from pathlib import Path

import numpy as np
import pytest

from monitor.core.model import Document
from monitor.core.topic import read_topic
from monitor.errors import NotFound
from monitor.learning.corpus import Item, own_items, read_corpus
from monitor.learning.evaluate import GAP, Judged, calibrated, cells, measure
from monitor.learning.train import Sample, adjust, score, train, write_weights
from monitor.topics import load_topic

TOPIC = "t"


def sample(
    *features: str,
    label: int | None = None,
    outlet: str = "here",
    day: int = 1,
    background: bool = False,
    own: bool = False,
) -> Sample:
    labels = {} if label is None else {TOPIC: label}
    published = date.fromordinal(date(2026, 1, 1).toordinal() + day)
    item = Item(Document(""), "en", labels, outlet, published, background=background, own=own)
    return Sample(item, dict.fromkeys(features, 1.0), np.ones(2, np.float32))


SAMPLES = [sample("c:A", label=2) for _ in range(8)] + [sample("c:B", label=0) for _ in range(8)]


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (sample(label=2), True),
        (sample(label=0), False),
        (sample(label=1), None),
        (sample(), None),
        (sample(background=True), False),
    ],
)
def test_two_is_wanted_zero_is_not_one_is_open(item: Sample, wanted: bool | None) -> None:
    assert item.item.is_wanted(TOPIC) is wanted


def test_training_tells_the_wanted_from_the_rest() -> None:
    weights = train(SAMPLES, TOPIC, semantic=False)
    assert score(weights, sample("c:A")) > 0 > score(weights, sample("c:B"))
    assert len(weights.vector) == 0


def test_a_calibration_can_be_folded_into_the_weights() -> None:
    weights = train(SAMPLES, TOPIC, semantic=True)
    assert len(weights.vector) == 2
    plain = score(weights, sample("c:A"))
    assert score(adjust(weights, 2.0, -1.0), sample("c:A")) == pytest.approx(2 * plain - 1)


def test_the_same_samples_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        models = {"plain": train(SAMPLES, TOPIC, semantic=False)}
        write_weights(tmp_path / name, models)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_written_weights_are_read_back_as_a_topic(tmp_path: Path) -> None:
    import json  # noqa: PLC0415

    models = {"plain": train(SAMPLES, TOPIC, semantic=False)}
    version = write_weights(tmp_path / "w.json", models)
    content = {"name": TOPIC, "label": {}, "description": {}, "threshold": 0.5}
    topic = read_topic(content | json.loads((tmp_path / "w.json").read_text()))
    assert topic.version == version
    assert topic.plain is not None
    assert topic.plain.features["c:A"] == pytest.approx(models["plain"].features["c:A"], abs=1e-3)


def test_a_cell_shares_neither_outlet_nor_time_with_what_it_is_trained_on() -> None:
    samples = [
        sample(label=0, outlet=f"outlet{i % 7}.example", day=(i * 37) % 300) for i in range(300)
    ]
    judged = 0
    for cell, rest in cells([*samples, sample(own=True)]):
        judged += len(cell)
        assert not {s.item.outlet for s in cell} & {s.item.outlet for s in rest}
        days = {s.item.published.toordinal() for s in cell}
        near = {d + gap for d in days for gap in range(-GAP + 1, GAP)}
        assert not near & {s.item.published.toordinal() for s in rest if not s.item.own}
        assert any(s.item.own for s in rest)
    assert judged == len(samples)


def test_quality_counts_clear_labels_only() -> None:
    judged = [
        Judged(sample(label=2), 0.9),
        Judged(sample(label=2), 0.4),
        Judged(sample(label=0), 0.6),
        Judged(sample(label=0), 0.1),
        Judged(sample(label=1), 0.9),
    ]
    quality = measure(judged, TOPIC)
    assert (quality.wanted, quality.unwanted, quality.hits, quality.false_alerts) == (2, 2, 1, 1)
    assert (quality.precision, quality.recall, quality.f1) == (0.5, 0.5, 0.5)
    assert quality.average_precision == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_nothing_judged_has_no_average_precision() -> None:
    assert measure([], TOPIC).average_precision is None
    assert measure([], TOPIC).f1 == 0


def test_a_topics_own_texts_are_items() -> None:
    items = own_items(load_topic("ai-overbuild", trained=False))
    assert all(item.own for item in items)
    assert {item.is_wanted("ai-overbuild") for item in items} == {True, False}
    assert {item.is_wanted("microsoft-openai") for item in items} == {None}


def test_a_missing_corpus_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"labelled\.jsonl is missing"):
        read_corpus(tmp_path)


def test_texts_written_to_teach_do_not_make_a_topic_seem_common() -> None:
    odds = [(sample(label=2 if i % 2 else 0), float(i % 2 * 4 - 2 + i % 5 - 2)) for i in range(400)]
    plain, _ = calibrated(odds, TOPIC)
    rare, _ = calibrated(odds, TOPIC, share=0.05)
    assert sum(j.score for j in plain) / 400 == pytest.approx(0.5, abs=0.05)
    wanted = [j.score for j in rare if j.sample.item.is_wanted(TOPIC)]
    other = [j.score for j in rare if not j.sample.item.is_wanted(TOPIC)]
    mean = 0.05 * sum(wanted) / len(wanted) + 0.95 * sum(other) / len(other)
    assert mean == pytest.approx(0.05, abs=0.02)
