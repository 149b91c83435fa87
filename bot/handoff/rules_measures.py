"""What ``desk.yml`` says of the measures: the band of the escalation rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.handoff.records import Json
from bot.handoff.rules_read import number, section


@dataclass(frozen=True)
class MeasureRules:
    """The share of conversations that should reach a person: neither too few nor too many.

    Args:
        low: In [0, 1]; below it the bot keeps people who need a person.
        high: In [0, 1], above ``low``; beyond it the bot solves too little.
        least: Conversations of a week from which on supervisors are told that it was outside.
    """

    low: float = 0.1
    high: float = 0.5
    least: int = 20

    @classmethod
    def from_dict(cls, data: Any) -> MeasureRules:
        """Read the section ``measures``.

        Raises:
            ConfigError: a bound is no share, they are the wrong way round, or ``least`` is no
                number.
        """
        found = section("measures", data, ("escalation_rate",))
        path = "measures > escalation_rate"
        band = section(path, found.get("escalation_rate"), ("low", "high", "least"))
        low = number(f"{path} > low", band.get("low", cls.low), most=1.0)
        high = number(f"{path} > high", band.get("high", cls.high), most=1.0)
        if low >= high:
            raise ConfigError(f"desk.yml > {path}: low ({low:g}) is not below high ({high:g}).")
        least = number(f"{path} > least", band.get("least", cls.least))
        return cls(low, high, int(least))

    def band(self) -> Json:
        """Return the bounds as the measures read them."""
        return {"low": self.low, "high": self.high}
