"""Whole messages of customers, as hard to read as we could get them: moods and intents.

``python -m evaluation.customers [MODEL ...]`` reads ``evaluation/ordinary/customers_{es,en}.yml``
with the published model, or with each of those named. Half of the calm messages carry heavy matter
(illness, a funeral, money) in an even voice; half of the angry ones have no angry word. Their
authors saw the guides of intents and levels and nothing else; a second reader, who saw no grade,
judged them again. Danger and wishes for a person in them are counted by
:mod:`evaluation.unsaid`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from bot.training.understanding import result
from evaluation import metrics
from evaluation.held_out import FOLDER, FRUSTRATED, LANGUAGES
from evaluation.unsaid import opened


@dataclass(frozen=True)
class Judged:
    """A message, what its author says it is, and the level that a second reader gave it."""

    text: str
    intent: str
    level: str
    second: str


def judged(language: str, folder: Path = FOLDER.parent / "ordinary") -> list[Judged]:
    """Return the messages of one language."""
    path = folder / f"customers_{language}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Judged(one["text"], one["intent"], one["level"], one["second"])
        for one in content["examples"]
    ]


def named(
    messages: Sequence[Judged], found: Sequence[Mapping[str, Any]]
) -> dict[str, metrics.Metric]:
    """Return the metrics of a model by name.

    *Clear* leaves the annoyed out: frustrated and angry against calm.

    Args:
        messages: What was read.
        found: What :func:`bot.training.understanding.result` says of each.
    """
    truth = np.array([one.level in FRUSTRATED for one in messages])
    calm = np.array([one.level == "calm" for one in messages])
    heard = np.array([one["level"] in FRUSTRATED for one in found])
    scores = np.array([one["probability"] for one in found], dtype=float)
    clear = truth | calm
    right = [one.intent == reading["intent"] for one, reading in zip(messages, found, strict=True)]
    return {
        "clear F1": _among(clear, metrics.f1(truth[clear], heard[clear])),
        "clear AUC": _among(clear, metrics.roc_auc(truth[clear], scores[clear])),
        "F1": metrics.f1(truth, heard),
        "AUC": metrics.roc_auc(truth, scores),
        "calm called frustrated": metrics.share_of(heard, calm),
        "intents right": metrics.share(np.array(right)),
    }


def agreement(messages: Sequence[Judged]) -> float:
    """Return the share of messages on which both readers say frustrated, or both do not."""
    same = [(one.level in FRUSTRATED) == (one.second in FRUSTRATED) for one in messages]
    return float(np.mean(same))


def _among(kept: metrics.Array, metric: metrics.Metric) -> metrics.Metric:
    """Return a metric of some of the texts as one of all of them."""
    return lambda weights: metric(weights[:, kept])


def main() -> None:
    """Print a table for each model: a row for each language and metric, with its 95 % interval."""
    parser = argparse.ArgumentParser(description="Moods and intents of whole messages.")
    parser.add_argument("models", nargs="*", type=Path, help="archives; default: the published one")
    models = parser.parse_args().models
    messages = {language: judged(language) for language in LANGUAGES}
    told = [
        f"{one}: {len(own)}, readers agree {agreement(own):.3f}" for one, own in messages.items()
    ]
    for model, graph in opened(models):
        table = Table(
            "language", "metric", "value", "95 %", title=model.stem, caption="; ".join(told)
        )
        for language, own in messages.items():
            found = [result(one) for one in graph.parse([{"text": each.text} for each in own])]
            weights = metrics.resampled(len(own))
            for name, metric in named(own, found).items():
                got = metrics.interval(metric, weights)
                interval = f"{got.low:.3f}-{got.high:.3f}"
                table.add_row(language, name, f"{got.value:.3f}", interval)
        Console().print(table)


if __name__ == "__main__":
    main()
