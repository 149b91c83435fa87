"""The desk's measures, from the log of its tickets: pure functions of what was logged.

The five that escalation management names (response time, resolution time, satisfaction, first
contact resolution, escalation rate) and what explains them. Times are seconds of plain time; shares
are in [0, 1]; what nothing is known about is None, never 0. Nobody's feelings but the customer's
are measured, and no agent is ranked.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.handoff.logged import Case, chats
from bot.handoff.records import Json

PERSON = (180.0, 0.95)
"""Seconds within which a person is to have answered, and for which share of the cases; a law pack
of ``desk.yml`` may say otherwise (Ley 10/2025)."""
GOOD = 4
"""Of 5: the target of the satisfaction score."""
CLOCKS = ("first_response", "update", "resolution", "answer")
"""Deadlines whose share of cases in time is told; a case counts where it had that deadline."""
COMMON = 10
"""Recurring causes shown."""


def measures(
    found: Sequence[Case],
    conversations: int,
    band: Json | None = None,
    person: tuple[float, float] = PERSON,
    alone: int | None = None,
) -> Json:
    """Return all measures of some cases.

    Args:
        found: The cases of a period.
        conversations: How many conversations customers began in it, with and without a case.
        band: ``low`` and ``high`` of the escalation rate, in [0, 1].
        person: Seconds within which a person is to answer, and the share that is aimed at.
        alone: How many of the conversations never had a case; None: each case has one of its own.
    """
    closed = [case for case in found if case.resolved_at is not None]
    return {
        "cases": len(found),
        "conversations": conversations,
        "response": {
            "to_escalation": spread(_seconds(c.reported_at, c.opened_at) for c in found),
            "to_person": spread(_seconds(c.opened_at, c.answered_at) for c in found),
            "by_priority": _by(found, "priority", _response),
            "within": {
                "seconds": person[0],
                "target": person[1],
                "share": _share([_quick(case, person[0]) for case in found]),
            },
        },
        "resolution": {
            "all": spread(_seconds(c.opened_at, c.resolved_at) for c in closed),
            "by_priority": _by(closed, "priority", _resolution),
        },
        "satisfaction": satisfaction(found),
        "first_contact": first_contact(found, conversations, alone),
        "escalation": escalation(found, conversations, band or {}),
        "transfers": spread(float(case.transfers) for case in closed),
        "sla": {
            clock: _share([clock not in case.missed for case in found if clock in case.clocks])
            for clock in CLOCKS
        },
        "sla_cases": {clock: sum(clock in case.clocks for case in found) for clock in CLOCKS},
        "updates": _ratio(found, lambda case: case.updates),
        "promises": _ratio(found, lambda case: case.promises),
        "recurring": recurring(found),
    }


def satisfaction(found: Sequence[Case]) -> Json:
    """Return what customers said of how they were served; the target is 4 of 5."""
    scores = [case.score for case in found if case.score is not None]
    asked = sum(1 for case in found if case.asked or case.score is not None)
    return {
        "mean": round(statistics.fmean(scores), 3) if scores else None,
        "good": _share([score >= GOOD for score in scores]),
        "target": GOOD,
        "answers": len(scores),
        "answered": round(len(scores) / asked, 4) if asked else None,
        "scores": {str(score): scores.count(score) for score in range(1, 6)},
    }


def first_contact(found: Sequence[Case], conversations: int, alone: int | None = None) -> Json:
    """Return how much was settled at once: by the bot alone, by the first person, or not."""
    closed = [case for case in found if case.resolved_at is not None]
    at_once = [not case.reopened and not case.transfers for case in closed]
    without = max(conversations - len(found), 0) if alone is None else alone
    ended = without + len(closed)
    return {
        "without_person": round(without / conversations, 4) if conversations else None,
        "by_first_person": _share(at_once),
        "rate": round((without + sum(at_once)) / ended, 4) if ended else None,
        "reasons": _counted(case.about.get("reason") for case in found),
        "causes": _counted(case.cause for case in closed if case.cause),
    }


def escalation(found: Sequence[Case], conversations: int, band: Json) -> Json:
    """Return how much of the bot's chats reaches a person: neither much nor little is good."""
    rate = round(len(chats(found)) / conversations, 4) if conversations else None
    low, high = band.get("low"), band.get("high")
    where = None
    if rate is not None and low is not None and high is not None:
        where = "low" if rate < low else "high" if rate > high else "within"
    return {
        "rate": rate,
        "low": low,
        "high": high,
        "where": where,
        "issues": _counted(case.about.get("issue") for case in found),
        "products": dict(list(_counted(case.about.get("product") for case in found).items())[:20]),
    }


def recurring(found: Sequence[Case]) -> list[Json]:
    """Return what keeps coming: issue, product and cause together, the commonest first."""
    keys = Counter(
        (case.about.get("issue"), case.about.get("product"), case.cause) for case in found
    )
    return [
        {"issue": issue, "product": product, "cause": cause, "cases": number}
        for (issue, product, cause), number in sorted(
            keys.items(), key=lambda item: (-item[1], str(item[0]))
        )[:COMMON]
        if number > 1
    ]


def by_week(found: Sequence[Case], begun: Sequence[datetime], zone: Any) -> list[Json]:
    """Return the escalation rate of each week, Mondays first.

    Args:
        found: Cases.
        begun: When each conversation began.
        zone: The desk's time zone.
    """
    conversations = Counter(_monday(at, zone) for at in begun)
    opened = Counter(_monday(case.opened_at, zone) for case in chats(found))
    return [
        {
            "week": week,
            "conversations": conversations[week],
            "cases": opened[week],
            "rate": round(opened[week] / conversations[week], 4) if conversations[week] else None,
        }
        for week in sorted(set(conversations) | set(opened))
    ]


def spread(values: Iterable[float | None]) -> Json:
    """Return mean, median and 90th percentile of numbers; None where there are none."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return {"count": 0, "mean": None, "median": None, "p90": None}
    last = known[min(len(known) - 1, int(0.9 * len(known)))]
    return {
        "count": len(known),
        "mean": round(statistics.fmean(known), 3),
        "median": round(statistics.median(known), 3),
        "p90": round(last, 3),
    }


def _monday(at: datetime, zone: Any) -> str:
    day = at.astimezone(zone).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max((end - start).total_seconds(), 0.0)


def _response(found: Sequence[Case]) -> Json:
    return spread(_seconds(case.opened_at, case.answered_at) for case in found)


def _resolution(found: Sequence[Case]) -> Json:
    return spread(_seconds(case.opened_at, case.resolved_at) for case in found)


def _quick(case: Case, limit: float) -> bool:
    seconds = _seconds(case.opened_at, case.answered_at)
    return seconds is not None and seconds <= limit


def _by(found: Sequence[Case], key: str, work: Callable[[Sequence[Case]], Json]) -> Json:
    names = dict.fromkeys(str(case.about.get(key)) for case in found)
    return {name: work([c for c in found if str(c.about.get(key)) == name]) for name in names}


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _ratio(found: Sequence[Case], pair: Callable[[Case], tuple[int, int]]) -> Json:
    good = sum(pair(case)[0] for case in found)
    bad = sum(pair(case)[1] for case in found)
    return {
        "good": good,
        "bad": bad,
        "share": round(good / (good + bad), 4) if good + bad else None,
    }


def _counted(names: Iterable[Any]) -> dict[str, int]:
    return dict(Counter(str(name) if name else "other" for name in names).most_common())
