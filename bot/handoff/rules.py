"""Reading ``desk.yml``; the file itself explains every key.

A mistake stops the start: the message names the path into the file, the value, what is accepted
and, where something similar exists, what was probably meant. To add a section: a small frozen
dataclass with ``from_dict(data)`` (``data`` is None when the section is missing) in a module of
its own, a line in :data:`_PARTS` and a field of :class:`DeskRules` of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.closed_days import ClosedDays
from bot.errors import ConfigError
from bot.handoff import (
    rules_automation,
    rules_hours,
    rules_priorities,
    rules_read,
    rules_teamwork,
    sla,
)
from bot.handoff.records import Json
from bot.handoff.retention import Retention
from bot.handoff.rules_after import SurveyRules
from bot.handoff.rules_assignment import AssignmentRules
from bot.handoff.rules_automation import Rule
from bot.handoff.rules_hours import Team
from bot.handoff.rules_law import LawPack
from bot.handoff.rules_measures import MeasureRules
from bot.handoff.rules_priorities import ClockRules, Priority
from bot.handoff.rules_read import LEVELS, PRIORITIES, RISKS, known
from bot.handoff.rules_teamwork import Names, TeamworkRules

__all__ = ["LEVELS", "PRIORITIES", "RISKS", "DeskRules", "Priority", "Team"]

_NEEDED = (
    "time_zone",
    "hours",
    "teams",
    "priorities",
    "routing",
    "priority_rules",
    "authority",
    "dispositions",
    "countries",
    "default_country",
    "calendar",
)
_PARTS: Mapping[str, Callable[[Any], Any]] = {  # sections that may be missing
    "holidays": ClosedDays.from_config,
    "reasons": lambda data: data or {},
    "clocks": ClockRules.from_dict,
    "law": LawPack.from_dict,
    "survey": SurveyRules.from_dict,
    "causes": rules_teamwork.causes,
    "labels": rules_teamwork.labels,
    "needs": lambda data: rules_teamwork.names("needs", data),
    "teamwork": TeamworkRules.from_dict,
    "measures": MeasureRules.from_dict,
    "retention": Retention.from_dict,
    "assignment": lambda data: AssignmentRules.from_dict(data, RISKS),
}


@dataclass(frozen=True)
class DeskRules:
    """``desk.yml``, checked."""

    zone: ZoneInfo
    teams: Mapping[str, Team]
    priorities: Mapping[str, Priority]
    routing: Json
    priority_rules: Json
    authority: Mapping[str, Mapping[str, int]]
    dispositions: Mapping[str, Mapping[str, str]]
    countries: Json
    default_country: str
    calendar: Mapping[str, Json]
    automation: tuple[Rule, ...] = ()
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    holidays: ClosedDays = field(default_factory=ClosedDays)
    clocks: ClockRules = field(default_factory=ClockRules)
    law: LawPack = field(default_factory=LawPack)
    survey: SurveyRules = field(default_factory=SurveyRules)
    causes: Names = field(default_factory=lambda: rules_teamwork.OTHER)
    labels: Names = field(default_factory=dict)
    needs: Names = field(default_factory=dict)
    teamwork: TeamworkRules = field(default_factory=TeamworkRules)
    measures: MeasureRules = field(default_factory=MeasureRules)
    assignment: AssignmentRules = field(default_factory=AssignmentRules)
    retention: Retention = field(default_factory=Retention)

    @classmethod
    def from_file(cls, path: Path) -> DeskRules:
        """Read and check a file.

        Raises:
            ConfigError: it cannot be read, or says something we cannot obey.
        """
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ConfigError(f"{path.name} cannot be read: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: Any) -> DeskRules:
        """Check rules that were read already.

        Raises:
            ConfigError: they say something we cannot obey.
        """
        if not isinstance(data, dict):
            raise ConfigError(f"desk.yml is a {type(data).__name__}, not a mapping of sections.")
        known("", data, (*_NEEDED, *_PARTS, "automation"))
        for section in _NEEDED:
            if section not in data:
                raise ConfigError(f"desk.yml has no section '{section}'.")
        zone = rules_read.zone(data["time_zone"])
        parts = {name: read(data.get(name)) for name, read in _PARTS.items()}
        teams = rules_hours.teams(data, zone, parts["holidays"])
        rules = cls(
            zone=zone,
            teams=teams,
            priorities=rules_priorities.priorities(data["priorities"]),
            routing=rules_priorities.routing(data["routing"], teams),
            priority_rules=rules_priorities.priority_rules(data["priority_rules"]),
            authority=data["authority"],
            dispositions=data["dispositions"],
            countries=data["countries"],
            default_country=str(data["default_country"]),
            calendar=data["calendar"],
            automation=rules_automation.read(data.get("automation"), teams),
            **parts,
        )
        known("default_country", [rules.default_country], rules.countries)
        known("law > closing_dispositions", rules.law.closing_dispositions, rules.dispositions)
        return rules

    def times(self, team: str) -> Mapping[str, sla.Hours]:
        """Return the time that each unit of a target counts, for cases of a team."""
        hours = self.teams[team].hours
        return {"open_minutes": hours, "hours": sla.PLAIN, "working_days": self._working}

    @cached_property
    def _working(self) -> sla.Hours:
        return sla.working(self.zone, self.holidays)

    def label(self, kind: str, code: str, language: str = "es") -> str:
        """Return the name of a reason, disposition or team; the code itself if it has none."""
        if kind == "teams":
            team = self.teams.get(code)
            return team.names.get(language, code) if team else code
        names: Mapping[str, str] = getattr(self, kind).get(code) or {}
        return str(names.get(language) or code)

    def say_time(self, at: datetime, now: datetime, language: str, zone: str | None = None) -> str:
        """Return an instant as one says it: "mañana a las 9:00".

        Args:
            at: The instant.
            now: This instant.
            language: Of the words.
            zone: The customer's time zone; where its clocks show something else than the desk's,
                both are told: "mañana a las 3:00 (9:00 en Madrid)".
        """
        words = self.calendar.get(language) or next(iter(self.calendar.values()))
        here = at.astimezone(self.zone)
        there = at.astimezone(ZoneInfo(zone)) if zone else here
        if there.utcoffset() == here.utcoffset():
            return _said(words, here, now.astimezone(self.zone).date())
        both: str = words.get("elsewhere") or "{when} ({time}, {city})"
        return both.format(
            when=_said(words, there, now.astimezone(there.tzinfo).date()),
            time=f"{here.hour}:{here.minute:02d}",
            city=str(self.zone).split("/")[-1].replace("_", " "),
        )


def _said(words: Json, local: datetime, today: date) -> str:
    """Return a local time as one says it on a day."""
    days = (local.date() - today).days
    form = "today" if days <= 0 else "tomorrow" if days == 1 else "later"
    if days > 6:
        form = "far"
    text: str = words[form]
    return text.format(
        day=words["days"][local.weekday()],
        date=f"{local.day}/{local.month}",
        time=f"{local.hour}:{local.minute:02d}",
    )
