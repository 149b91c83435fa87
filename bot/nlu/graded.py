"""The graded examples that frustration is learnt from.

A folder of files ``es_*.yml`` and ``en_*.yml``, each a list under ``examples``::

      - {text: "Es la cuarta vez que llamo", level: frustrated}
      - {text: "no", level: frustrated, context: ["sigue sin cargar", "tampoco"]}
      - {text: "el pedido llegó sin tapa, ¿me la mandáis?", level: calm, complaint: true}

``level`` is calm, annoyed, frustrated or angry; ``context`` the same person's messages just
before, oldest first; ``complaint`` whether a calm one tells that something is wrong all the same
(whoever is annoyed or worse always does). Anything else in an example is for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean
from bot.nlu import lines


@dataclass(frozen=True)
class Graded:
    """One graded message."""

    text: str
    level: str  # one of LEVELS
    context: tuple[str, ...] = ()  # the same person's messages just before, oldest first
    complaint: bool = False  # whether it tells that something is wrong for the writer
    file: str = field(default="", compare=False)  # name of the file
    line: int = field(default=0, compare=False)  # in the file, from 1; 0 = unknown


def files(folder: Path) -> list[Path]:
    """Return the files that are read: the examples, and the word list."""
    return sorted([*folder.glob("e[sn]_*.yml"), folder / "cues.yml"])


def read(folder: Path) -> list[Graded]:
    """Read all graded examples of a folder.

    Raises:
        ConfigError: an example is wrong (file, line and fix are named), or a level has less
            than two examples.
    """
    examples = [one for path in files(folder) if path.name != "cues.yml" for one in read_file(path)]
    for level in LEVELS:
        if sum(one.level == level for one in examples) < 2:
            raise ConfigError(f"{folder} has less than two examples of '{level}'. Add some.")
    return examples


def read_file(path: Path) -> list[Graded]:
    """Read the graded examples of one file.

    Raises:
        ConfigError: an example is wrong; file, line and fix are named.
    """
    return [example(entry, path) for entry in entries(path)]


def entries(path: Path) -> list[Any]:
    """Return the entries of one file as they are written, unchecked.

    Raises:
        ConfigError: the file is no YAML, or has no list ``examples``.
    """
    content = lines.load_file(path)
    found = content.get("examples", "none") if isinstance(content, dict) else "none"
    if found is not None and not isinstance(found, list):
        raise ConfigError(f"{path} has no list 'examples'. Expected: examples: - {{text: ...}}.")
    return found or []


def example(entry: Any, path: Path) -> Graded:
    """Return an entry of a file as a graded message.

    Raises:
        ConfigError: it has no text, an unknown level, or a wrong context or complaint.
    """
    line = int(getattr(entry, "line", 0))
    where = f"{path.name}:{line}" if line else path.name
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ConfigError(f"{where}: {entry!r} has no text. Expected: {{text: ..., level: ...}}.")
    level = str(entry.get("level"))
    if level not in LEVELS:
        hint = did_you_mean(level, LEVELS)
        raise ConfigError(f"{where}: unknown level '{level}'.{hint}")
    context = entry.get("context") or ()
    if not isinstance(context, (list, tuple)) or not all(isinstance(one, str) for one in context):
        raise ConfigError(f"{where}: context {context!r} is not a list of texts.")
    complaint = entry.get("complaint", level != LEVELS[0])
    if not isinstance(complaint, bool) or (level != LEVELS[0] and not complaint):
        raise ConfigError(
            f"{where}: complaint {complaint!r} with level '{level}'. Expected: true or false for "
            "calm messages, nothing for others."
        )
    return Graded(str(entry["text"]), level, tuple(map(str, context)), complaint, path.name, line)
