"""When something is due: working days of the desk, whose calendar is ``desk.yml``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.closed_days import ClosedDays
from bot.settings import load

CLOSING = time(20, 0)  # of a working day; what is due that day is due then


def working_day(today: date, days: int) -> datetime:
    """Return the closing time of the ``days``-th working day after ``today``.

    Weekends and the holidays of ``desk.yml`` do not count.
    """
    zone, holidays = _calendar()
    day = today
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in holidays
    return datetime.combine(day, CLOSING, zone)


@cache
def _calendar() -> tuple[ZoneInfo, ClosedDays]:
    desk: dict[str, Any] = yaml.safe_load(load().desk.read_text(encoding="utf-8"))
    return ZoneInfo(desk["time_zone"]), ClosedDays.from_config(desk.get("holidays"))
