from datetime import date

import numpy as np
import pytest

from monitor.core.classifier import Topic
from monitor.core.model import Document
from monitor.learning.bench import (
    LEAST_BIN,
    bin_scores,
    draw_calibration,
    find_errors,
    keep_kinds,
    report,
    report_unseen,
)
from monitor.learning.corpus import Item
from monitor.learning.evaluate import Judged
from monitor.learning.train import Sample

TOPIC = Topic("t", {}, {}, 0.5, "v", prior={"CLAIM": 1.0})


def judged(score: float, label: int, *features: str, **item: object) -> Judged:
    known = {"language": "en", "published": date(2026, 1, 1)} | item
    wanted = Item(Document("A title", ""), labels={"t": label}, **known)  # type: ignore[arg-type]
    return Judged(Sample(wanted, dict.fromkeys(features, 1.0), np.ones(2, np.float32)), score)


ROWS = [
    *(judged(0.9, 2, language="de") for _ in range(8)),
    *(judged(0.2, 2, language="de") for _ in range(2)),
    *(judged(0.8, 2) for _ in range(10)),
    *(judged(0.1, 0, "c:CLAIM") for _ in range(9)),
    judged(0.7, 0, "c:CLAIM"),
    *(judged(0.1, 1) for _ in range(5)),
    judged(0.9, 0, background=True),
]


def figure(name: str, part: str) -> tuple[float, bool | None, str]:
    figures = {(f.measure, f.part): f for f in report({"t": ROWS}, [TOPIC], 1_000)}
    found = figures[name, part]
    return found.value, found.met, found.counts


@pytest.mark.parametrize(
    ("name", "part", "value", "met", "counts"),
    [
        # 18 found, 2 missed, 1 false; what a judge left open and background do not count.
        ("F1", "both topics", round(36 / 39, 3), False, "18 of 20 found, 1 false"),
        ("F1", "t", round(36 / 39, 3), True, "18 of 20 found, 1 false"),
        ("F1", "t, German", round(16 / 18, 3), None, "8 of 10 found, 0 false"),
        ("F1 German - English", "both topics", round(20 / 21 - 16 / 18, 3), False, ""),
        ("alerts per 1,000 background", "t", 1.0, True, "1 of 1000"),
        ("false per 100 near zeros", "t", 10.0, False, "1 of 10"),
    ],
)
def test_a_goal_stands_beside_its_figure(
    name: str, part: str, value: float, met: bool | None, counts: str
) -> None:
    assert figure(name, part) == (value, met, counts)


def test_titles_are_measured_by_their_own_labels_against_the_same_items_whole() -> None:
    rows = [
        judged(0.9, 2, id="a"),
        judged(0.9, 2, id="b"),
        judged(0.1, 2, id="not labelled again"),
        judged(0.9, 2, id="a", view=True),
        judged(0.9, 0, id="b", view=True),
    ]
    (fall,) = (f for f in report({"t": rows}, [TOPIC], 0) if f.measure == "F1 lost by title alone")
    assert fall.value == round(1 - 2 / 3, 3)
    assert fall.counts == "0.667 on 2 titles, 1.000 with their texts"


def test_an_interval_holds_its_figure_and_is_the_same_each_time() -> None:
    one, other = (report_unseen("held-out", {"t": ROWS}, 0.8)[0] for _ in range(2))
    assert one == other
    assert one.interval is not None
    assert one.interval[0] < one.value < one.interval[1]


def test_without_anything_wanted_there_is_no_interval() -> None:
    assert report_unseen("none", {"t": [judged(0.1, 0)]})[0].interval is None


def test_a_bin_has_enough_items_to_be_believed() -> None:
    rows = [judged(i / 100, 2 if i % 100 > 60 else 0) for i in range(100)]
    bins = bin_scores(rows, "t")
    assert sum(count for _, _, count in bins) == len(rows)
    assert min(count for _, _, count in bins) >= LEAST_BIN
    assert bins[0][1] == 0.0


def test_a_plot_has_a_dot_for_each_bin() -> None:
    drawn = draw_calibration({"t": [(0.1, 0.0, 20), (0.9, 1.0, 30)]})
    assert drawn.count("<circle") == 2
    assert drawn.startswith("<svg")


def test_errors_come_worst_first_with_what_went_wrong() -> None:
    rows = [judged(0.4, 2), judged(0.95, 0), judged(0.9, 2), judged(0.6, 1)]
    assert [(kind, score) for kind, score, *_ in find_errors(rows, "t")] == [
        ("false", 0.95),
        ("missed", 0.4),
    ]


def test_a_layer_can_be_left_out() -> None:
    (sample,) = keep_kinds([judged(0.5, 2, "c:A", "w:b", "p:A+B").sample], "cp")
    assert set(sample.features) == {"c:A", "p:A+B"}
