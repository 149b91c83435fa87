"""What ``desk.yml`` says of working together: names of causes, labels, needs; and ``teamwork``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.handoff.rules_read import number, section

Names = Mapping[str, Mapping[str, str]]
LONGEST = 30
"""Characters of a label, also of those that agents make up."""
OTHER: Names = {"other": {"es": "Otra causa", "en": "Another cause"}}


@dataclass(frozen=True)
class TeamworkRules:
    """Section ``teamwork`` of ``desk.yml``.

    Args:
        participants_write: Whether who takes part in a case may write to the customer.
        sample: Closed cases a week that supervisors are shown for review, at least 0.
    """

    participants_write: bool = True
    sample: int = 5

    @classmethod
    def from_dict(cls, data: Any) -> TeamworkRules:
        """Check the section.

        Raises:
            ConfigError: it says something we cannot obey.
        """
        given = section("teamwork", data, ("participants_write", "sample"))
        write = given.get("participants_write", True)
        if not isinstance(write, bool):
            raise ConfigError(
                f"desk.yml > teamwork > participants_write: '{write}' is neither true nor false."
            )
        sample = number("teamwork > sample", given.get("sample", cls.sample), most=1000)
        return cls(write, int(sample))


def causes(data: Any) -> Names:
    """Read why a person can have been needed; agents choose one on resolving.

    Raises:
        ConfigError: there is none, or one has no name.
    """
    if data is None:
        return OTHER
    if not data:
        raise ConfigError("desk.yml > causes is empty: on resolving, agents choose one.")
    return names("causes", data)


def labels(data: Any) -> Names:
    """Read the labels that have names.

    Raises:
        ConfigError: one has no name, or is longer than a label may be.
    """
    found = names("labels", data)
    for code in found:
        if len(code) > LONGEST:
            raise ConfigError(f"desk.yml > labels: '{code}' has more than {LONGEST} characters.")
    return found


def names(part: str, data: Any) -> Names:
    """Read codes with their names by language.

    Raises:
        ConfigError: a code has no name in one of the languages.
    """
    found = section(part, data, data if isinstance(data, dict) else ())
    for code, given in found.items():
        if not isinstance(given, dict) or not all(given.get(each) for each in ("es", "en")):
            raise ConfigError(
                f"desk.yml > {part} > {code}: a name in each language. "
                "Example: {es: Falló un sistema, en: A system failed}."
            )
    return found
