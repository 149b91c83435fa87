"""Reading ``desk.yml``; the file itself explains every key.

A mistake stops the start: the message names the path into the file, the value, what is accepted
and, where something similar exists, what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from bot.errors import ConfigError, did_you_mean
from bot.handoff.records import Json
from bot.handoff.sla import Hours

PRIORITIES = ("urgent", "high", "medium", "low")
RISKS = ("legal", "regulator", "press", "churn", "safety", "abuse")
LEVELS = ("calm", "annoyed", "frustrated", "angry")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_SECTIONS = (
    "time_zone",
    "hours",
    "holidays",
    "teams",
    "priorities",
    "routing",
    "priority_rules",
    "authority",
    "dispositions",
    "reasons",
    "countries",
    "default_country",
    "calendar",
)
_OPTIONAL = ("holidays", "reasons")


@dataclass(frozen=True)
class Priority:
    """How soon, in seconds of opening time."""

    first_response: float
    update: float
    resolve: float
    rank: int  # 0 urgent … 3 low


@dataclass(frozen=True)
class Team:
    """Who receives tickets, when, and what it is called in each language."""

    name: str
    hours: Hours
    names: Mapping[str, str]


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
    reasons: Mapping[str, Mapping[str, str]]
    countries: Json
    default_country: str
    calendar: Mapping[str, Json]

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
        _known("", data, _SECTIONS)
        for section in _SECTIONS:
            if section not in data and section not in _OPTIONAL:
                raise ConfigError(f"desk.yml has no section '{section}'.")
        zone = _zone(data["time_zone"])
        teams = _teams(data, zone)
        rules = cls(
            zone=zone,
            teams=teams,
            priorities=_priorities(data["priorities"]),
            routing=_routing(data["routing"], teams),
            priority_rules=_priority_rules(data["priority_rules"]),
            authority=data["authority"],
            dispositions=data["dispositions"],
            reasons=data.get("reasons") or {},
            countries=data["countries"],
            default_country=str(data["default_country"]),
            calendar=data["calendar"],
        )
        _known("default_country", [rules.default_country], rules.countries)
        return rules

    def label(self, kind: str, code: str, language: str = "es") -> str:
        """Return the name of a reason, disposition or team; the code itself if it has none."""
        if kind == "teams":
            team = self.teams.get(code)
            return team.names.get(language, code) if team else code
        names: Mapping[str, str] = getattr(self, kind).get(code) or {}
        return str(names.get(language) or code)

    def say_time(self, at: datetime, now: datetime, language: str) -> str:
        """Return an instant as one says it: "mañana a las 9:00"."""
        words = self.calendar.get(language) or next(iter(self.calendar.values()))
        local, today = at.astimezone(self.zone), now.astimezone(self.zone).date()
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


def _known(path: str, names: Iterable[str], accepted: Iterable[str]) -> None:
    accepted = list(accepted)
    for name in names:
        if name not in accepted:
            where = f" ({path})" if path else ""
            raise ConfigError(f"Unknown '{name}' in desk.yml{where}.{did_you_mean(name, accepted)}")


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"desk.yml > time_zone: '{name}' is no time zone. Example: Europe/Madrid."
        ) from None


def _teams(data: Json, zone: ZoneInfo) -> dict[str, Team]:
    holidays = frozenset(_day(each) for each in data.get("holidays") or ())
    hours = {name: _hours(name, week, zone, holidays) for name, week in data["hours"].items()}
    teams = {}
    for name, team in data["teams"].items():
        _known(f"teams > {name} > hours", [team.get("hours", "")], hours)
        names = {key: str(value) for key, value in team.items() if key != "hours"}
        teams[name] = Team(name, hours[team["hours"]], names)
    return teams


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    raise ConfigError(f"desk.yml > holidays: '{value}' is no day. Example: 2026-12-25.")


def _hours(name: str, week: Json, zone: ZoneInfo, holidays: frozenset[date]) -> Hours:
    _known(f"hours > {name}", week, _DAYS)
    spans = tuple(
        tuple(_span(f"hours > {name} > {day}", each) for each in week.get(day) or ())
        for day in _DAYS
    )
    always = all(spans) and all(span == ((0, 1440),) for span in spans)
    return Hours(zone, spans, frozenset() if always else holidays)


def _span(path: str, text: Any) -> tuple[int, int]:
    match = _SPAN.fullmatch(str(text))
    if match:
        numbers = [int(part) for part in match.groups()]
        opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if opens < closes <= 24 * 60:
            return opens, closes
    raise ConfigError(
        f"desk.yml > {path}: '{text}' is no opening time. Example: \"09:00-20:00\", within one day."
    )


def _priorities(data: Json) -> dict[str, Priority]:
    _known("priorities", data, PRIORITIES)
    result = {}
    for rank, name in enumerate(PRIORITIES):
        if name not in data:
            raise ConfigError(f"desk.yml > priorities has no '{name}'.")
        seconds = [data[name].get(key) for key in ("first_response", "update", "resolve")]
        if not all(isinstance(each, (int, float)) and each > 0 for each in seconds):
            raise ConfigError(
                f"desk.yml > priorities > {name}: first_response, update and resolve are seconds, "
                f"above 0. Got {seconds}."
            )
        first, update, resolve = (float(each) for each in seconds)
        result[name] = Priority(first, update, resolve, rank)
    return result


def _routing(data: Json, teams: Mapping[str, Team]) -> Json:
    _known("routing", data, ("risks", "issues", "default"))
    _known("routing > risks", data.get("risks") or (), RISKS)
    for part in ("risks", "issues"):
        _known(f"routing > {part}", (data.get(part) or {}).values(), teams)
    _known("routing > default", [data.get("default", "")], teams)
    return data


def _priority_rules(data: Json) -> Json:
    _known("priority_rules", data, ("risks", "issues", "levels", "default"))
    _known("priority_rules > risks", data.get("risks") or (), RISKS)
    _known("priority_rules > levels", data.get("levels") or (), LEVELS)
    for part in ("risks", "issues", "levels"):
        _known(f"priority_rules > {part}", (data.get(part) or {}).values(), PRIORITIES)
    _known("priority_rules > default", [data.get("default", "")], PRIORITIES)
    return data
