"""Numbers below which the understanding must not fall, kept in ``evaluation/floors.yml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, did_you_mean
from evaluation import frustration, intents
from evaluation.held_out import LANGUAGES

FILE = Path(__file__).parent / "floors.yml"


def accepted() -> list[str]:
    """Return the names that a floor may have: metrics of ours where more is better."""
    named = [f"{name}_{code}" for name in intents.ABOUT for code in LANGUAGES]
    named += [f"{name}_{code}" for name in frustration.ABOUT for code in (*LANGUAGES, "all")]
    return sorted(name for name in named if not name.startswith(intents.LOWER_IS_BETTER))


def parse(options: Iterable[str]) -> dict[str, float]:
    """Read ``NAME=VALUE`` options.

    Raises:
        ConfigError: one is of another form, its metric is unknown, or its value not in [0, 1].
    """
    found = {}
    for option in options:
        name, sign, value = option.partition("=")
        if not sign:
            raise ConfigError(
                f"--fail-under '{option}' is not NAME=VALUE. Example: --fail-under intent_f1_es=0.9"
            )
        found[name.strip()] = value.strip()
    return _checked(found, "--fail-under")


def read(path: Path = FILE) -> dict[str, float]:
    """Read the file of floors.

    Raises:
        ConfigError: it is missing or wrong.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    if not isinstance(entries, dict):
        raise ConfigError(f"{path} is no mapping. Expected lines like intent_f1_es: 0.9")
    return _checked(entries, str(path))


def _checked(entries: Mapping[Any, Any], where: str) -> dict[str, float]:
    known = accepted()
    floors = {}
    for name, value in entries.items():
        if name not in known:
            raise ConfigError(f"{where}: unknown metric '{name}'.{did_you_mean(str(name), known)}")
        try:
            floors[str(name)] = float(value)
        except (TypeError, ValueError):
            floors[str(name)] = -1.0
        if not 0.0 <= floors[str(name)] <= 1.0:
            raise ConfigError(f"{where}: the floor of {name}, '{value}', is no number in [0, 1].")
    return floors


def below(headline: Mapping[str, Mapping[str, Any]], floors: Mapping[str, float]) -> list[str]:
    """Return a sentence for every metric below its floor; one that was not measured is below."""
    found = []
    for name, floor in sorted(floors.items()):
        value = (headline.get(name) or {}).get("value")
        if value is None:
            found.append(f"{name} was not measured; its floor is {floor:g}.")
        elif value < floor:
            found.append(f"{name} is {value:.3f}, below its floor {floor:g}.")
    return found
