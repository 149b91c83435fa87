"""Texts with their intent, from files in Rasa's own format, without loading Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError


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
    files = [file for path in paths for file in (sorted(path.glob("*.yml")) if path.is_dir() else [path])]
    return [one for file in files for one in _read(file)]


def _read(path: Path) -> Iterator[Labelled]:
    try:
        text = path.read_text(encoding="utf-8")
        blocks: Any = (yaml.safe_load(text) or {}).get("nlu") or []
        for block in blocks:
            for example in str(block.get("examples", "")).splitlines() if "intent" in block else ():
                said = example.strip().removeprefix("-").strip()
                if said:
                    yield Labelled(said, str(block["intent"]), path.name, 0)
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}. Expected: nlu: - intent: name, examples: | - text."
        ) from error
