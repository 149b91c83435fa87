"""How much of a clock's time is used, in each kind of time: what pauses and new targets go on from.

A deadline alone does not say it: a target may count several kinds of time, and the next target
others than the last one. So what is used is kept with the clock's job, beside what was told of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.handoff import sla
from bot.handoff.records import Json
from bot.handoff.rules_priorities import Target

Times = Mapping[str, sla.Hours]
"""What each unit of a target counts, for one team."""


@dataclass(frozen=True)
class Spent:
    """What a clock has used.

    Args:
        since: From when it runs on.
        seconds: Used before that, by unit; none: nothing.
    """

    since: datetime
    seconds: Mapping[str, float] = field(default_factory=dict)

    def until(self, at: datetime, times: Times) -> Spent:
        """Return the same with what is used until ``at`` counted, to run on from there."""
        used = {
            unit: self.seconds.get(unit, 0.0) + sla.open_seconds(self.since, at, hours)
            for unit, hours in times.items()
        }
        return Spent(at, used)

    def due(self, target: Target, times: Times) -> datetime:
        """Return when a target is reached: the earliest of its ends."""
        return min(self._end(unit, each, times) for unit, each in target.items())

    def _end(self, unit: str, seconds: float, times: Times) -> datetime:
        left = seconds - self.seconds.get(unit, 0.0)
        return sla.due(self.since, left, times[unit]) if left > 0 else self.since

    def json(self) -> Json:
        """Return it as a job keeps it; :func:`read` reads it."""
        return {"since": self.since.isoformat(), "used": dict(self.seconds)}


def read(data: Json) -> Spent | None:
    """Return what a job keeps; None when it keeps nothing of the kind."""
    if "since" not in data:
        return None
    return Spent(datetime.fromisoformat(data["since"]), data.get("used") or {})


def guessed(target: Target, due: datetime, now: datetime, times: Times) -> Spent:
    """Return what must be used until now when nothing is known but the deadline."""
    used = {
        unit: max(seconds - sla.open_seconds(now, due, times[unit]), 0.0)
        for unit, seconds in target.items()
    }
    return Spent(now, used)
