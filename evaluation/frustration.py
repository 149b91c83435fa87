"""The part of the report on frustration: positive is frustrated or angry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.deescalation.turn import LEVELS
from evaluation import metrics
from evaluation.held_out import FRUSTRATED, LANGUAGES, Text
from evaluation.intents import Rows
from evaluation.systems import OURS, Reading, System

MISTAKES = 30  # shown, worst first
POINTS = 200  # of a curve
LEAST = 10  # texts of a slice that is shown
LIKELY = 0.5  # probability from which a message counts as a complaint
ABOUT = {
    "frustration_precision": "share of what is heard as frustrated or angry that is",
    "frustration_recall": "share of frustrated and angry texts that are heard",
    "frustration_f1": "both in one number, at the published threshold",
    "frustration_auc": "chance that a frustrated text scores above one that is not",
    "frustration_ece": "how far the probability is from being true; lower is better",
    "complaint_f1": "a complaint, however calmly told, from a probability of 0.5 on",
    "complaint_auc": "chance that a complaint scores above what is none, by its own probability",
    "lookalikes_quiet": "share of calm look-alikes that raise no alarm",
    "calm_quiet": "share of all calm texts that raise no alarm",
    "level_accuracy": "share of texts with exactly the right level of four",
    "level_within_one": "share of texts at most one level off",
}


def section(systems: Sequence[System], rows: Rows) -> dict[str, Any]:
    """Return all that the report says about frustration on the project's held-out texts."""
    languages = [code for code in LANGUAGES if any(one.language == code for one in rows.texts)]
    parts = {code: rows.of(code) for code in languages}
    parts["all"] = rows
    return {
        "about": ABOUT,
        "texts": len(rows.texts),
        "languages": {code: _language(systems, part) for code, part in parts.items()},
        "slices": _slices(rows),
        "levels": {code: _levels(part) for code, part in parts.items()},
        "mistakes": _mistakes(rows),
    }


def real_section(systems: Sequence[System], real: dict[str, Rows]) -> dict[str, Any]:
    """Return the same numbers on texts that the project did not write."""
    return {
        name: {
            "texts": len(rows.texts),
            "positive": int(_truth(rows.texts).sum()),
            "systems": {
                one.name: measured(
                    {
                        **_binary(_truth(rows.texts), rows.found[one.name]),
                        **_complaint(rows.texts, rows.found[one.name]),
                    },
                    metrics.resampled(len(rows.texts)),
                )
                for one in systems
                if one.name in rows.found
            },
        }
        for name, rows in real.items()
    }


def measured(named: dict[str, metrics.Metric], weights: NDArray[Any]) -> dict[str, Any]:
    """Return each metric's value and interval, as JSON."""
    return {key: metrics.interval(one, weights).to_dict() for key, one in named.items()}


def _truth(texts: Sequence[Text]) -> NDArray[Any]:
    return np.array([bool(one.frustrated) for one in texts])


def _heard(readings: Sequence[Reading]) -> NDArray[Any]:
    return np.array([one.level in FRUSTRATED for one in readings])


def _scores(readings: Sequence[Reading]) -> NDArray[Any]:
    return np.array([one.probability for one in readings], dtype=float)


def _grades(levels: Sequence[str]) -> NDArray[Any]:
    return np.array([LEVELS.index(level) for level in levels])


def _binary(truth: NDArray[Any], readings: Sequence[Reading]) -> dict[str, metrics.Metric]:
    heard = _heard(readings)
    return {
        "frustration_precision": metrics.precision(truth, heard),
        "frustration_recall": metrics.recall(truth, heard),
        "frustration_f1": metrics.f1(truth, heard),
        "frustration_auc": metrics.roc_auc(truth, _scores(readings)),
    }


def _complaint(texts: Sequence[Text], readings: Sequence[Reading]) -> dict[str, metrics.Metric]:
    """Return the metrics on complaints, where all texts were judged for that."""
    if any(one.complaint is None for one in texts):
        return {}
    truth = np.array([bool(one.complaint) for one in texts])
    chances = np.array([one.complaint for one in readings], dtype=float)
    return {
        "complaint_f1": metrics.f1(truth, chances >= LIKELY),
        "complaint_auc": metrics.roc_auc(truth, chances),
    }


def _named(texts: Sequence[Text], readings: Sequence[Reading], system: System) -> dict[str, Any]:
    """Return the metrics of a system by name."""
    truth, heard = _truth(texts), _heard(readings)
    calm = np.array([one.level == "calm" for one in texts])
    alike = np.array([one.lookalike for one in texts]) & calm
    named = {
        **_binary(truth, readings),
        **_complaint(texts, readings),
        "lookalikes_quiet": metrics.share_of(~heard, alike),
        "calm_quiet": metrics.share_of(~heard, calm),
    }
    if system.calibrated:
        named["frustration_ece"] = metrics.ece(truth, _scores(readings))
    if system.levels:
        off = np.abs(
            _grades([one.level for one in readings]) - _grades([one.level for one in texts])
        )
        named["level_accuracy"] = metrics.share(off == 0)
        named["level_within_one"] = metrics.share(off <= 1)
    return named


def _language(systems: Sequence[System], rows: Rows) -> dict[str, Any]:
    weights = metrics.resampled(len(rows.texts))
    truth = _truth(rows.texts)
    known = [one for one in systems if one.name in rows.found]
    return {
        "texts": len(rows.texts),
        "positive": int(truth.sum()),
        "systems": {
            one.name: measured(_named(rows.texts, rows.found[one.name], one), weights)
            for one in known
        },
        "curves": {one.name: _curves(truth, _scores(rows.found[one.name])) for one in known},
        "reliability": {
            one.name: metrics.reliability(truth, _scores(rows.found[one.name]))
            for one in known
            if one.calibrated
        },
    }


def _curves(truth: NDArray[Any], scores: NDArray[Any]) -> dict[str, Any]:
    return {
        name: [_thinned(axis) for axis in curve(truth, scores)]
        for name, curve in (("roc", metrics.roc_curve), ("pr", metrics.pr_curve))
    }


def _thinned(values: NDArray[Any]) -> list[float]:
    kept = np.unique(np.linspace(0, len(values) - 1, min(POINTS, len(values))).astype(int))
    return [round(float(value), 4) for value in values[kept]]


def _slices(rows: Rows) -> list[dict[str, Any]]:
    """Return ours for every region, domain, style and language with enough texts."""
    members: dict[tuple[str, str], list[int]] = {}
    for row, one in enumerate(rows.texts):
        for pair in (("language", one.language), *one.slices):
            members.setdefault(pair, []).append(row)
    return [
        {"slice": kind, "value": value, **_slice(rows, found)}
        for (kind, value), found in sorted(members.items())
        if len(found) >= LEAST
    ]


def _slice(rows: Rows, kept: Sequence[int]) -> dict[str, Any]:
    texts = [rows.texts[row] for row in kept]
    readings = [rows.found[OURS][row] for row in kept]
    truth, heard = _truth(texts), _heard(readings)
    named = {
        **_binary(truth, readings),
        "accuracy": metrics.share(truth == heard),
        "quiet": metrics.share_of(~heard, ~truth),
    }
    numbers = measured(named, metrics.resampled(len(texts)))
    return {"texts": len(texts), "positive": int(truth.sum()), **numbers}


def _levels(rows: Rows) -> list[list[int]]:
    """Return the table of counts between levels: rows are what people say."""
    said = _grades([one.level for one in rows.texts])
    found = _grades([one.level for one in rows.found[OURS]])
    table: list[list[int]] = metrics.confusion(said, found, len(LEVELS)).tolist()
    return table


def _mistakes(rows: Rows) -> list[dict[str, Any]]:
    """Return the texts on the wrong side, the surest mistakes first."""
    wrong = [
        (abs(got.probability - float(bool(one.frustrated))), one, got)
        for one, got in zip(rows.texts, rows.found[OURS], strict=True)
        if (got.level in FRUSTRATED) != one.frustrated
    ]
    wrong.sort(key=lambda entry: -entry[0])
    return [
        {
            "text": one.text,
            "context": list(one.context),
            "language": one.language,
            "lookalike": one.lookalike,
            "expected": one.level,
            "got": got.level,
            "probability": round(got.probability, 3),
            "cues": sorted(set(got.cues)),
        }
        for _, one, got in wrong[:MISTAKES]
    ]
