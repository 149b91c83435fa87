"""How a ticket's clocks stand: pure functions of the ticket, the rules and an instant.

:mod:`bot.handoff.clocks` changes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.handoff import sla
from bot.handoff.instants import iso
from bot.handoff.records import Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.rules_priorities import Target

OPEN = ("queued", "claimed")
COLUMNS = {
    "first_response": "due_first_response",
    "update": "due_update",
    "resolution": "due_resolution",
    "answer": "due_answer",
}
"""A clock's column, by its name."""
LAW = "answer"
"""The clock that counts working days and never stands still."""
SOON, MISSED = "soon", "missed"


def running(ticket: Ticket) -> Iterator[tuple[str, datetime]]:
    """Yield the clocks that are not over, with their deadlines; also while they stand still."""
    if ticket.status not in OPEN:
        return
    for name, column in COLUMNS.items():
        due = getattr(ticket, column)
        if due is not None and not (name == "first_response" and ticket.first_response_at):
            yield name, due


def view(rules: DeskRules, ticket: Ticket, now: datetime) -> Json:
    """Return what agents see of the clocks: {name: {"due", "state"} or null for no such clock}.

    A state is running, soon, missed, met, paused or none.
    """
    shown: Json = {}
    for name, column in COLUMNS.items():
        due = getattr(ticket, column)
        if due is None and name == LAW:
            shown[name] = None
        else:
            shown[name] = {"due": iso(due), "state": state(rules, ticket, name, now)}
    return shown


def state(rules: DeskRules, ticket: Ticket, name: str, now: datetime) -> str:
    """Return how a clock stands: running, soon, missed, met, paused or none."""
    due = getattr(ticket, COLUMNS[name])
    if due is None:
        return "none"
    ended = ended_at(ticket, name)
    if ended is not None:
        return _final(ticket, name, due, ended)
    if due <= reads(ticket, name, now):
        return MISSED
    if stands_still(ticket, name):
        return "paused"
    return SOON if is_soon(rules, ticket, name, due, now) else "running"


def target(rules: DeskRules, priority: str, name: str) -> Target:
    """Return how much time a clock of a priority gives."""
    targets = rules.priorities[priority]
    found: Target = getattr(targets, "resolve" if name == "resolution" else name)
    return found


def stands_still(ticket: Ticket, name: str) -> bool:
    """Whether a clock stands still now; customers of snoozed cases are still told how they are."""
    if ticket.paused_at is None or name == LAW:
        return False
    return name != "update" or ticket.snoozed_until is None


def reads(ticket: Ticket, name: str, at: datetime) -> datetime:
    """Return the instant at which a clock stands: that of the pause while it stands still."""
    paused = ticket.paused_at
    return min(paused, at) if paused is not None and stands_still(ticket, name) else at


def news_due(ticket: Ticket) -> str | None:
    """Return by when the customer must have news, as the log says it; None while none is due."""
    return None if stands_still(ticket, "update") else iso(ticket.due_update)


def ended_at(ticket: Ticket, name: str) -> datetime | None:
    """Return when a clock came to its end, met or missed; None while it has not."""
    if name == "first_response" and ticket.first_response_at is not None:
        return ticket.first_response_at
    return None if ticket.status in OPEN else ticket.resolved_at or ticket.created_at


def _final(ticket: Ticket, name: str, due: datetime, ended: datetime) -> str:
    if due <= ended:
        return MISSED
    unanswered = name == "first_response" and ticket.first_response_at is None
    return "none" if name == "update" or unanswered else "met"


def is_soon(rules: DeskRules, ticket: Ticket, name: str, due: datetime, now: datetime) -> bool:
    """Whether so much of the time is used that a deadline is near (``clocks > warn_at``).

    Of a target with several ends: when it is near by all of them.
    """
    share = 1.0 - rules.clocks.warn_at
    if name == LAW:
        return now >= _law_soon(ticket, due, share)
    times = rules.times(ticket.team)
    return all(
        sla.at_most(now, due, share * seconds, times[unit])
        for unit, seconds in target(rules, ticket.priority, name).items()
    )


def _law_soon(ticket: Ticket, due: datetime, share: float) -> datetime:
    return due - share * max(due - ticket.created_at, timedelta())


def soon_at(rules: DeskRules, ticket: Ticket, name: str, due: datetime, now: datetime) -> datetime:
    """Return when :func:`is_soon` becomes true; ``now`` if it is."""
    share = 1.0 - rules.clocks.warn_at
    if name == LAW:
        return _law_soon(ticket, due, share)
    times, found = rules.times(ticket.team), now
    for unit, seconds in target(rules, ticket.priority, name).items():
        left = sla.open_seconds(now, due, times[unit]) - share * seconds
        if left > 0:
            found = max(found, sla.due(now, left, times[unit]))
    return found


def used_share(rules: DeskRules, ticket: Ticket, name: str, due: datetime, now: datetime) -> float:
    """Return the share of a clock's time that is used: 1 is due, more is late."""
    times = rules.times(ticket.team)
    shares = []
    for unit, seconds in target(rules, ticket.priority, name).items():
        left = sla.open_seconds(now, due, times[unit])
        late = sla.open_seconds(due, now, times[unit])
        shares.append(max(1.0 - left / seconds, 0.0) + late / seconds)
    return min(shares)
