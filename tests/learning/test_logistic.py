import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from monitor.learning.logistic import build_matrix, calibrate, fit, to_probability

NO_VECTORS = np.zeros((2, 0), "f4")


def test_named_features_separate_what_they_mark() -> None:
    rows = [{"a": 1.0}, {"a": 1.0}, {"b": 1.0}, {"unknown": 1.0}]
    matrix = build_matrix(rows, {"a": 0, "b": 1}, {"a": 1.0, "b": 1.0}, np.zeros((4, 0), "f4"))
    weights = fit(matrix, np.array([1.0, 1, 0, 0]), np.ones(4), 0.1)
    assert weights[0] > 1
    assert weights[1] < 0


def test_the_gradient_vanishes_at_the_weights_found() -> None:
    random = np.random.default_rng(7)
    dense = random.normal(size=(200, 3)).astype("f4")
    wanted = (dense @ [2.0, -1.0, 0.0] + random.normal(size=200) > 0).astype(float)
    matrix = build_matrix([{}] * 200, {}, {}, dense)
    weights = fit(matrix, wanted, np.ones(200), 0.5)
    slope = matrix.transposed_times(to_probability(matrix.times(weights)) - wanted)
    assert slope[:-1] + 0.5 * weights[:-1] == pytest.approx(0, abs=0.05)
    assert slope[-1] == pytest.approx(0, abs=0.05)


def test_important_rows_pull_more() -> None:
    matrix = build_matrix([{}, {}], {}, {}, np.zeros((2, 0), "f4"))
    (bias,) = fit(matrix, np.array([1.0, 0]), np.array([3.0, 1.0]), 1.0)
    assert to_probability(np.array([bias]))[0] == pytest.approx(0.75, abs=1e-3)


def test_calibration_makes_scores_honest() -> None:
    random = np.random.default_rng(7)
    truth = random.normal(size=20_000) * 2
    wanted = (random.random(20_000) < to_probability(truth)).astype(float)
    slope, shift = calibrate((truth - 1) * 4, wanted, np.ones(20_000))
    assert slope == pytest.approx(0.25, abs=0.02)
    assert shift == pytest.approx(1.0, abs=0.1)


def test_weights_that_no_row_moves_stay_at_their_centre() -> None:
    rows = [{"a": 1.0}, {"b": 1.0}]
    matrix = build_matrix(rows, {"a": 0, "b": 1, "c": 2}, dict.fromkeys("abc", 1.0), NO_VECTORS)
    centre = np.array([2.0, -2.0, 5.0, 0.0])
    weights = fit(matrix, np.array([0.0, 0.0]), np.ones(2), 1.0, centre)
    assert weights[0] < 2.0
    assert weights[2] == 5.0


def test_the_weights_are_the_same_to_the_last_bit_whatever_the_cores() -> None:
    random = np.random.default_rng(7)
    dense = random.normal(size=(9_761, 512)).astype("f4")
    wanted = (dense[:, 0] + random.normal(size=9_761) > 0).astype(float)
    matrix = build_matrix([{}] * 9_761, {}, {}, dense)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(fit(matrix, wanted, np.ones(9_761), 0.5))
    assert found[0].tobytes() == found[1].tobytes()
