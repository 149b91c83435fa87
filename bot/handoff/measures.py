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
from dataclasses import dataclass
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
OTHER = "other"
"""What is not about anything that has a name."""
PRODUCTS = 20
"""Products whose escalation rate is told."""


@dataclass(frozen=True)
class Talk:
    """A conversation with the bot in which the customer wrote.

    Args:
        id: Its id.
        begun_at: When it began.
        alone: No case has ever come of it.
        issue: What it was about, as the bot understood it last.
        product: And which product.
    """

    id: str
    begun_at: datetime
    alone: bool
    issue: str | None = None
    product: str | None = None


def measures(
    found: Sequence[Case],
    talks: Sequence[Talk] | None,
    band: Json | None = None,
    person: tuple[float, float] = PERSON,
) -> Json:
    """Return all measures of some cases.

    Args:
        found: The cases of a period.
        talks: The conversations that customers had with the bot in it, with and without a case;
            None when the cases are one team's: conversations are nobody's, so no share is of them.
        band: ``low`` and ``high`` of the escalation rate, in [0, 1].
        person: Seconds within which a person is to answer, and the share that is aimed at.
    """
    closed = [case for case in found if case.resolved_at is not None]
    return {
        "cases": len(found),
        "conversations": None if talks is None else len(talks),
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
        "first_contact": first_contact(found, talks),
        "escalation": escalation(found, talks, band or {}),
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


def first_contact(found: Sequence[Case], talks: Sequence[Talk] | None) -> Json:
    """Return how much was settled at once: by the bot alone, by the first person, or not.

    Counted are conversations: one with two cases was not settled at once, however each ended.
    """
    at_once = [_at_once(own) for own in _homes(found).values() if all(c.resolved_at for c in own)]
    alone = None if talks is None else sum(talk.alone for talk in talks)
    ended = len(at_once) + (alone or 0)
    settled = sum(at_once) + (alone or 0)
    return {
        "without_person": round(alone / len(talks), 4) if talks and alone is not None else None,
        "by_first_person": _share(at_once),
        "rate": round(settled / ended, 4) if ended and alone is not None else None,
        "reasons": _counted(case.about.get("reason") for case in found),
        "causes": _counted(case.cause for case in found if case.resolved_at and case.cause),
    }


def escalation(found: Sequence[Case], talks: Sequence[Talk] | None, band: Json) -> Json:
    """Return how many of the bot's chats reach a person: neither many nor few is good.

    Counted are conversations; two cases of one are one. Without ``talks`` there is neither a share
    nor a band.
    """
    reached = len(_homes(chats(found)))
    rate = round(reached / len(talks), 4) if talks else None
    low, high = (None, None) if talks is None else (band.get("low"), band.get("high"))
    where = None
    if rate is not None and low is not None and high is not None:
        where = "low" if rate < low else "high" if rate > high else "within"
    return {
        "rate": rate,
        "low": low,
        "high": high,
        "where": where,
        "issues": _rates(found, talks, "issue"),
        "products": dict(list(_rates(found, talks, "product").items())[:PRODUCTS]),
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


def by_week(found: Sequence[Case], talks: Sequence[Talk], zone: Any) -> list[Json]:
    """Return the escalation rate of each week, Mondays first.

    Args:
        found: Cases.
        talks: The conversations; one counts in the week it began and where a case came of it.
        zone: The desk's time zone.
    """
    cases: dict[str, list[Case]] = {}
    had: dict[str, set[str]] = {}
    for talk in talks:
        had.setdefault(_monday(talk.begun_at, zone), set()).add(talk.id)
    for case in chats(found):
        week = _monday(case.opened_at, zone)
        cases.setdefault(week, []).append(case)
        had.setdefault(week, set()).add(_home(case))
    return [
        {
            "week": week,
            "conversations": len(had[week]),
            "cases": len(own := cases.get(week, [])),
            "rate": round(len(_homes(own)) / len(had[week]), 4),
        }
        for week in sorted(had)
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


def _home(case: Case) -> str:
    return case.conversation or case.ref


def _homes(found: Iterable[Case]) -> dict[str, list[Case]]:
    """Return cases by their conversation."""
    homes: dict[str, list[Case]] = {}
    for case in found:
        homes.setdefault(_home(case), []).append(case)
    return homes


def _at_once(own: Sequence[Case]) -> bool:
    """Whether a conversation's cases are one, closed by who had it first and never taken up."""
    case = own[0]
    return len(own) == 1 and case.only and not case.reopened and not case.transfers


def _rates(found: Sequence[Case], talks: Sequence[Talk] | None, what: str) -> Json:
    """Return the escalation rate by issue or product, what reaches a person most often first.

    A conversation without a case is about what the bot understood; without a name it is "other".
    """
    reached: dict[str, set[str]] = {}
    for case in chats(found):
        reached.setdefault(case.about.get(what) or OTHER, set()).add(_home(case))
    had = {name: set(own) for name, own in reached.items()}
    seen: set[str] = set().union(*reached.values())
    for talk in talks or ():
        if talk.id not in seen:
            had.setdefault(getattr(talk, what) or OTHER, set()).add(talk.id)
    told: dict[str, Json] = {}
    for name in sorted(had, key=lambda name: (-len(reached.get(name, ())), name)):
        escalated = len(reached.get(name, ()))
        whole = None if talks is None else len(had[name])
        rate = round(escalated / whole, 4) if whole else None
        told[name] = {"escalated": escalated, "conversations": whole, "rate": rate}
    return told


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
    return dict(Counter(str(name) if name else OTHER for name in names).most_common())
