"""``desk.yml`` > ``survey``: what happens after a case is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.handoff.rules_read import number, section

_KEYS = ("ask", "after_minutes", "remind_after_hours", "low", "follow_up_after_hours")


@dataclass(frozen=True)
class SurveyRules:
    """How customers are asked how they were served.

    Args:
        ask: Whether they are asked at all.
        after_minutes: From the end of the case to the question.
        remind_after_hours: From the question to the one reminder; 0: none.
        low: Scores up to this one, of 5, are looked at by a supervisor.
        follow_up_after_hours: From the end to a check whether all is well still; 0: none.
    """

    ask: bool = True
    after_minutes: float = 5.0
    remind_after_hours: float = 24.0
    low: int = 2
    follow_up_after_hours: float = 72.0

    @classmethod
    def from_dict(cls, data: Any) -> SurveyRules:
        """Read the section; a missing key keeps its usual value.

        Raises:
            ConfigError: a value is out of its range.
        """
        given = section("survey", data, _KEYS)
        usual = cls()
        ask = given.get("ask", usual.ask)
        if not isinstance(ask, bool):
            raise ConfigError(f"desk.yml > survey > ask is true or false, not '{ask}'.")
        low = number("survey > low", given.get("low", usual.low), least=1, most=4)
        hours = {
            key: number(f"survey > {key}", given.get(key, getattr(usual, key)), most=24 * 90)
            for key in ("remind_after_hours", "follow_up_after_hours")
        }
        minutes = given.get("after_minutes", usual.after_minutes)
        return cls(
            ask=ask,
            after_minutes=number("survey > after_minutes", minutes, most=60 * 24 * 30),
            low=int(low),
            **hours,
        )
