"""Days on which nobody works: ``desk.yml`` > ``holidays``.

Either a list of days::

    holidays: [2026-12-25, 2027-01-01]

or the public holidays of a place, as the ``holidays`` library knows them for every year, with days
of one's own::

    holidays:
      country: ES           # ISO 3166 code
      subdivision: MD       # region, as the library calls it; may be left out
      extra: [2026-12-24]   # closed as well
      except: [2026-12-08]  # open all the same
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from bot.errors import ConfigError, did_you_mean

KEYS = ("country", "subdivision", "extra", "except")
_WHERE = "desk.yml > holidays"


@dataclass(frozen=True)
class ClosedDays:
    """Whether a day is a holiday: ``day in closed_days``.

    Args:
        country: Whose public holidays count; none for nobody's.
        subdivision: Of which region of it.
        extra: Days that are closed as well.
        but: Public holidays that are worked on.
    """

    country: str | None = None
    subdivision: str | None = None
    extra: frozenset[date] = field(default_factory=frozenset)
    but: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def from_config(cls, data: Any) -> ClosedDays:
        """Read the section in either form.

        Raises:
            ConfigError: it names no days, or a place that is not known.
        """
        if data is None:
            return cls()
        if isinstance(data, (list, tuple)):
            return cls(extra=_days(data))
        if not isinstance(data, dict):
            raise ConfigError(f"{_WHERE}: '{data}' is no list of days and no place.")
        for key in data:
            if key not in KEYS:
                raise ConfigError(
                    f"Unknown '{key}' in desk.yml (holidays).{did_you_mean(key, KEYS)}"
                )
        country, region = data.get("country"), data.get("subdivision")
        if region and not country:
            raise ConfigError(f"{_WHERE} > subdivision needs a country.")
        found = cls(
            country=str(country) if country else None,
            subdivision=str(region) if region else None,
            extra=_days(data.get("extra") or ()),
            but=_days(data.get("except") or ()),
        )
        if country:
            _public(found.country, found.subdivision, date.today().year)  # a wrong place shows now
        return found

    def __contains__(self, day: object) -> bool:
        """Whether a day is closed."""
        if not isinstance(day, date) or day in self.but:
            return False
        if day in self.extra:
            return True
        return self.country is not None and day in _public(self.country, self.subdivision, day.year)


def _days(values: Iterable[Any]) -> frozenset[date]:
    for value in values:
        if type(value) is not date:
            raise ConfigError(f"{_WHERE}: '{value}' is no day. Example: 2026-12-25.")
    return frozenset(values)


@lru_cache(maxsize=256)
def _public(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    try:
        import holidays  # only where a place is named
    except ImportError:
        raise ConfigError(
            f"{_WHERE} > country needs the library 'holidays', which is not installed: "
            "run make, or write a list of days."
        ) from None
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:
        places = holidays.list_supported_countries()
        accepted = places.get(country)
        if accepted is None:
            hint = did_you_mean(country, places)
            raise ConfigError(f"{_WHERE} > country: '{country}' is not known.{hint}") from None
        hint = did_you_mean(str(subdivision), accepted)
        raise ConfigError(
            f"{_WHERE} > subdivision: {country} has no '{subdivision}'.{hint}"
        ) from None
