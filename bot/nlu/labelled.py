"""Texts with their intent, from files in Rasa's own format, without loading Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.nlu import lines

EXPECTED = "Expected: nlu: - intent: name, examples: | - text."


@dataclass(frozen=True)
class Labelled:
    """One text with the intent that a person gave it."""

    text: str
    intent: str
    file: str  # name of the file
    line: int  # in the file, from 1

    @property
    def language(self) -> str:
        """Return es or en: the file's name begins or ends with it."""
        stem = self.file.removesuffix(".yml")
        return "en" if stem.startswith("en_") or stem.endswith("_en") else "es"


def read(*paths: Path) -> list[Labelled]:
    """Read files, and the ``.yml`` files of folders, sorted by name.

    Raises:
        ConfigError: a file is no YAML, or not of Rasa's format for examples.
    """
    found = [sorted(path.glob("*.yml")) if path.is_dir() else [path] for path in paths]
    return [one for files in found for file in files for one in _read(file)]


def _read(path: Path) -> list[Labelled]:
    content = lines.load_file(path)
    return list(of_content(content, path.name, where=str(path)))


def of_content(content: Any, name: str, *, where: str) -> Iterator[Labelled]:
    """Return the texts of one file's content, as :func:`bot.nlu.lines.load` gives it.

    Args:
        content: The content.
        name: The file's name, for :attr:`Labelled.file`.
        where: What errors call the file.

    Raises:
        ConfigError: it is not of Rasa's format for examples.
    """
    blocks = (content or {}).get("nlu") if isinstance(content or {}, dict) else "no mapping"
    if not isinstance(blocks or [], list):
        raise ConfigError(f"{where}: no list 'nlu'. {EXPECTED}")
    for block in blocks or []:
        if not isinstance(block, lines.Lined):
            raise ConfigError(f"{where}: {block!r} is no block of examples. {EXPECTED}")
        if "intent" in block:
            yield from _of_block(block, name, where)


def _of_block(block: lines.Lined, name: str, where: str) -> Iterator[Labelled]:
    examples = block.get("examples", lines.Text())
    if not isinstance(examples, str):
        raise ConfigError(f"{where}:{block.line}: examples are no text block. {EXPECTED}")
    start = getattr(examples, "line", block.line)
    for number, example in enumerate(examples.splitlines(), start=start):
        said = example.strip().removeprefix("-").strip()
        if said:
            yield Labelled(said, str(block["intent"]), name, number)
