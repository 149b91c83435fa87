"""``desk.yml`` > ``priorities``, ``clocks``, ``routing``, ``priority_rules``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.handoff.records import Json
from bot.handoff.rules_hours import Team
from bot.handoff.rules_read import LEVELS, PRIORITIES, RISKS, known, number, section

_SECONDS = ("first_response", "update", "resolve")


@dataclass(frozen=True)
class Priority:
    """How soon, in seconds of opening time."""

    first_response: float
    update: float
    resolve: float
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
        ConfigError: a priority is missing, or its seconds are none.
    """
    known("priorities", data, PRIORITIES)
    result = {}
    for rank, name in enumerate(PRIORITIES):
        if name not in data:
            raise ConfigError(f"desk.yml > priorities has no '{name}'.")
        seconds = [data[name].get(key) for key in _SECONDS]
        if not all(isinstance(each, (int, float)) and each > 0 for each in seconds):
            raise ConfigError(
                f"desk.yml > priorities > {name}: first_response, update and resolve are seconds, "
                f"above 0. Got {seconds}."
            )
        first, update, resolve = (float(each) for each in seconds)
        result[name] = Priority(first, update, resolve, rank)
    return result


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
    known("priority_rules", data, ("risks", "issues", "levels", "default"))
    known("priority_rules > risks", data.get("risks") or (), RISKS)
    known("priority_rules > levels", data.get("levels") or (), LEVELS)
    for part in ("risks", "issues", "levels"):
        known(f"priority_rules > {part}", (data.get(part) or {}).values(), PRIORITIES)
    known("priority_rules > default", [data.get("default", "")], PRIORITIES)
    return data
