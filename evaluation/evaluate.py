"""``remanso evaluate``: every system on the same held-out texts, in one run, in one report."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ConfigError
from bot.settings import Settings
from evaluation import frustration, held_out, intents
from evaluation.held_out import HeldOut, Text, Training
from evaluation.intents import Rows
from evaluation.systems import OURS, Reading, System
from evaluation.systems.keywords import Keywords
from evaluation.systems.remanso import Remanso, WithoutWords, base_of, encoder_megabytes
from evaluation.systems.tfidf import STRENGTHS, TfIdf

Say = Callable[[str], None]

REPORTS = Path(__file__).parent / "reports"
TIMED = 200  # texts that are read one at a time


@dataclass(frozen=True)
class Options:
    """What is to be measured.

    Args:
        split: ``test`` or ``dev``.
        real: Folder of real texts.
        default: Whether Rasa's default pipeline takes part.
        epochs: Of that pipeline; fewer than 100 only to try the road.
        reduced: Neither it nor latency, real texts, or anything that must be trained for long.
        model: Another archive than the published one.
    """

    split: str = "test"
    real: Path | None = None
    default: bool = True
    epochs: int = 100
    reduced: bool = False
    model: Path | None = None


def evaluate(settings: Settings, options: Options, *, say: Say) -> dict[str, Any]:
    """Measure everything and return the report, ready for JSON.

    Args:
        settings: The installation.
        options: What is to be measured.
        say: Told what happens, a line at a time.

    Raises:
        ConfigError: nothing is published, a file is wrong, or a system cannot be trained.
        EncoderError: an encoder is missing or damaged.
    """
    began = time.monotonic()
    texts = held_out.read(options.split, real=None if options.reduced else options.real)
    ours = Remanso(settings, options.model)
    training = held_out.training()
    compared = systems(settings, options, ours, training, texts.left_out, say)
    intent_rows, mood_rows, real_rows = _readings(compared, texts, say)
    say("Computing metrics and intervals ...")
    report: dict[str, Any] = {
        "made": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "split": options.split,
        "reduced": options.reduced,
        "left_out": texts.left_out,
        "overlap": held_out.overlap(texts, training),
        "model": _model(ours),
        "intents": intents.section(texts, compared, intent_rows),
        "frustration": frustration.section(compared, mood_rows),
        "real": frustration.real_section(compared, real_rows),
        "benchmark": _benchmark(texts.left_out),
    }
    sample = [*texts.intents, *texts.frustration]
    report["systems"] = [_described(one, sample, options, say) for one in compared]
    report["headline"] = headline(report)
    report["seconds"] = round(time.monotonic() - began, 1)
    return report


def systems(
    settings: Settings,
    options: Options,
    ours: Remanso,
    training: Training,
    left_out: list[str],
    say: Say,
) -> list[System]:
    """Return what is compared, ours first; what is left out is added to ``left_out``."""
    found: list[System] = [ours, Keywords()]
    say("Training tf-idf + logistic regression ...")
    strengths = STRENGTHS[-1:] if options.reduced else STRENGTHS  # the best of them so far
    found.append(TfIdf(training, held_out.read("dev"), strengths))
    found += _frozen(settings, options, ours, left_out, say)
    if options.default and not options.reduced:
        from evaluation.systems.rasa_default import RasaDefault

        say("Rasa's default pipeline: trained once, 15 minutes or more, then kept ...")
        found.append(RasaDefault(settings, options.epochs))
    else:
        left_out.append("Rasa's default pipeline: left out by --no-default or --reduced.")
    if options.real and not options.reduced:
        found.append(WithoutWords(settings, options.model))
    return found


def _frozen(
    settings: Settings, options: Options, ours: Remanso, left_out: list[str], say: Say
) -> list[System]:
    from evaluation.systems.frozen import Frozen, kept

    base = base_of(ours.encoder)
    if base is None:
        left_out.append("Frozen encoder: the published model's encoder is not a tuned one.")
        return []
    if options.reduced and not kept(settings, base).is_file():
        left_out.append("Frozen encoder: not trained yet, and --reduced trains nothing for long.")
        return []
    say("The same pipeline on the frozen encoder: trained once, some minutes, then kept ...")
    return [Frozen(settings, base)]


def _readings(
    compared: Sequence[System], texts: HeldOut, say: Say
) -> tuple[Rows, Rows, dict[str, Rows]]:
    """Have every system read all its texts, at once: a model is loaded a single time."""
    with_intent = [*texts.intents, *texts.lookalikes]
    groups: dict[str, list[Text]] = {"intents": with_intent, "moods": texts.frustration}
    groups |= {f"real {name}": rows for name, rows in texts.real.items()}
    found: dict[str, dict[str, list[Reading]]] = {name: {} for name in groups}
    for system in compared:
        say(f"Reading with {system.name} ...")
        wanted = [name for name in groups if _wanted(system, name)]
        readings = _read(system, [one for name in wanted for one in groups[name]])
        for name in wanted:
            size = len(groups[name])
            found[name][system.name], readings = readings[:size], readings[size:]
    rows = {name: Rows(groups[name], found[name]) for name in groups}
    real = {name: rows[f"real {name}"] for name in texts.real}
    return rows["intents"], rows["moods"], real


def _wanted(system: System, group: str) -> bool:
    return system.intents != "none" if group == "intents" else system.frustration


def _read(system: System, texts: Sequence[Text]) -> list[Reading]:
    readings = system.read(texts)
    if len(readings) != len(texts):
        raise ConfigError(
            f"{system.name} gave {len(readings)} readings for {len(texts)} texts: it must give one "
            "for each, in order."
        )
    return readings


def _model(ours: Remanso) -> dict[str, Any]:
    return {
        "archive": ours.model.name,
        "about": ours.about,
        "archive_mb": round(ours.model.stat().st_size / 1e6, 3),
        "encoder": ours.encoder.hash,
        "encoder_source": ours.encoder.source,
        "encoder_mb": round(encoder_megabytes(ours.encoder), 1),
    }


def _described(
    system: System, sample: Sequence[Text], options: Options, say: Say
) -> dict[str, Any]:
    """Return name, size and latency of a system."""
    known = system.intents != "none"
    entry: dict[str, Any] = {"name": system.name, "about": system.about}
    entry["megabytes"] = round(system.megabytes(), 3) if known else None
    entry["latency"] = None
    if known and not options.reduced:
        say(f"Timing {system.name} ...")
        chosen = np.random.default_rng(7).permutation(len(sample))[:TIMED]
        times = system.latency([sample[row] for row in chosen])
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        entry["latency"] = {"texts": len(times), "p50": p50, "p95": p95, "p99": p99}
    return entry


def _benchmark(left_out: list[str]) -> dict[str, Any] | None:
    path = REPORTS / "benchmark.json"
    if not path.is_file():
        left_out.append("Whole engine under load: python -m evaluation.benchmark was not run.")
        return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ConfigError(
            f"{path} is damaged ({error}). Delete it, or run python -m evaluation.benchmark."
        ) from error


def headline(report: dict[str, Any]) -> dict[str, Any]:
    """Return our own metrics by name, ``<metric>_<language>``: what floors are compared with."""
    return {
        f"{metric}_{code}": value
        for part in ("intents", "frustration")
        for code, language in report[part]["languages"].items()
        for metric, value in language["systems"][OURS].items()
        if metric in report[part]["about"]
    }


def write(report: dict[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write ``report.json`` and ``report.html`` into a folder and return both paths."""
    from evaluation.page import render

    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "report.json", folder / "report.html"
    text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
    data.write_text(text + "\n", encoding="utf-8")
    page.write_text(render(report), encoding="utf-8")
    return data, page
