"""The texts that nothing is trained on, and the training data that rivals learn from.

Held out, in ``evaluation/nlu``: ``test_{es,en}.yml`` and ``dev_{es,en}.yml`` (Rasa's format),
``lookalikes_{es,en}.yml`` (lists ``not_ask_human`` and ``not_safety``) and
``frustration_{test,dev}_{es,en}.yml`` (graded, with region, domain, style, lookalike and
complaint). Real texts, where a folder of them is named: JSON lines with ``text`` and ``label``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.deescalation.cues import fold
from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean
from bot.nlu import graded, labelled
from bot.settings import ROOT

FOLDER = ROOT / "evaluation" / "nlu"
LANGUAGES = ("es", "en")
SPLITS = ("test", "dev")
FRUSTRATED = ("frustrated", "angry")
"""Levels that count as frustrated; calm and annoyed do not."""

Label = Callable[[Any], bool]

REAL: dict[str, tuple[str, str, Label]] = {
    "EmoEvent: anger": ("emoevent_es_dev", "es", lambda label: label == "anger"),
    "EmoEvent: anger or disgust": (
        "emoevent_es_dev",
        "es",
        lambda label: label in ("anger", "disgust"),
    ),
    "BRIGHTER: anger": ("brighter_es_dev", "es", lambda label: "anger" in label),
    "US airlines: complaint": ("us_airline_en_dev", "en", lambda label: label == "negative"),
}
"""Real texts: name to file, language, and which of their labels count as frustrated."""

COMPLAINTS = ("US airlines: complaint",)
"""Those whose labels say whether something is wrong, however calmly it is told."""


@dataclass(frozen=True)
class Text:
    """One held-out text with what a person says it is.

    Args:
        text: As it was typed.
        language: es or en.
        context: The same person's messages just before, oldest first.
        intent: Its intent; empty where only frustration was judged.
        level: One of the four levels; empty where only the intent was judged.
        frustrated: Whether it counts as frustrated or angry; None where not judged.
        complaint: Whether it tells that something is wrong; None where not judged.
        kind: ``not_ask_human`` or ``not_safety`` for look-alikes of those intents.
        lookalike: Whether it is a calm text that looks angry.
        slices: region, domain and style, where they are known.
    """

    text: str
    language: str
    context: tuple[str, ...] = ()
    intent: str = ""
    level: str = ""
    frustrated: bool | None = None
    complaint: bool | None = None
    kind: str = ""
    lookalike: bool = False
    slices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HeldOut:
    """Everything that is measured on."""

    intents: list[Text]
    lookalikes: list[Text]
    frustration: list[Text]
    real: dict[str, list[Text]]
    left_out: list[str]  # what is not there, a sentence each


def read(split: str = "test", *, folder: Path = FOLDER, real: Path | None = None) -> HeldOut:
    """Read the held-out texts of a split.

    Args:
        split: ``test``, or ``dev`` while something is still being chosen.
        folder: Where they are.
        real: Folder of real texts; without one they are left out.

    Raises:
        ConfigError: the split is unknown, a file is wrong, or there is nothing to measure on.
    """
    if split not in SPLITS:
        raise ConfigError(f"There is no split '{split}'.{did_you_mean(split, SPLITS)}")
    left_out: list[str] = []
    intents = [one for path in _there(folder, f"{split}_", left_out) for one in _intents(path)]
    hard = [one for path in _there(folder, "lookalikes_", left_out) for one in _lookalikes(path)]
    names = f"frustration_{split}_"
    graded_texts = [one for path in _there(folder, names, left_out) for one in _graded(path)]
    if not intents or not graded_texts:
        raise ConfigError(
            f"There is nothing to measure on in {folder}: expected {split}_es.yml and "
            f"frustration_{split}_es.yml. " + " ".join(left_out)
        )
    texts = _real(real, left_out) if real else {}
    if not real:
        left_out.append("Real texts: name their folder with --real.")
    return HeldOut(intents, hard, graded_texts, texts, left_out)


def _there(folder: Path, prefix: str, left_out: list[str]) -> list[Path]:
    paths = [folder / f"{prefix}{language}.yml" for language in LANGUAGES]
    left_out += [f"{path.name} is not there." for path in paths if not path.is_file()]
    return [path for path in paths if path.is_file()]


def _intents(path: Path) -> Iterator[Text]:
    for one in labelled.read(path):
        yield Text(one.text, one.language, intent=one.intent)


def _entries(path: Path) -> dict[str, Any]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    if not isinstance(entries, dict):
        raise ConfigError(f"{path} is no mapping of lists. Compare it with its neighbours.")
    return entries


def _language(path: Path) -> str:
    return path.stem[-2:]


def _lookalikes(path: Path) -> Iterator[Text]:
    entries = _entries(path)
    for kind in ("not_ask_human", "not_safety"):
        texts = entries.get(kind)
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            raise ConfigError(f"{path}: '{kind}' is not a list of texts.")
        yield from (Text(one, _language(path), kind=kind) for one in texts)


def _graded(path: Path) -> Iterator[Text]:
    entries = _entries(path).get("examples")
    if not isinstance(entries, list):
        raise ConfigError(f"{path} has no list 'examples'.")
    for number, entry in enumerate(entries, start=1):
        yield _example(entry, _language(path), f"{path}, example {number}")


def _example(entry: Any, language: str, where: str) -> Text:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ConfigError(f"{where}: {entry!r} has no text. Expected: {{text: ..., level: ...}}.")
    level = str(entry.get("level"))
    if level not in LEVELS:
        raise ConfigError(f"{where}: unknown level '{level}'.{did_you_mean(level, LEVELS)}")
    return Text(
        entry["text"],
        language,
        context=tuple(entry.get("context") or ()),
        level=level,
        frustrated=level in FRUSTRATED,
        complaint=bool(entry.get("complaint", level != LEVELS[0])),
        lookalike=bool(entry.get("lookalike")),
        slices=tuple(
            (name, str(entry[name])) for name in ("region", "domain", "style") if entry.get(name)
        ),
    )


def _real(folder: Path, left_out: list[str]) -> dict[str, list[Text]]:
    if not folder.is_dir():
        raise ConfigError(f"--real {folder} is not a folder.")
    found = {}
    for name, (file, language, frustrated) in REAL.items():
        path = folder / f"{file}.jsonl"
        if path.is_file():
            texts = _json_lines(path, language, frustrated)
            told = name in COMPLAINTS
            found[name] = [replace(one, complaint=one.frustrated) if told else one for one in texts]
        else:
            left_out.append(f"{name}: {path} is not there.")
    return found


def _json_lines(path: Path, language: str, frustrated: Label) -> Iterator[Text]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            yield Text(row["text"], language, frustrated=frustrated(row["label"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f'{path}:{number}: {error!r}. Expected: {{"text": ..., "label": ...}}.'
            ) from error


def overlap(held_out: HeldOut, training: Training) -> list[str]:
    """Return a sentence for each kind of text that is both held out and trained on.

    Case, accents and marks are left out of account; a graded text counts with its context.
    """
    labelled_keys = {_key(one.text) for one in training.intents}
    graded_keys = {_key(one.text, one.context) for one in training.graded}
    pairs = (
        ("with an intent", held_out.intents, labelled_keys, "data/nlu"),
        ("graded", held_out.frustration, graded_keys, "data/frustration"),
    )
    found = []
    for what, texts, keys, place in pairs:
        known = [one.text for one in texts if _key(one.text, one.context) in keys]
        if known:
            found.append(
                f"{len(known)} of {len(texts)} held-out texts {what} are in {place} too, so the "
                f"numbers flatter every system: {'; '.join(known[:3])} ..."
            )
    return found


def _key(text: str, context: Sequence[str] = ()) -> str:
    return " ".join(re.findall(r"\w+", fold(" / ".join([*context, text]))))


@dataclass(frozen=True)
class Training:
    """What rivals learn from: the same as ours."""

    intents: list[labelled.Labelled]
    graded: list[graded.Graded]


def training(root: Path = ROOT) -> Training:
    """Read the training data.

    Raises:
        ConfigError: a file of it is wrong.
    """
    return Training(
        labelled.read(root / "data" / "nlu"), graded.read(root / "data" / "frustration")
    )
