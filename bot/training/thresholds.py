"""``remanso find-threshold``: where levels begin and what is sure enough, from development texts.

A model scores the development texts; each threshold of ``config.yml`` is put where it serves best:

* a level of frustration begins where it is confused least with the one below, every level weighing
  the same; *frustrated*, from which the bot acts, in the middle of the cuts whose F1 is at most
  :data:`ALIKE` below the best, among those that call at most :data:`ALARMS` of the calm texts so;
* an intent is a guess below the lowest confidence from which being right wins more than being wrong
  loses, but for :data:`NEAR`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.deescalation.ordinal import find_cuts
from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError
from bot.nlu import development
from bot.settings import ROOT, Settings
from bot.training.parse import parse_file

ALARMS = 0.05  # share of calm texts that may count as frustrated; most of them are look-alikes
ALIKE = 0.01  # F1 that two cuts may differ by chance: its standard error on a thousand texts
NEAR = 0.003  # share of the texts that a fallback may lose against the best one
FRUSTRATED = LEVELS.index("frustrated")
_GRID = np.round(np.linspace(0.02, 0.98, 97), 2)


@dataclass(frozen=True)
class Found:
    """Thresholds and what they reach on the texts that they were found on."""

    levels: dict[str, float]  # level -> lowest probability of frustrated or angry
    fallback: float  # confidence below which an intent is a guess
    f1: float  # of frustrated or angry
    alarms: float  # share of calm texts called frustrated or angry
    right: float  # share of intents right among those not below the fallback


def find(
    probabilities: Sequence[float],
    levels: Sequence[str],
    confidences: Sequence[float],
    right: Sequence[bool],
) -> Found:
    """Return the best thresholds.

    Args:
        probabilities: Of frustrated or angry, for each graded text.
        levels: Its level.
        confidences: Of the best intent, for each text with an intent.
        right: Whether that intent was right.
    """
    chances = np.asarray(probabilities)
    grades = np.array([LEVELS.index(level) for level in levels])
    low, _, high = find_cuts(chances, grades)
    middle = _frustrated_cut(chances, grades)
    cuts = [min(float(low), middle - 0.01), middle, max(float(high), middle + 0.01)]
    hot = chances >= middle
    sure = np.asarray(confidences) >= (fallback := _fallback(confidences, right))
    return Found(
        dict(zip(LEVELS[1:], (round(cut, 2) for cut in cuts), strict=True)),
        fallback,
        _f1(hot, grades >= FRUSTRATED),
        float(hot[grades == 0].mean()) if (grades == 0).any() else 0.0,
        float(np.asarray(right)[sure].mean()) if sure.any() else 0.0,
    )


def _frustrated_cut(chances: NDArray[Any], grades: NDArray[Any]) -> float:
    calm = chances[grades == 0]
    allowed = [cut for cut in _GRID if not len(calm) or (calm >= cut).mean() <= ALARMS]
    tried = allowed or [_GRID[-1]]
    scores = np.array([_f1(chances >= cut, grades >= FRUSTRATED) for cut in tried])
    # The middle of all that are about as good depends less on single texts.
    return float(np.median(np.array(tried)[scores >= scores.max() - ALIKE]))


def _f1(said: NDArray[Any], truth: NDArray[Any]) -> float:
    both = float((said & truth).sum())
    return 2 * both / max(1.0, float(said.sum() + truth.sum()))


def _fallback(confidences: Sequence[float], right: Sequence[bool]) -> float:
    sure, good = np.asarray(confidences), np.asarray(right)
    gains = np.array([np.where(good, 1, -1)[sure >= cut].sum() for cut in _GRID])
    # Of all that are about as good the lowest: asking again is no kindness either.
    return float(_GRID[gains >= gains.max() - NEAR * len(good)].min())


def write(path: Path, found: Found, source: str) -> str:
    """Put thresholds into ``config.yml``, everything else untouched; return the new text.

    Args:
        path: The file.
        found: The thresholds.
        source: Where they come from, for the comment.

    Raises:
        ConfigError: a line that must be changed is not there; nothing is written.
    """
    text = path.read_text(encoding="utf-8")
    note = f"find-threshold, {source}, {date.today().isoformat()}"
    for level, cut in found.levels.items():
        text = _replace(text, "FrustrationClassifier", level, cut, note)
    text = _replace(text, "FallbackClassifier", "threshold", found.fallback, note)
    path.write_text(text, encoding="utf-8")
    return text


def _replace(text: str, component: str, key: str, value: float, note: str) -> str:
    start = text.find(component)
    pattern = re.compile(rf"^(\s+{key}: )[\d.]+[^\n]*$", re.MULTILINE)
    match = pattern.search(text, start) if start >= 0 else None
    if match is None:
        raise ConfigError(
            f"config.yml has no line '{key}:' below {component}: nothing was changed."
        )
    line = f"{match.group(1)}{value:g} # {note}"
    return text[: match.start()] + line + text[match.end() :]


def told(found: Found, before: Mapping[str, Any]) -> list[str]:
    """Return lines for a terminal: each threshold, before and now, and what it reaches."""
    lines = [f"  {level}: {before.get(level)} -> {cut:g}" for level, cut in found.levels.items()]
    lines.append(f"  intent is a guess below: {before.get('threshold')} -> {found.fallback:g}")
    lines.append(
        f"  frustrated or angry: F1 {found.f1:.3f}, calm texts called so {found.alarms:.1%}; "
        f"intents above their threshold right {found.right:.1%}"
    )
    return lines


def present(path: Path) -> dict[str, Any]:
    """Return the thresholds that ``config.yml`` has now."""
    pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))["pipeline"]
    named = {str(one["name"]).rsplit(".", 1)[-1]: one for one in pipeline}
    levels = dict(named.get("FrustrationClassifier", {}).get("levels") or {})
    return {**levels, "threshold": named.get("FallbackClassifier", {}).get("threshold")}


def of_model(model: Path, settings: Settings) -> Found:
    """Return the best thresholds for a trained model.

    Raises:
        ConfigError: there are no development texts, or the model cannot be used.
    """
    folder = ROOT / "evaluation" / "nlu"
    graded, labelled = development.graded_texts(folder), development.labelled_texts(folder)
    if not graded or not labelled:
        raise ConfigError(f"{folder} has no development texts (dev_*.yml, frustration_dev_*.yml).")
    lines = [{"text": one.text, "context": list(one.context)} for one in graded]
    scored = _scored(model, settings, [*lines, *({"text": one.text} for one in labelled)])
    heard, read = scored[: len(graded)], scored[len(graded) :]
    return find(
        [one["probability"] for one in heard],
        [one.level for one in graded],
        [_best(one)["confidence"] for one in read],
        [_best(one)["intent"] == two.intent for one, two in zip(read, labelled, strict=True)],
    )


def _scored(model: Path, settings: Settings, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        given, scored = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        given.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        parse_file(given, scored, model, settings=settings)
        return [json.loads(line) for line in scored.read_text(encoding="utf-8").split("\n") if line]


def _best(line: dict[str, Any]) -> dict[str, Any]:
    """Return intent and confidence before the fallback had its say."""
    return line.get("guess") or line
