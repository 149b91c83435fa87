"""What all readers of ``desk.yml`` share: names that are known, numbers, lists, errors.

Every message names the path into the file, the value and what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import ConfigError, did_you_mean
from bot.handoff.records import Json

PRIORITIES = ("urgent", "high", "medium", "low")
RISKS = ("legal", "regulator", "press", "churn", "safety", "abuse")
LEVELS = ("calm", "annoyed", "frustrated", "angry")
TIERS = ("L1", "L2", "L3")
CHANNELS = ("chat", "email", "phone", "web", "social", "whatsapp")


def known(path: str, names: Iterable[Any], accepted: Iterable[str]) -> None:
    """Check that every name is accepted.

    Raises:
        ConfigError: one is not; says what was probably meant.
    """
    accepted = list(accepted)
    for name in names:
        if name not in accepted:
            where = f" ({path})" if path else ""
            hint = did_you_mean(str(name), accepted)
            raise ConfigError(f"Unknown '{name}' in desk.yml{where}.{hint}")


def section(path: str, data: Any, accepted: Iterable[str]) -> Json:
    """Return a section as a mapping with known keys only; none at all is empty.

    Raises:
        ConfigError: it is no mapping, or has a key that means nothing.
    """
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"desk.yml > {path} is a {type(data).__name__}, not a mapping.")
    known(path, data, accepted)
    return data


def number(path: str, value: Any, *, least: float = 0.0, most: float = float("inf")) -> float:
    """Return a number within limits.

    Raises:
        ConfigError: it is none, or too small or large.
    """
    right = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not right or not least <= value <= most:
        limit = f"from {least:g}" + (f" to {most:g}" if most != float("inf") else "")
        raise ConfigError(f"desk.yml > {path}: '{value}' is no number {limit}.")
    return float(value)


def some(value: Any) -> tuple[Any, ...]:
    """Return one value, or a list of them, as several."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def zone(name: Any) -> ZoneInfo:
    """Return a time zone.

    Raises:
        ConfigError: there is none of this name.
    """
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"desk.yml > time_zone: '{name}' is no time zone. Example: Europe/Madrid."
        ) from None
