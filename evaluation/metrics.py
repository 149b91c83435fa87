"""The maths of the report: plain numpy, every metric for many resamples at once.

Each metric takes ``weights``: one row a resample, one column a text, saying how often the text was
drawn. A row of ones gives the plain value, so value and bootstrap interval come from one formula.
A metric that is not defined for a row (no positive in it) is nan there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Metric = Callable[[Array], Array]

RESAMPLES = 1000
COVERAGE = 0.95  # of an interval
SEED = 20_260


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Return it as JSON; what is not defined is null."""
        names = ("value", "low", "high")
        return {name: finite(getattr(self, name)) for name in names}


def finite(value: float) -> float | None:
    """Return the number, rounded to 6 digits; None for nan."""
    return round(float(value), 6) if math.isfinite(value) else None


def resampled(texts: int, *, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Return how often each text is drawn in each resample: resamples x texts.

    Args:
        texts: How many there are, at least 1.
        resamples: Rows.
        seed: The same gives the same rows.
    """
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, texts, size=(resamples, texts))
    drawn += np.arange(resamples)[:, None] * texts
    counts = np.bincount(drawn.ravel(), minlength=resamples * texts)
    return counts.reshape(resamples, texts).astype(np.float64)


def interval(metric: Metric, weights: Array) -> Interval:
    """Return the value of a metric and its percentile interval over ``weights``.

    Resampling pushes some metrics one way (a calibration error up): the interval is widened to
    hold the value where it would not.
    """
    value = float(metric(np.ones((1, weights.shape[1])))[0])
    found = metric(weights)
    found = found[np.isfinite(found)]
    if not math.isfinite(value) or not len(found):
        return Interval(value, math.nan, math.nan)
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return Interval(value, min(float(low), value), max(float(high), value))


def _ratio(part: Array, whole: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def share(hits: Array) -> Metric:
    """Return the share of texts for which ``hits`` holds (accuracy, when hits are right ones)."""
    return lambda weights: _ratio(weights @ hits.astype(float), weights.sum(axis=1))


def share_of(hits: Array, among: Array) -> Metric:
    """Return the share of ``hits`` among the texts for which ``among`` holds."""
    both = (hits & among).astype(float)
    return lambda weights: _ratio(weights @ both, weights @ among.astype(float))


def precision(truth: Array, found: Array) -> Metric:
    """Return how often what was found is true."""
    return share_of(truth, found)


def recall(truth: Array, found: Array) -> Metric:
    """Return how much of what is true was found."""
    return share_of(found, truth)


def f1(truth: Array, found: Array) -> Metric:
    """Return the harmonic mean of precision and recall; 0 when nothing was found."""
    both, either = (truth & found).astype(float), truth.astype(float) + found
    return lambda weights: _ratio(2 * (weights @ both), weights @ either)


def macro_f1(truth: Array, found: Array, classes: int) -> Metric:
    """Return the mean F1 of the classes that occur in ``truth``, every class weighing the same.

    Args:
        truth: Number of the class of each text, from 0.
        found: The same as found; -1 is no class at all.
        classes: How many there are.
    """
    order = np.arange(classes)
    true, guessed = truth[:, None] == order, found[:, None] == order
    present = true.any(axis=0)
    both = (true & guessed)[:, present].astype(float)
    either = (true.astype(float) + guessed)[:, present]

    def metric(weights: Array) -> Array:
        scores = _ratio(2 * (weights @ both), weights @ either)
        drawn = np.isfinite(scores)
        return _ratio(np.where(drawn, scores, 0.0).sum(axis=1), drawn.sum(axis=1))

    return metric


def roc_auc(truth: Array, scores: Array) -> Metric:
    """Return the chance that a true text scores above a false one; ties count half."""
    order = np.argsort(scores, kind="stable")
    true = truth[order].astype(float)
    _, starts = np.unique(scores[order], return_index=True)

    def metric(weights: Array) -> Array:
        drawn = weights[:, order]
        positive = np.add.reduceat(drawn * true, starts, axis=1)
        negative = np.add.reduceat(drawn * (1 - true), starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative / 2
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        return _ratio((positive * below).sum(axis=1), pairs)

    return metric


def mean(values: Array) -> Metric:
    """Return the mean of a number of each text."""
    return lambda weights: _ratio(weights @ values.astype(float), weights.sum(axis=1))


def equal_mass(chances: Array, bins: int) -> Array:
    """Return the bin of each chance, from 0: as many texts in each, like chances together."""
    order = np.argsort(chances, kind="stable")
    values, first = np.unique(chances[order], return_index=True)
    places = first * bins // max(len(chances), 1)
    return np.asarray(places[np.searchsorted(values, chances)])


def ece(truth: Array, chances: Array, bins: int = 10) -> Metric:
    """Return the expected calibration error: how far chances are from shares, equal-mass bins.

    Args:
        truth: Whether it was so, for each text.
        chances: How likely it was said to be, in [0, 1].
        bins: Each with as many texts; fixed before resampling.
    """
    member = (equal_mass(chances, bins)[:, None] == np.arange(bins)).astype(float)
    gap = (chances - truth.astype(float))[:, None] * member
    return lambda weights: _ratio(np.abs(weights @ gap).sum(axis=1), weights.sum(axis=1))


def reliability(truth: Array, chances: Array, bins: int = 10) -> list[dict[str, float]]:
    """Return, for every equal-mass bin: mean chance said, share that was true, texts."""
    places = equal_mass(chances, bins)
    return [
        {
            "said": float(chances[places == one].mean()),
            "true": float(truth[places == one].mean()),
            "texts": int((places == one).sum()),
        }
        for one in np.unique(places)
    ]


def roc_curve(truth: Array, scores: Array) -> tuple[Array, Array]:
    """Return false positive rates and true positive rates, from the strictest threshold on."""
    hits, alarms = _cumulated(truth, scores)
    zero = np.zeros(1)
    return (
        np.concatenate([zero, alarms / max(alarms[-1], 1)]),
        np.concatenate([zero, hits / max(hits[-1], 1)]),
    )


def pr_curve(truth: Array, scores: Array) -> tuple[Array, Array]:
    """Return recalls and precisions, from the strictest threshold on."""
    hits, alarms = _cumulated(truth, scores)
    return hits / max(hits[-1], 1), hits / (hits + alarms)


def _cumulated(truth: Array, scores: Array) -> tuple[Array, Array]:
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(truth[order].astype(float))
    return hits[last], (last + 1) - hits[last]


def confusion(truth: Array, found: Array, classes: int) -> Array:
    """Return the table of counts: rows are the true classes; found ones outside are left out."""
    known = (found >= 0) & (found < classes)
    counts = np.bincount(truth[known] * classes + found[known], minlength=classes * classes)
    return counts.reshape(classes, classes)


def mcnemar(ours: Sequence[bool] | Array, theirs: Sequence[bool] | Array) -> dict[str, float]:
    """Compare two systems on the same texts (exact McNemar test, two-sided).

    Args:
        ours: Whether we were right, for each text.
        theirs: Whether they were.

    Returns:
        ``only_ours`` and ``only_theirs`` right, and ``p``: how likely so uneven a split is when
        both are equally good.
    """
    a, b = np.asarray(ours, dtype=bool), np.asarray(theirs, dtype=bool)
    wins, losses = int((a & ~b).sum()), int((b & ~a).sum())
    total, fewer = wins + losses, min(wins, losses)
    tail = sum(math.comb(total, i) for i in range(fewer + 1))
    return {"only_ours": wins, "only_theirs": losses, "p": min(1.0, 2 * tail / (1 << total))}
