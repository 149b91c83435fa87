"""Reading ``data/wording/{es,en}.yml``: what inflames, why, and what to say instead.

The format is explained at the top of ``es.yml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean

FOLDER = Path(__file__).resolve().parents[2] / "data" / "wording"
LANGUAGES = ("es", "en")
CHECKS = (
    "exclamation",
    "emoji",
    "capitals",
    "second_apology",
    "mixed_register",
    "two_questions",
    "too_long",
    "promise_without_time",
    "repeated_text",
)


@dataclass(frozen=True)
class Expression:
    """A regular expression, matched with or without accents."""

    pattern: re.Pattern[str]
    accents: bool

    def search(self, text: Text) -> tuple[int, int] | None:
        """Return the first span in ``text``, or None."""
        match = self.pattern.search(text.lower if self.accents else text.folded)
        return match.span() if match else None

    def spans(self, text: Text) -> list[tuple[int, int]]:
        """Return all spans in ``text``."""
        where = text.lower if self.accents else text.folded
        return [match.span() for match in self.pattern.finditer(where)]


@dataclass(frozen=True)
class Text:
    """A text in three forms of equal length, so that spans fit all of them."""

    original: str
    lower: str
    folded: str

    @classmethod
    def of(cls, original: str) -> Text:
        """Return the forms of ``original``; typographic quotes count as plain ones."""
        lower = original.lower()
        if len(lower) != len(original):  # a letter such as İ, whose small form is two
            lower = "".join(_same_length(char, char.lower()) for char in original)
        lower = lower.replace("’", "'")
        return cls(original, lower, lower if lower.isascii() else lower.translate(_UNACCENTED))


def _same_length(char: str, other: str) -> str:
    return other if len(other) == 1 else char


class _Unaccented(dict[int, int]):
    """Letter to the same letter without its accent, filled as letters are seen."""

    def __missing__(self, code: int) -> int:
        plain = ord(unicodedata.normalize("NFD", chr(code))[0])
        if len(self) < 4096:
            self[code] = plain
        return plain


_UNACCENTED = _Unaccented()


@dataclass(frozen=True)
class Entry:
    """A rule of wording.

    Args:
        rule: Its name.
        any_of: What it finds.
        unless: What makes it no finding.
        level: Lowest level at which it matters.
        reason: Why.
        better: What to say instead, by register; ``""`` for any.
    """

    rule: str
    any_of: tuple[Expression, ...]
    unless: tuple[Expression, ...]
    level: str
    reason: str
    better: Mapping[str, str]

    def instead(self, register: str) -> str:
        """Return the better wording for a register."""
        return self.better.get(register) or next(iter(self.better.values()), "")


@dataclass(frozen=True)
class Lexicon:
    """One language."""

    entries: tuple[Entry, ...]
    apologies: tuple[Expression, ...]
    promises: tuple[Expression, ...]
    times: tuple[Expression, ...]
    registers: Mapping[str, tuple[Expression, ...]]
    acronyms: frozenset[str]
    checks: Mapping[str, Entry]


@lru_cache(maxsize=8)
def lexicon(language: str, folder: Path = FOLDER) -> Lexicon:
    """Return the lexicon of a language; Spanish when there is none for it.

    Raises:
        ConfigError: the file is missing or wrong; the text names file, place and fix.
    """
    path = folder / f"{language if language in LANGUAGES else LANGUAGES[0]}.yml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping.")
    phrases = data.get("phrases") or []
    entries = tuple(_entry(path, f"phrases {i}", one) for i, one in enumerate(phrases, start=1))
    return Lexicon(
        entries=entries,
        apologies=_expressions(path, "apologies", data.get("apologies")),
        promises=_expressions(path, "promises", data.get("promises")),
        times=_expressions(path, "times", data.get("times")),
        registers={
            name: _expressions(path, f"registers {name}", found)
            for name, found in (data.get("registers") or {}).items()
        },
        acronyms=frozenset(data.get("acronyms") or ()),
        checks=_checks(path, data.get("checks") or {}),
    )


def _checks(path: Path, data: Mapping[str, Any]) -> dict[str, Entry]:
    missing = [name for name in CHECKS if name not in data]
    if missing:
        raise ConfigError(f"{path}: checks needs '{missing[0]}'.")
    return {
        name: _entry(path, f"checks {name}", {"rule": name, "any_of": [], **one})
        for name, one in data.items()
    }


def _entry(path: Path, where: str, data: Any) -> Entry:
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: {where}: expected a mapping.")
    for name in ("rule", "any_of", "reason", "better"):
        if name not in data:
            raise ConfigError(f"{path}: {where}: needs '{name}'.")
    level = data.get("from", LEVELS[0])
    if level not in LEVELS:
        raise ConfigError(f"{path}: {where}: from is '{level}'.{did_you_mean(str(level), LEVELS)}")
    better = data["better"]
    return Entry(
        rule=str(data["rule"]),
        any_of=_expressions(path, f"{where} any_of", data["any_of"]),
        unless=_expressions(path, f"{where} unless", data.get("unless")),
        level=level,
        reason=str(data["reason"]),
        better=better if isinstance(better, dict) else {"": str(better)},
    )


def _expressions(path: Path, where: str, data: Any) -> tuple[Expression, ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        raise ConfigError(f"{path}: {where}: expected a list of regular expressions.")
    return tuple(_expression(path, where, str(one)) for one in data)


def _expression(path: Path, where: str, source: str) -> Expression:
    # Texts are compared in small letters, which is quicker than without regard to case.
    small = re.sub(r"\\.|[^\\]+", lambda part: _small(part.group()), source)
    try:
        pattern = re.compile(small)
    except re.error as error:
        raise ConfigError(f"{path}: {where}: {source!r} is no expression: {error}") from error
    accents = any(char.isalpha() and not char.isascii() for char in source)
    return Expression(pattern, accents)


def _small(part: str) -> str:
    return part if part.startswith("\\") else part.lower()
