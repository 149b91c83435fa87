"""Model cards: ``models/<name>.json`` says what the model in ``models/<name>.tar.gz`` is.

A card holds ``name``, ``made_at``, ``training_seconds``, ``data`` (the fingerprint of all that it
was made of), ``encoder`` (hash and source), ``rasa``, ``examples`` (per intent and language, per
level), ``thresholds`` (the settings of every component in ``config.yml``) and ``metrics`` on the
development texts, see :func:`bot.training.metrics.metrics`.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from bot.encoder import shelf
from bot.errors import ConfigError, EncoderError
from bot.nlu import graded, labelled
from bot.settings import ROOT, Settings
from bot.training import archives, published, scoring
from bot.training.metrics import metrics

Card = dict[str, Any]
PLUMBING = ("name", "language")  # keys of a component that are no thresholds


def path_of(model: Path) -> Path:
    """Return where the card of an archive is kept."""
    return model.with_name(f"{archives.stem(model)}.json")


def write(settings: Settings, model: Path, *, mark: str, seconds: float) -> Card:
    """Make the card of a model that was just trained, and keep it beside the archive.

    A model that cannot be measured gets a card without metrics that says why.

    Args:
        settings: The installation.
        model: The archive.
        mark: Fingerprint of what it was made of.
        seconds: How long the training took.

    Raises:
        ConfigError: the archive or a data file cannot be read.
    """
    found = archives.read(model)
    card: Card = {
        "name": archives.stem(model),
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "training_seconds": round(seconds, 1),
        "data": mark,
        "encoder": {"hash": found.encoder, "source": _source(settings, found.encoder)},
        "rasa": found.rasa,
        "examples": counts(ROOT),
        "thresholds": thresholds(ROOT / "config.yml"),
        **_measured(settings, model),
    }
    draft = path_of(model).with_suffix(".draft")
    draft.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path_of(model))
    return card


def read(model: Path) -> Card:
    """Return the card of an archive; empty when it has none, or none that can be read."""
    try:
        card = json.loads(path_of(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def counts(root: Path) -> dict[str, Any]:
    """Return how many examples there are, by intent and language, and by level."""
    intents: dict[str, Counter[str]] = {}
    for one in labelled.read(root / "data" / "nlu"):
        intents.setdefault(one.intent, Counter())[one.language] += 1
    levels = Counter(one.level for one in graded.read(root / "data" / "frustration"))
    return {
        "intents": {name: dict(sorted(intents[name].items())) for name in sorted(intents)},
        "levels": dict(levels),
    }


def thresholds(config: Path) -> dict[str, Any]:
    """Return the settings of every component and policy, by the name of its class."""
    content = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    parts = [*(content.get("pipeline") or ()), *(content.get("policies") or ())]
    chosen = {
        str(part["name"]).rsplit(".", 1)[-1]: {
            key: value for key, value in part.items() if key not in PLUMBING
        }
        for part in parts
    }
    return {name: settings for name, settings in chosen.items() if settings}


def essence(card: Card) -> list[str]:
    """Return the lines of a card that a trainer wants to see first."""
    if not card:
        return ["It has no card: it was trained before there were cards."]
    intents, levels = card["examples"]["intents"], card["examples"]["levels"]
    examples = sum(sum(languages.values()) for languages in intents.values())
    lines = [
        f"  learnt from   {examples} examples of {len(intents)} intents, "
        f"{sum(levels.values())} graded examples; encoder {card['encoder']['hash']}",
    ]
    measured = card.get("metrics")
    if not measured:
        return [*lines, f"  not measured  {card.get('not_measured', '')}"]
    return [*lines, *_intent_lines(measured["intents"]), *_frustration_lines(measured)]


def _intent_lines(measured: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        f"  intents {part}    accuracy {_shown(measured[part], 'accuracy')}, "
        f"macro-F1 {_shown(measured[part], 'macro_f1')} ({measured[part]['texts']} texts)"
        for part in ("es", "en")
        if part in measured
    ]
    if "all" in measured:
        whole = measured["all"]
        lines.append(
            f"  a person      asked for and heard {_shown(whole, 'ask_human_recall')}, heard "
            f"and meant {_shown(whole, 'ask_human_precision')}; safety heard "
            f"{_shown(whole, 'safety_recall')}"
        )
    return lines


def _frustration_lines(measured: dict[str, Any]) -> list[str]:
    return [
        f"  frustrated {part} F1 {_shown(measures, 'f1')}, AUC {_shown(measures, 'auc')} "
        f"({measures['texts']} texts)"
        for part, measures in measured["frustration"].items()
        if part != "all"
    ]


def _shown(measures: dict[str, Any], name: str) -> str:
    value = measures.get(name)
    return "-" if value is None else f"{value:.3f}"


def _source(settings: Settings, encoder: str) -> str:
    try:
        return shelf.manifest(settings.models, encoder).source
    except EncoderError:
        return "unknown"


def _measured(settings: Settings, model: Path) -> dict[str, Any]:
    try:
        texts = scoring.development_texts()
        if not texts:
            return {"metrics": {}, "not_measured": f"no development texts in {scoring.TEXTS}"}
        (said,) = scoring.answers(settings, [model], texts)
    except ConfigError as error:
        return {"metrics": {}, "not_measured": str(error)}
    return {"metrics": metrics(texts, said)}


def table(settings: Settings) -> list[list[str]]:
    """Return the archives of an installation, newest first: a heading and a row for each.

    Columns: whether it is the published one, name, when it was made, accuracy of intents in
    Spanish and English, recall of ``ask_human`` and of safety, AUC of frustration, encoder.
    """
    head = ["", "model", "made", "es", "en", "person", "safety", "frustr.", "encoder"]
    current = published.read(settings).get("model")
    return [
        head,
        *(_row(settings, path, path.name == current) for path in published.all_models(settings)),
    ]


def _row(settings: Settings, path: Path, is_published: bool) -> list[str]:
    try:
        found = archives.read(path)
    except ConfigError:
        return ["*" if is_published else "", archives.stem(path), "damaged", *["-"] * 6]
    card = read(path)
    measured = card.get("metrics") or {}
    intents, frustration = measured.get("intents") or {}, measured.get("frustration") or {}
    whole = intents.get("all") or {}
    made = str(card.get("made_at") or found.trained_at)[:16].replace("T", " ")
    return [
        "*" if is_published else "",
        archives.stem(path),
        made,
        *(_shown(intents.get(part) or {}, "accuracy") for part in ("es", "en")),
        _shown(whole, "ask_human_recall"),
        _shown(whole, "safety_recall"),
        _shown(frustration.get("all") or {}, "auc"),
        _encoder(settings, found.encoder),
    ]


def _encoder(settings: Settings, name: str) -> str:
    if not name:
        return "none"
    try:
        shelf.manifest(settings.models, name)
    except EncoderError:
        return f"{name} (missing)"
    return name
