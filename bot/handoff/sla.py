"""Clocks: opening hours and deadlines. Pure functions of instants; nothing here knows "now".

What counts opening time counts nothing else: a promise of three minutes made on Saturday night is
due three minutes after the team opens on Monday. Hours that never open do not stop a clock: then it
is plain time (:data:`PLAIN`). Working days are hours too, of days that are open all day.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

HORIZON = 1200
"""Days searched for opening time, more than three years."""
DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Hours:
    """When a team is open.

    Args:
        zone: The time zone its hours are in.
        week: For Monday to Sunday, spans of minutes since midnight, in [0, 1440], in order.
        holidays: Days on which it is closed.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: Container[date] = frozenset()
    _days: dict[date, tuple[Span, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def never(self) -> bool:
        """Whether it is closed all week."""
        return not any(self.week)

    def spans(self, start: datetime) -> Iterator[Span]:
        """Yield the open spans that end after ``start``, in order, as instants in UTC."""
        if self.never:
            return
        day = start.astimezone(self.zone).date() - DAY
        for _ in range(HORIZON):
            for span in self._day(day):
                if span[1] > start:
                    yield span
            day += DAY

    def is_open(self, at: datetime) -> bool:
        """Whether the team is open at an instant."""
        span = next(self.spans(at), None)
        return span is not None and span[0] <= at

    def next_opening(self, at: datetime) -> datetime | None:
        """Return when the team opens next; ``at`` itself while open; None if it never does."""
        span = next(self.spans(at), None)
        return None if span is None else max(span[0], at)

    def _day(self, day: date) -> tuple[Span, ...]:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = tuple(self._look_up(day))
        return known

    def _look_up(self, day: date) -> Iterator[Span]:
        """Yield a day's spans; where the clocks change, none overlaps another."""
        if day in self.holidays:
            return
        last: datetime | None = None
        for opens, closes in self.week[day.weekday()]:
            begin, end = self._instant(day, opens), self._instant(day, closes)
            begin = begin if last is None else max(begin, last)
            if begin < end:
                last = end
                yield begin, end

    def _instant(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, 24 * 60)
        local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
        return local.replace(tzinfo=self.zone).astimezone(timezone.utc)


PLAIN = Hours(ZoneInfo("UTC"), ((),) * 7)
"""Time by the calendar: nights, weekends and holidays too."""


def working(zone: ZoneInfo, holidays: Container[date]) -> Hours:
    """Return the time of working days: all of Monday to Friday, without holidays."""
    return Hours(zone, (((0, 24 * 60),),) * 5 + ((), ()), holidays)


def due(start: datetime, seconds: float, hours: Hours) -> datetime:
    """Return when ``seconds`` of opening time have passed since ``start``."""
    left = timedelta(seconds=seconds)
    for opens, closes in hours.spans(start):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    return start + timedelta(seconds=seconds)


def open_seconds(start: datetime, end: datetime, hours: Hours) -> float:
    """Return the seconds of opening time between two instants, at least 0."""
    if hours.never:
        return max((end - start).total_seconds(), 0.0)
    total = timedelta()
    for opens, closes in hours.spans(start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return max(total.total_seconds(), 0.0)


def at_most(start: datetime, end: datetime, seconds: float, hours: Hours) -> bool:
    """Whether no more than ``seconds`` of opening time lie between two instants.

    The same as comparing :func:`open_seconds`, but it looks no further than it must: a queue asks
    this of every line.
    """
    if (end - start).total_seconds() <= seconds or hours.never:
        return (end - start).total_seconds() <= seconds
    reached = due(start, seconds, hours)
    return reached >= end or open_seconds(reached, end, hours) == 0


def working_days(start: datetime, days: int, zone: ZoneInfo, holidays: Container[date]) -> datetime:
    """Return the last second of the ``days``-th working day after the day of ``start``.

    Saturdays, Sundays and holidays do not count.
    """
    day = start.astimezone(zone).date()
    while days > 0:
        day += DAY
        days -= day.weekday() < 5 and day not in holidays
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(timezone.utc)


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
