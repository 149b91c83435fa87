"""``desk.yml`` > ``retention``: how long conversations and what was sent are kept.

Example::

    retention:
      months: 12 # conversations, after the last message; 0 keeps them for ever
      sent_days: 90 # webhooks that are through; mails that are and done jobs, of closed cases
      lists_days: 365 # who saw which cases in a list
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from bot.errors import ConfigError, did_you_mean

MONTH = 365.25 / 12
"""Days."""


@dataclass(frozen=True)
class Retention:
    """How long things are kept; 0: for ever.

    Args:
        months: Conversations, after their last message.
        sent_days: Mails and webhooks that arrived or were given up, and done jobs.
        lists_days: Notes of who saw which list.
    """

    months: float = 0.0
    sent_days: float = 0.0
    lists_days: float = 0.0

    @classmethod
    def from_dict(cls, data: Any) -> Retention:
        """Read the section.

        Raises:
            ConfigError: it says something we cannot obey.
        """
        if data is None:
            return cls()
        if not isinstance(data, dict):
            raise ConfigError(f"desk.yml > retention: '{data}'. Example: {{months: 12}}.")
        names = [each.name for each in fields(cls)]
        for key, value in data.items():
            if key not in names:
                hint = did_you_mean(str(key), names)
                raise ConfigError(f"Unknown '{key}' in desk.yml (retention).{hint}")
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise ConfigError(
                    f"desk.yml > retention > {key}: '{value}' is no number, 0 or more."
                )
        return cls(**{key: float(value) for key, value in data.items()})

    @property
    def days(self) -> float:
        """Return the months in days."""
        return self.months * MONTH
