"""The section ``assignment`` of ``desk.yml``: how waiting tickets find an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.errors import ConfigError, did_you_mean

MODES = ("offer", "pull")
LEVELS = ("calm", "annoyed", "frustrated", "angry")
LONGEST = 7 * 24 * 3600
"""Seconds that any of the times may be, at most."""


@dataclass(frozen=True)
class AssignmentRules:
    """Who is asked to take a ticket, and what happens when nobody does.

    The times that begin with a ticket in the queue count opening hours of its team only.

    Args:
        mode: ``offer`` asks one agent after the other; ``pull`` leaves it to the agents. They may
            take a waiting ticket by hand in both.
        capacity: Chats an agent has at once, unless their account says otherwise.
        heated_capacity: Of them, heated ones at once.
        heated_levels: Frustration levels that make a chat heated, at their peak.
        heated_risks: Risk flags that do.
        offer_seconds: Time to accept an offer; then the next agent is asked.
        again_seconds: An agent who let an offer pass is asked again for it after so long.
        others_after: Seconds in the queue after which agents of other teams are asked too.
        supervisor_after: Seconds in the queue after which supervisors are alarmed.
        callback_after: Seconds in the queue after which the customer may leave an address.
        away_minutes: Without a console for longer than this, an agent comes back as away.
        away_after_missed: Offers let pass in a row after which an agent counts as away.
        wrap_up_minutes: Nothing new for so long after a heated chat.
        cool_minutes: Nothing heated for so long after that.
    """

    mode: str = "offer"
    capacity: int = 4
    heated_capacity: int = 2
    heated_levels: tuple[str, ...] = ("angry",)
    heated_risks: tuple[str, ...] = ("abuse",)
    offer_seconds: float = 30.0
    again_seconds: float = 120.0
    others_after: float = 60.0
    supervisor_after: float = 180.0
    callback_after: float = 900.0
    away_minutes: float = 15.0
    away_after_missed: int = 2
    wrap_up_minutes: float = 5.0
    cool_minutes: float = 15.0

    @classmethod
    def from_dict(cls, data: Any, risks: tuple[str, ...]) -> AssignmentRules:
        """Check the section; what it leaves out has the value above.

        Args:
            data: As read; None for none.
            risks: The risk flags there are.

        Raises:
            ConfigError: it says something we cannot obey.
        """
        if data is None:
            return cls()
        if not isinstance(data, dict):
            raise ConfigError(f"desk.yml > assignment is a {type(data).__name__}, not a mapping.")
        accepted = [each.name for each in fields(cls)]
        for name in data:
            if name not in accepted:
                hint = did_you_mean(str(name), accepted)
                raise ConfigError(f"Unknown '{name}' in desk.yml (assignment).{hint}")
        rules = cls(**{name: _value(name, value, risks) for name, value in data.items()})
        if not rules.others_after <= rules.supervisor_after <= rules.callback_after:
            raise ConfigError(
                "desk.yml > assignment: others_after, supervisor_after and callback_after come in "
                f"this order. Got {rules.others_after:g}, {rules.supervisor_after:g}, "
                f"{rules.callback_after:g}."
            )
        return rules


# The least and the most of each number; whole numbers where both are.
_NUMBERS: Mapping[str, tuple[float, float]] = {
    "capacity": (1, 50),
    "heated_capacity": (1, 50),
    "away_after_missed": (1, 50),
    "offer_seconds": (5.0, 3600.0),
    "again_seconds": (5.0, float(LONGEST)),
    "others_after": (1.0, float(LONGEST)),
    "supervisor_after": (1.0, float(LONGEST)),
    "callback_after": (1.0, float(LONGEST)),
    "away_minutes": (1.0, 1440.0),
    "wrap_up_minutes": (0.0, 240.0),
    "cool_minutes": (0.0, 1440.0),
}


def _value(name: str, value: Any, risks: tuple[str, ...]) -> Any:
    if name == "mode":
        return _word(name, value, MODES)
    if name in _NUMBERS:
        return _number(name, value)
    known = LEVELS if name == "heated_levels" else risks
    return tuple(_word(name, each, known) for each in _list(name, value))


def _number(name: str, value: Any) -> Any:
    least, most = _NUMBERS[name]
    whole = isinstance(least, int)
    kinds = (int,) if whole else (int, float)
    if isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most:
        return value if whole else float(value)
    kind = "a whole number" if whole else "a number"
    raise ConfigError(
        f"desk.yml > assignment > {name}: '{value}' is not {kind} from {least:g} to {most:g}."
    )


def _word(name: str, value: Any, accepted: tuple[str, ...]) -> str:
    if value in accepted:
        return str(value)
    hint = did_you_mean(str(value), accepted)
    raise ConfigError(f"Unknown '{value}' in desk.yml (assignment > {name}).{hint}")


def _list(name: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ConfigError(f"desk.yml > assignment > {name}: '{value}' is no list.")
