"""A ticket's clocks: first response, next update, resolution, and the law's answer.

The ``due_*`` columns of a ticket are the truth. The functions here change them, inside the
caller's transaction, whenever something happens that a deadline depends on; each returns the
ticket as it is then. Nothing here knows "now": callers say it.

While a ticket waits for its customer, or is snoozed, its clocks stand still since ``paused_at``,
except the law's, which counts working days whatever happens, and that of the next update while it
is snoozed: who waits for the desk hears of it. A deadline that has passed stays missed. When to
look at a clock next, and what it has used, is kept by :mod:`bot.handoff.clock_jobs`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.handoff import clock_jobs, jobs, sla, tickets
from bot.handoff.clock_state import (
    COLUMNS,
    LAW,
    OPEN,
    reads,
    running,
    stands_still,
    target,
)
from bot.handoff.records import Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.spent import Spent

AGAIN = "update_again"
"""Kind of the jobs that tell a customer what could not be told when it was due."""
NO_GRACE = timedelta()


def deadlines(
    rules: DeskRules, priority: str, team: str, issue: str | None, at: datetime
) -> dict[str, datetime | None]:
    """Return the deadlines of a ticket that is opened now, by column."""
    targets, begun, times = rules.priorities[priority], Spent(at), rules.times(team)
    days = rules.law.days_for(issue)
    law = sla.working_days(at, days, rules.zone, rules.holidays) if days else None
    return {
        "due_first_response": begun.due(targets.first_response, times),
        "due_update": begun.due(targets.update, times),
        "due_resolution": begun.due(targets.resolve, times),
        "due_answer": law,
    }


def begin(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """Start the clocks of a ticket that was just opened with its deadlines."""
    clock_jobs.plan(connection, rules, ticket, at, {name: Spent(at) for name, _ in running(ticket)})
    return ticket


def pause(connection: Any, ticket: Ticket, at: datetime) -> Ticket:
    """Let the clocks stand still (waiting for the customer, snoozed); twice is once.

    ``ticket`` says already whether it is snoozed.
    """
    if ticket.paused_at is not None or ticket.status not in OPEN:
        return ticket
    ticket = tickets.update(connection, ticket.ref, paused_at=at)
    for name in COLUMNS:
        if stands_still(ticket, name):
            clock_jobs.forget(connection, ticket, name, at)
    return ticket


def resume(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """Let the clocks run again: what time was left is left; missed stays missed."""
    paused = ticket.paused_at
    if paused is None:
        return ticket
    at = max(at, paused)
    values: Json = {"paused_at": None}
    used = {}
    for name, _ in running(ticket):
        if (after := _after_pause(connection, rules, ticket, name, at)) is not None:
            used[name] = after
            due = after.due(target(rules, ticket.priority, name), rules.times(ticket.team))
            values[COLUMNS[name]] = due
    ticket = tickets.update(connection, ticket.ref, **values)
    clock_jobs.plan(connection, rules, ticket, at, used)
    if ticket.due_update is not None and ticket.due_update <= paused:
        # Due when the pause began, and during it nothing was sent.
        jobs.put(connection, AGAIN, ticket.ref, at, ticket=ticket.ref)
    return ticket


def retarget(
    connection: Any,
    rules: DeskRules,
    ticket: Ticket,
    at: datetime,
    *,
    priority: str | None = None,
    team: str | None = None,
) -> Ticket:
    """Give a ticket another priority or team (columns included) and move its deadlines.

    ``ticket`` is the ticket *before* the change: this function writes priority, rank and team
    itself. The time used already counts against the new target; missed stays missed.
    """
    priority, team = priority or ticket.priority, team or ticket.team
    values: Json = {"priority": priority, "rank": rules.priorities[priority].rank, "team": team}
    used = {}
    for name, due in running(ticket):
        now = reads(ticket, name, at)
        if name == LAW or due <= now:
            continue
        used[name] = clock_jobs.used(connection, rules, ticket, name, now)
        values[COLUMNS[name]] = used[name].due(target(rules, priority, name), rules.times(team))
    ticket = tickets.update(connection, ticket.ref, **values)
    clock_jobs.plan(connection, rules, ticket, at, used)
    return ticket


def told(
    connection: Any,
    rules: DeskRules,
    ticket: Ticket,
    at: datetime,
    *,
    grace: timedelta = NO_GRACE,
) -> Ticket:
    """Note that the customer heard something that counts: the next update is due later.

    ``ticket`` is as it was before. ``grace`` after the deadline is in time all the same: the
    system tells at the deadline, not before it.
    """
    if ticket.status not in OPEN:
        return tickets.update(connection, ticket.ref, told_at=at)
    clock_jobs.settle(connection, ticket, "update", at - grace)
    begun = Spent(reads(ticket, "update", at))
    due = begun.due(target(rules, ticket.priority, "update"), rules.times(ticket.team))
    ticket = tickets.update(connection, ticket.ref, told_at=at, due_update=due)
    clock_jobs.plan(connection, rules, ticket, at, {"update": begun})
    return ticket


def answered(
    connection: Any, rules: DeskRules, ticket: Ticket, at: datetime, *, reached: bool = True
) -> Ticket:
    """Note that an agent wrote to the customer: first response, and :func:`told`.

    ``ticket`` is as it was before. ``reached`` is False when nothing brings the message to the
    customer now (no page, no address): a person has answered, but the customer has not heard it,
    and the next update is as due as before.
    """
    if ticket.first_response_at is None:
        clock_jobs.settle(connection, ticket, "first_response", at)
        values: Json = {"first_response_at": at}
        after = _after_pause(connection, rules, ticket, "first_response", at)
        if after is not None:
            first = target(rules, ticket.priority, "first_response")
            values["due_first_response"] = after.due(first, rules.times(ticket.team))
        ticket = tickets.update(connection, ticket.ref, **values)
        clock_jobs.forget(connection, ticket, "first_response", at)
    return told(connection, rules, ticket, at) if reached else ticket


def stop(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """End the clocks of a case that is closed: met or missed is final.

    Called just before the ticket's status changes.
    """
    ticket = resume(connection, rules, ticket, at)
    for name in COLUMNS:
        clock_jobs.settle(connection, ticket, name, at)
        clock_jobs.forget(connection, ticket, name, at)
    return ticket


def restart(
    connection: Any, rules: DeskRules, ticket: Ticket, at: datetime, *, closed: datetime
) -> Ticket:
    """Begin resolution and update anew on reopening; what was met or missed stays so.

    ``ticket`` is open again and was closed at ``closed``. The first response stays as it was, and
    so does the law's clock; but what came due only while the case was closed was met then, or
    never awaited, and begins anew.
    """
    fresh = deadlines(rules, ticket.priority, ticket.team, ticket.issue, at)
    anew = {"update", "resolution", *(name for name, due in running(ticket) if closed < due <= at)}
    values = {COLUMNS[name]: fresh[COLUMNS[name]] for name in anew}
    ticket = tickets.update(connection, ticket.ref, **values)
    clock_jobs.plan(connection, rules, ticket, at, {name: Spent(at) for name in anew})
    return ticket


def _after_pause(
    connection: Any, rules: DeskRules, ticket: Ticket, name: str, at: datetime
) -> Spent | None:
    """Return what a clock has used when a pause ends now; None when nothing changes for it."""
    paused, due = ticket.paused_at, getattr(ticket, COLUMNS[name])
    if paused is None or due is None or due <= paused or not stands_still(ticket, name):
        return None
    return Spent(max(at, paused), clock_jobs.used(connection, rules, ticket, name, paused).seconds)
