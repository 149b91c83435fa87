"""Clocks: opening hours and deadlines. Pure functions of instants; nothing here knows "now".

Deadlines count opening time only: a promise of three minutes made on Saturday night is due three
minutes after the team opens on Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

HORIZON = 60
"""Days searched for the next opening."""


@dataclass(frozen=True)
class Hours:
    """When a team is open.

    Args:
        zone: The time zone its hours are in.
        week: For Monday to Sunday, spans of minutes since midnight, in [0, 1440].
        holidays: Days on which it is closed.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[date] = frozenset()

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open spans that end after ``start``, in order, as instants in UTC."""
        today = start.astimezone(self.zone).date()
        for offset in range(-1, HORIZON):
            day = today + timedelta(days=offset)
            if day in self.holidays:
                continue
            for opens, closes in self.week[day.weekday()]:
                span = self._instant(day, opens), self._instant(day, closes)
                if span[1] > start and span[0] < span[1]:
                    yield span

    def is_open(self, at: datetime) -> bool:
        """Whether the team is open at an instant."""
        span = next(self.spans(at), None)
        return span is not None and span[0] <= at

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when the team opens next; ``at`` itself while open; None if not within weeks."""
        span = next(self.spans(at), None)
        return None if span is None else max(span[0], at)

    def _instant(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, 24 * 60)
        local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
        return local.replace(tzinfo=self.zone).astimezone(timezone.utc)


def due(start: datetime, seconds: float, hours: Hours) -> datetime:
    """Return when ``seconds`` of opening time have passed since ``start``.

    Hours that never open do not stop the clock: then it is plain time.
    """
    left = timedelta(seconds=seconds)
    for opens, closes in hours.spans(start):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    return start + timedelta(seconds=seconds)


def open_seconds(start: datetime, end: datetime, hours: Hours) -> float:
    """Return the seconds of opening time between two instants, at least 0."""
    total = timedelta()
    for opens, closes in hours.spans(start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return max(total.total_seconds(), 0.0)


def wait_range(
    waits: list[float], waited: float = 0.0, *, fewest: int = 5
) -> tuple[int, int] | None:
    """Return an honest range of minutes still to wait, or None when the desk cannot know.

    Of the past waits only those that were longer than what this customer has already waited say
    anything about the rest; the range is their middle half. With fewer than ``fewest`` of them
    there is no honest answer.

    Args:
        waits: Seconds that earlier customers of the same queue waited.
        waited: Seconds this customer has waited already.
        fewest: How many waits a range needs, at least 1.
    """
    rest = sorted(wait - waited for wait in waits if wait > waited)
    if len(rest) < fewest:
        return None
    low = rest[len(rest) // 4]
    high = rest[(3 * len(rest)) // 4]
    lowest = max(int(low // 60), 1)
    return lowest, max(int(-(-high // 60)), lowest + 1)
