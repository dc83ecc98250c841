"""Logistic regression with a quadratic penalty, small: sparse features beside a dense part.

Newton's method with conjugate gradients for the step (Lin, Weng, Keerthi 2008, "Trust region
Newton method for large-scale logistic regression", with halving in place of the trust region).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]

NEWTON_STEPS = 30
GRADIENT_STEPS = 60
TOLERANCE = 1e-4
CALIBRATION_ROUNDS = 8


@dataclass(frozen=True)
class Matrix:
    """Rows of named features (n x columns, sparse) beside `dense` (n x m, m may be 0)."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats
    dense: NDArray[np.float32]
    width: int

    def times(self, weights: Floats) -> Floats:
        """Give one number per row: features, dense part and the bias (the last weight)."""
        products = self.values * weights[self.columns]
        sums = np.bincount(self.rows, weights=products, minlength=len(self.dense))
        dense: Floats = (self.dense @ weights[self.width : -1].astype(np.float32)).astype(float)
        total: Floats = sums + dense + weights[-1]
        return total

    def transposed_times(self, numbers: Floats) -> Floats:
        """Give one number per weight."""
        products = self.values * numbers[self.rows]
        sparse = np.bincount(self.columns, weights=products, minlength=self.width)
        dense = (numbers.astype(np.float32) @ self.dense).astype(float)
        return np.concatenate([sparse, dense, [numbers.sum()]])


@dataclass(frozen=True)
class Pull:
    """What pulls at the weights: the rows, and the way back to `centre`."""

    wanted: Floats
    importance: Floats
    ridge: Floats
    centre: Floats


def build_matrix(
    rows: Sequence[Mapping[str, float]],
    columns: Mapping[str, int],
    scales: Mapping[str, float],
    dense: NDArray[np.float32],
) -> Matrix:
    """Place features; a feature without a column is left out, a value is times its scale."""
    places = [
        (i, columns[name], value * scales[name])
        for i, features in enumerate(rows)
        for name, value in features.items()
        if name in columns
    ]
    table = np.array(places, dtype=float).reshape(-1, 3)
    return Matrix(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], dense, len(columns)
    )


@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def fit(
    matrix: Matrix,
    wanted: Floats,
    importance: Floats,
    penalty: float,
    centre: Floats | None = None,
) -> Floats:
    """Find the weights (columns, dense part, bias) with the least penalised log loss.

    `wanted` is 0 or 1 per row, `importance` how much a row counts; the bias is not penalised.
    `centre` is where the weights stay that no row moves (default: zero). One core does all sums:
    several would add in another order, and the last digits differ from machine to machine.
    """
    if centre is None:
        centre = np.zeros(matrix.width + matrix.dense.shape[1] + 1)
    weights = centre
    ridge = np.full(len(weights), penalty)
    ridge[-1] = 1e-6
    pull = Pull(wanted, importance, ridge, centre)
    loss = _loss(matrix, weights, pull)
    for _ in range(NEWTON_STEPS):
        chance = to_probability(matrix.times(weights))
        gradient = matrix.transposed_times(importance * (chance - wanted))
        gradient += ridge * (weights - centre)
        curvature = importance * chance * (1 - chance) + 1e-9
        step = _solve(matrix, curvature, ridge, -gradient)
        weights, previous = _descend(matrix, weights, step, pull), loss
        loss = _loss(matrix, weights, pull)
        if previous - loss < TOLERANCE:
            break
    return weights


def to_probability(log_odds: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -60, 60))))


def calibrate(log_odds: Floats, wanted: Floats, importance: Floats) -> tuple[float, float]:
    """Find (slope, shift) that turn held-out log-odds into honest ones (Platt 1999).

    A row counts the more the nearer it is to a chance of one half: a line through all rows follows
    the many clear ones, and is wrong where a verdict is decided.
    """
    row = np.arange(len(log_odds))
    matrix = Matrix(
        row, np.zeros(len(row), np.int64), log_odds, np.zeros((len(row), 0), np.float32), 1
    )
    nearness = np.ones(len(row))
    for _ in range(CALIBRATION_ROUNDS):
        slope, shift = fit(matrix, wanted, importance * nearness, 1e-3)
        chance = to_probability(log_odds * slope + shift)
        nearness = chance * (1 - chance)
    return float(slope), float(shift)


def _loss(matrix: Matrix, weights: Floats, pull: Pull) -> float:
    log_odds = matrix.times(weights)
    losses = np.logaddexp(0, log_odds) - pull.wanted * log_odds
    return float(pull.importance @ losses + 0.5 * pull.ridge @ (weights - pull.centre) ** 2)


def _solve(matrix: Matrix, curvature: Floats, ridge: Floats, target: Floats) -> Floats:
    """Solve Hessian * step = target by conjugate gradients, to a tenth of the target's length."""
    step = np.zeros_like(target)
    rest, direction = target.copy(), target.copy()
    size = rest @ rest
    goal = 0.01 * size
    for _ in range(GRADIENT_STEPS):
        if size <= goal:
            break
        bent = matrix.transposed_times(curvature * matrix.times(direction)) + ridge * direction
        length = size / (direction @ bent)
        step += length * direction
        rest -= length * bent
        size, previous = rest @ rest, size
        direction = rest + (size / previous) * direction
    return step


def _descend(matrix: Matrix, weights: Floats, step: Floats, pull: Pull) -> Floats:
    """Go along the step, halved until it helps."""
    before = _loss(matrix, weights, pull)
    for length in (0.5**halving for halving in range(10)):
        moved = weights + length * step
        if _loss(matrix, moved, pull) < before:
            return moved
    return weights
