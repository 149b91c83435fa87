"""``desk.yml`` > ``priorities``, ``clocks``, ``routing``, ``priority_rules``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.handoff.records import Json
from bot.handoff.rules_hours import Team
from bot.handoff.rules_read import LEVELS, PRIORITIES, RISKS, known, number, section

CARE = ("vip", "vulnerable")
"""What a back office says of customers who need more care."""
_CONTACTS = ("times", "days", "priority")
_TARGETS = ("first_response", "update", "resolve")
YEAR = 365 * 86400.0
"""Seconds: no target is longer."""
_SECONDS = {"open_minutes": 60.0, "hours": 3600.0, "working_days": 86400.0}

Target = Mapping[str, float]
"""How soon: seconds by the kind of time they count; of several the earliest end is the deadline.

``open_minutes`` count the team's opening time, ``hours`` plain time, ``working_days`` 24 hours each
from Monday to Friday without holidays: :meth:`bot.handoff.rules.DeskRules.times`.
"""


@dataclass(frozen=True)
class Priority:
    """How soon what is due."""

    first_response: Target
    update: Target
    resolve: Target
    rank: int  # 0 urgent … 3 low


@dataclass(frozen=True)
class ClockRules:
    """When a clock says that it is nearly due.

    Args:
        warn_at: Share of the time used from which a deadline is soon, in [0.1, 1].
        retry_minutes: Between two tries to tell a customer whom nothing reached.
    """

    warn_at: float = 0.75
    retry_minutes: float = 30.0

    @classmethod
    def from_dict(cls, data: Any) -> ClockRules:
        """Read the section; a missing key keeps its usual value."""
        given = section("clocks", data, ("warn_at", "retry_minutes"))
        usual = cls()
        return cls(
            number("clocks > warn_at", given.get("warn_at", usual.warn_at), least=0.1, most=1.0),
            number(
                "clocks > retry_minutes", given.get("retry_minutes", usual.retry_minutes), least=1.0
            ),
        )


def priorities(data: Json) -> dict[str, Priority]:
    """Read how soon things are due.

    Raises:
        ConfigError: a priority is missing, or a target of it says no time.
    """
    known("priorities", data, PRIORITIES)
    result = {}
    for rank, name in enumerate(PRIORITIES):
        if name not in data:
            raise ConfigError(f"desk.yml > priorities has no '{name}'.")
        first, update, resolve = (_target(name, key, data[name].get(key)) for key in _TARGETS)
        result[name] = Priority(first, update, resolve, rank)
    return result


def _target(priority: str, name: str, given: Any) -> Target:
    path = f"priorities > {priority} > {name}"
    if not isinstance(given, dict) or not given:
        raise ConfigError(
            f"desk.yml > {path} is a time with its unit: {{open_minutes: 30}}, {{hours: 24}} or "
            f"{{working_days: 3}}; of several the earliest counts. Got {given!r}."
        )
    known(path, given, _SECONDS)
    target = {}
    for unit, each in given.items():
        seconds = _SECONDS[unit]
        most = YEAR / seconds
        target[unit] = number(f"{path} > {unit}", each, least=1 / seconds, most=most) * seconds
    return target


def routing(data: Json, teams: Mapping[str, Team]) -> Json:
    """Check which team receives what."""
    known("routing", data, ("risks", "issues", "default"))
    known("routing > risks", data.get("risks") or (), RISKS)
    for part in ("risks", "issues"):
        known(f"routing > {part}", (data.get(part) or {}).values(), teams)
    known("routing > default", [data.get("default", "")], teams)
    return data


def priority_rules(data: Json) -> Json:
    """Check how pressing what is."""
    known("priority_rules", data, ("risks", "issues", "levels", "care", "contacts", "default"))
    known("priority_rules > risks", data.get("risks") or (), RISKS)
    known("priority_rules > levels", data.get("levels") or (), LEVELS)
    known("priority_rules > care", data.get("care") or (), CARE)
    for part in ("risks", "issues", "levels", "care"):
        known(f"priority_rules > {part}", (data.get(part) or {}).values(), PRIORITIES)
    if often := section("priority_rules > contacts", data.get("contacts"), _CONTACTS):
        for name in _CONTACTS[:2]:
            number(f"priority_rules > contacts > {name}", often.get(name), least=1.0, most=365.0)
        known("priority_rules > contacts", [often.get("priority")], PRIORITIES)
    known("priority_rules > default", [data.get("default", "")], PRIORITIES)
    return data
