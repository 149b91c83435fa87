"""Which messages end a burst at once; the words are in ``data/gateway/urgent.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from bot.errors import ConfigError
from bot.handoff.letters import without_accents


class Urgent:
    """Spots a request for a person or a danger; it only saves time and decides nothing.

    Args:
        beginnings: Beginnings of words or phrases, in any language.
    """

    def __init__(self, beginnings: Iterable[str]) -> None:
        words = "|".join(re.escape(without_accents(word.casefold())) for word in beginnings)
        self._pattern = re.compile(rf"\b(?:{words})") if words else None

    @classmethod
    def from_file(cls, path: Path) -> Urgent:
        """Read ``urgent:`` with one list of beginnings a language.

        Raises:
            ConfigError: the file is missing or looks different.
        """
        try:
            lists = yaml.safe_load(path.read_text(encoding="utf-8"))["urgent"].values()
            return cls(str(word) for words in lists for word in words)
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            reason = f"{path}: expected 'urgent:' with one list of words a language ({error})."
            raise ConfigError(reason) from error

    def __call__(self, text: str) -> bool:
        """Whether the message should be answered at once."""
        return bool(self._pattern and self._pattern.search(without_accents(text.casefold())))
