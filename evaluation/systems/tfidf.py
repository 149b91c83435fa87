"""TF-IDF with logistic regression: the strong classic, on the same training data as ours."""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.deescalation.turn import LEVELS
from evaluation import metrics
from evaluation.held_out import FRUSTRATED, HeldOut, Text, Training
from evaluation.systems import Reading

STRENGTHS = (1.0, 3.0, 10.0)  # tried: inverse of the L2 penalty
POSITIVE = [LEVELS.index(level) for level in FRUSTRATED]


class TfIdf:
    """Word 1-2 grams and character 2-5 grams; C and threshold chosen on the development texts."""

    name = "tf-idf + logistic regression"
    intents = "all"
    frustration = True
    levels = True
    calibrated = True

    def __init__(
        self, training: Training, dev: HeldOut, strengths: Sequence[float] = STRENGTHS
    ) -> None:
        """Learn.

        Args:
            training: The same data that ours learns from.
            dev: Development texts, to choose on.
            strengths: Inverses of the L2 penalty that are tried, at least one.
        """
        said, wanted = [one.text for one in dev.intents], [one.intent for one in dev.intents]
        self._intents = _Regression([one.text for one in training.intents])
        intent_strength = self._intents.choose(
            [one.intent for one in training.intents],
            said,
            lambda found: float(np.mean(found.argmax_names() == np.array(wanted))),
            strengths,
        )
        truth = np.array([bool(one.frustrated) for one in dev.frustration])
        self._levels = _Regression([_together(one.text, one.context) for one in training.graded])
        graded = [str(LEVELS.index(one.level)) for one in training.graded]
        heard = [_together(one.text, one.context) for one in dev.frustration]
        level_strength = self._levels.choose(
            graded,
            heard,
            lambda found: _auc(truth, found.chances[:, POSITIVE].sum(axis=1)),
            strengths,
        )
        chances = self._levels.predict(heard).chances[:, POSITIVE].sum(axis=1)
        self._threshold = _best_threshold(truth, chances)
        alone = [one for one in training.graded if not one.context]
        wrong = np.array([bool(one.complaint) for one in dev.frustration])
        self._complaints = _Regression([one.text for one in alone])
        complaint_strength = self._complaints.choose(
            [str(int(one.complaint)) for one in alone],
            [one.text for one in dev.frustration],
            lambda found: _auc(wrong, found.chances[:, -1]),
            strengths,
        )
        tried = ", ".join(f"{one:g}" for one in strengths)
        self.about = (
            "Word 1-2 grams and character 2-5 grams on the same training data; on the development "
            f"texts the best of C {tried}: {intent_strength:g} for intents, {level_strength:g} for "
            f"frustration, threshold {self._threshold:.2f}, {complaint_strength:g} for complaints."
        )

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return what it makes of each text, in order."""
        intents = self._intents.predict([one.text for one in texts])
        levels = self._levels.predict([_together(one.text, one.context) for one in texts])
        wrong = self._complaints.predict([one.text for one in texts]).chances[:, -1]
        names = intents.argmax_names()
        confidences = intents.chances.max(axis=1)
        return [
            replace(self._reading(str(name), float(confidence), row), complaint=float(complaint))
            for name, confidence, row, complaint in zip(
                names, confidences, levels.chances, wrong, strict=True
            )
        ]

    def _reading(self, name: str, confidence: float, row: NDArray[Any]) -> Reading:
        probability = float(row[POSITIVE].sum())
        frustrated = probability >= self._threshold
        choice = [
            number for number in range(len(LEVELS)) if (number in POSITIVE) == bool(frustrated)
        ]
        level = LEVELS[max(choice, key=lambda number: row[number])]
        return Reading(name, name, confidence, probability, level)

    def latency(self, texts: Sequence[Text]) -> list[float]:
        """Return the milliseconds of reading each text alone, warm."""
        self.read(texts[:3])
        times = []
        for one in texts:
            start = time.perf_counter()
            self.read([one])
            times.append((time.perf_counter() - start) * 1000)
        return times

    def megabytes(self) -> float:
        """Return the size of both models, as they would be kept, in MB."""
        parts = (self._intents, self._levels, self._complaints)
        return sum(len(pickle.dumps(one.kept())) for one in parts) / 1e6


class _Found:
    """Chances of every class for some texts."""

    def __init__(self, chances: NDArray[Any], names: NDArray[Any]) -> None:
        self.chances = chances  # texts x classes
        self._names = names

    def argmax_names(self) -> NDArray[Any]:
        return np.asarray(self._names[self.chances.argmax(axis=1)])


class _Regression:
    """The features of some training texts, and a regression on them."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_union

        common = {"sublinear_tf": True, "min_df": 2, "strip_accents": "unicode"}
        self._features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), **common),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common),
        )
        self._rows = self._features.fit_transform(texts).astype(np.float64)
        self._model: Any = None

    def choose(
        self, targets: Sequence[str], dev: Sequence[str], worth: Any, strengths: Sequence[float]
    ) -> float:
        """Fit with each strength, keep the best on the development texts; return its strength."""
        best = (-np.inf, strengths[0], None)
        for strength in strengths:
            self._model = self._fit(targets, strength)
            found = (worth(self.predict(dev)), strength, self._model)
            best = max(best, found, key=lambda one: one[0])
        self._model = best[2]
        return float(best[1])

    def _fit(self, targets: Sequence[str], strength: float) -> Any:
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        one = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced")
        return OneVsRestClassifier(one, n_jobs=2).fit(self._rows, targets)

    def predict(self, texts: Sequence[str]) -> _Found:
        """Return the chances of every class for each text."""
        rows = self._features.transform(texts)
        return _Found(self._model.predict_proba(rows), self._model.classes_)

    def kept(self) -> Any:
        """Return what a served model would hold."""
        return self._features, self._model


def _together(text: str, context: Sequence[str]) -> str:
    return ". ".join([*context, text])


def _auc(truth: NDArray[Any], scores: NDArray[Any]) -> float:
    return float(metrics.roc_auc(truth, scores)(np.ones((1, len(truth))))[0])


def _best_threshold(truth: NDArray[Any], chances: NDArray[Any]) -> float:
    tried = np.linspace(0.05, 0.95, 91)
    ones = np.ones((1, len(truth)))
    worth = [metrics.f1(truth, chances >= cut)(ones)[0] for cut in tried]
    return float(tried[int(np.nanargmax(worth))])
