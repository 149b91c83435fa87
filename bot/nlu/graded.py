"""The graded examples that frustration is learnt from.

A folder of files ``es_*.yml`` and ``en_*.yml``, each a list under ``examples``::

      - {text: "Es la cuarta vez que llamo", level: frustrated}
      - {text: "no", level: frustrated, context: ["sigue sin cargar", "tampoco"]}

``level`` is calm, annoyed, frustrated or angry; ``context`` the same person's messages just before,
oldest first. Anything else in an example is for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean


@dataclass(frozen=True)
class Graded:
    """One graded message."""

    text: str
    level: str  # one of LEVELS
    context: tuple[str, ...] = ()  # the same person's messages just before, oldest first


def files(folder: Path) -> list[Path]:
    """Return the files that are read: the examples, and the word list."""
    return sorted([*folder.glob("e[sn]_*.yml"), folder / "cues.yml"])


def read(folder: Path) -> list[Graded]:
    """Read all graded examples of a folder.

    Raises:
        ConfigError: an example is wrong (file, number and fix are named), or a level has less
            than two examples.
    """
    examples = [one for path in files(folder) if path.name != "cues.yml" for one in _read(path)]
    for level in LEVELS:
        if sum(one.level == level for one in examples) < 2:
            raise ConfigError(f"{folder} has less than two examples of '{level}'. Add some.")
    return examples


def _read(path: Path) -> Iterator[Graded]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["examples"] or []
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} has no list 'examples' ({error!r}).") from error
    for number, entry in enumerate(entries, start=1):
        yield _example(entry, f"{path.name}, example {number}")


def _example(entry: Any, where: str) -> Graded:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ConfigError(f"{where}: {entry!r} has no text. Expected: {{text: ..., level: ...}}.")
    level = str(entry.get("level"))
    if level not in LEVELS:
        hint = did_you_mean(level, LEVELS)
        raise ConfigError(f"{where}: unknown level '{level}'.{hint}")
    context = entry.get("context") or ()
    if not isinstance(context, (list, tuple)) or not all(isinstance(one, str) for one in context):
        raise ConfigError(f"{where}: context {context!r} is not a list of texts.")
    return Graded(entry["text"], level, tuple(context))
