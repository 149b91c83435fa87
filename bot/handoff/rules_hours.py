"""``desk.yml`` > ``hours``, ``teams``: who receives tickets, and when."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import ConfigError
from bot.handoff.records import Json
from bot.handoff.rules_read import known
from bot.handoff.sla import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True)
class Team:
    """Who receives tickets, when, and what it is called in each language."""

    name: str
    hours: Hours
    names: Mapping[str, str]


def teams(data: Json, place: ZoneInfo, closed: Container[date]) -> dict[str, Team]:
    """Read the teams with their opening hours.

    Raises:
        ConfigError: a day, a span or a name means nothing.
    """
    hours = {name: _hours(name, week, place, closed) for name, week in data["hours"].items()}
    found = {}
    for name, team in data["teams"].items():
        known(f"teams > {name} > hours", [team.get("hours", "")], hours)
        names = {key: str(value) for key, value in team.items() if key != "hours"}
        found[name] = Team(name, hours[team["hours"]], names)
    return found


def _hours(name: str, week: Json, place: ZoneInfo, closed: Container[date]) -> Hours:
    known(f"hours > {name}", week, _DAYS)
    spans = tuple(_day(f"hours > {name} > {day}", week.get(day) or ()) for day in _DAYS)
    always = all(spans) and all(span == ((0, 1440),) for span in spans)
    return Hours(place, spans, frozenset() if always else closed)


def _day(path: str, texts: Any) -> tuple[tuple[int, int], ...]:
    spans = tuple(_span(path, text) for text in texts)
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise ConfigError(f"desk.yml > {path}: opening times overlap or are out of order.")
    return spans


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
