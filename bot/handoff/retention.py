"""``desk.yml`` > ``retention``: how long conversations are kept.

Example::

    retention: {months: 12} # after the last message; 0 keeps them for ever
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError, did_you_mean

MONTH = 365.25 / 12
"""Days."""


@dataclass(frozen=True)
class Retention:
    """How long conversations are kept after their last message, in months; 0: for ever."""

    months: float = 0.0

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
        for key in data:
            if key != "months":
                hint = did_you_mean(str(key), ("months",))
                raise ConfigError(f"Unknown '{key}' in desk.yml (retention).{hint}")
        months = data.get("months", 0)
        if isinstance(months, bool) or not isinstance(months, (int, float)) or months < 0:
            raise ConfigError(f"desk.yml > retention > months: '{months}' is no number, 0 or more.")
        return cls(float(months))

    @property
    def days(self) -> float:
        """Return the same in days."""
        return self.months * MONTH
