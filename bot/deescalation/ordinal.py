"""Ordinal logistic regression: one regression for every step from a grade to the next.

Plain arithmetic on arrays, used by :mod:`bot.deescalation.frustration`. Grades are whole numbers
from 0; a grade has reached the steps 1 to itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.deescalation.turn import LEVELS

Array = NDArray[Any]

STEPS = len(LEVELS) - 1  # one for each level above the lowest
WEIGHTS = np.array([1.0, 8.0, 4.0]) / 13.0
"""How much each step counts: the middle one is what is asked.

The middle step alone ranks the development texts as well, and other people's tweets less well,
whose writers are angry rather than annoyed.
"""
SOFTENING = 2.0
"""Divisor of the steps' logits before they are averaged; the calibration comes after it.

Meaning, words and earlier messages are added up, each as if it were alone, which is twice too sure:
with 1, what is surely annoyed outweighs the step that is asked. Of 1, 1.5, 2 and 3 with the weights
above: area under the curve on the development texts 0.965, 0.968, 0.969, 0.969; best F1 for
frustrated or angry 0.908, 0.908, 0.908, 0.902.
"""
SUREST = 0.002  # least chance of error that a few hundred texts can show
FOLDS = 5  # parts of the training data that are held out in turn to find the cuts


def sigmoid(values: Array) -> Array:
    """Return the logistic function, for values of any size."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def logistic(features: Array, target: Array, penalty: float) -> Array:
    """Return the weights of a logistic regression (Newton's method; the last is the intercept).

    Args:
        features: Rows of features, the last one always 1.
        target: True or False for each row.
        penalty: L2 penalty of all weights but the intercept, above 0.
    """
    weights = np.zeros(features.shape[1])
    penalties = np.full(features.shape[1], penalty)
    penalties[-1] = 1e-6
    for _ in range(50):
        chance = sigmoid(features @ weights)
        slope = features.T @ (chance - target) + penalties * weights
        spread = np.maximum(chance * (1 - chance), 1e-6)
        curve = (features * spread[:, None]).T @ features + np.diag(penalties)
        change = np.linalg.solve(curve, slope)
        weights = weights - change
        if np.abs(change).max() < 1e-6:
            break
    return weights


def reached_steps(grades: Array) -> Array:
    """Return which steps each grade has reached: messages x steps of True and False."""
    return grades[:, None] >= np.arange(1, STEPS + 1)


def fit_steps(features: Array, grades: Array, penalty: float) -> Array:
    """Return the weights of the regressions: steps x features."""
    return np.stack([logistic(features, reached, penalty) for reached in reached_steps(grades).T])


def mean_chance(logits: Array) -> Array:
    """Return the weighted mean of the steps' chances; a higher one is never more likely."""
    ordered = np.minimum.accumulate(logits, axis=-1)
    return np.asarray(sigmoid(ordered / SOFTENING) @ WEIGHTS)


def log_odds(chances: Array) -> Array:
    """Return the logarithm of the odds, bounded so that it stays finite."""
    bounded = np.clip(chances, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(bounded / (1.0 - bounded)))


def calibrate(means: Array, reached: Array) -> tuple[float, float]:
    """Return slope and offset that make log odds true (Platt, 1999).

    Args:
        means: Chances to be calibrated, in [0, 1].
        reached: Whether it was so, for each.
    """
    features = np.stack([log_odds(means), np.ones(len(means))], axis=1)
    slope, offset = logistic(features, reached, 1.0)
    return max(float(slope), 1e-3), float(offset)


def true_shares(chances: Array, reached: Array) -> Array:
    """Return a curve that makes chances true whatever their shape: two rows, from and to.

    Isotonic regression (Zadrozny and Elkan, 2002), joined between the middles of its steps: it
    grows everywhere, so no two messages change places. The weighted mean dwells near one and five
    sixths, which no slope and offset can mend.

    Args:
        chances: In [0, 1]; at least one.
        reached: Whether it was so, for each.
    """
    order = np.argsort(chances, kind="stable")
    steps: list[tuple[float, float, int]] = []  # sum of chances, sum of what was so, how many
    for chance, so in zip(chances[order].tolist(), reached[order].tolist(), strict=True):
        steps.append((chance, float(so), 1))
        while len(steps) > 1 and _share(steps[-2]) >= _share(steps[-1]):
            one, other = steps.pop(), steps.pop()
            steps.append((one[0] + other[0], one[1] + other[1], one[2] + other[2]))
    middles = np.array([total / count for total, _, count in steps])
    shares = np.clip([_share(one) for one in steps], SUREST, 1.0 - SUREST)
    inside = (middles > SUREST / 2) & (middles < 1.0 - SUREST / 2)
    return np.array([[0.0, *middles[inside], 1.0], [0.0, *shares[inside], 1.0]])


def _share(step: tuple[float, float, int]) -> float:
    return step[1] / step[2]


def held_out(features: Array, grades: Array, penalty: float) -> Array:
    """Return the weighted mean of every message, by a model that did not see it."""
    found = np.zeros(len(grades))
    fold = np.zeros(len(grades), dtype=int)
    for grade in np.unique(grades):
        rows = np.flatnonzero(grades == grade)
        fold[rows] = np.arange(len(rows)) % FOLDS
    for number in range(FOLDS):
        seen = fold != number
        if seen.all():
            continue
        weights = fit_steps(features[seen], grades[seen], penalty)
        found[~seen] = mean_chance(features[~seen] @ weights.T)
    return found


def find_cuts(means: Array, grades: Array) -> Array:
    """Return where to cut between levels so that they are missed by the fewest steps.

    Every level weighs the same, however many examples of it happen to be in the data. The middle
    of all cuts that are about as good is taken: it depends less on single examples.
    """
    weights = 1.0 / np.bincount(grades)[grades]
    tried = np.linspace(0.02, 0.98, 193)
    cuts = []
    for reached in reached_steps(grades).T:
        wrong = (means[:, None] >= tried) != reached[:, None]
        cost = weights @ wrong
        cuts.append(float(np.median(tried[cost <= cost.min() + 0.03])))
    return np.maximum.accumulate(np.array(cuts) + np.arange(STEPS) * 1e-3)
