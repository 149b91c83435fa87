"""A ticket's clocks: first response, next update, resolution, and the law's answer.

The ``due_*`` columns of a ticket are the truth. The functions here change them, inside the
caller's transaction, whenever something happens that a deadline depends on; each returns the
ticket as it is then. Nothing here knows "now": callers say it.

While a ticket waits for its customer, or is snoozed, its clocks stand still since ``paused_at``,
except the law's: that one counts working days whatever happens. A deadline that has passed stays
missed. For every clock a job says when to look at it next; what it has told already for a deadline
is kept with the job, so "soon" and "missed" are logged once for each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.handoff import jobs, sla, tickets
from bot.handoff.clock_state import (
    COLUMNS,
    LAW,
    MISSED,
    OPEN,
    SOON,
    ended_at,
    is_soon,
    reads,
    running,
    soon_at,
    stands_at,
    target,
)
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.records import Json, Ticket
from bot.handoff.rules import DeskRules

JOB = "clock"
"""Kind of the jobs that look at a clock; their key is ``<ticket>:<clock>``."""
AGAIN = "update_again"
"""Kind of the jobs that tell a customer what could not be told when it was due."""
NO_GRACE = timedelta()


def deadlines(
    rules: DeskRules, priority: str, team: str, issue: str | None, at: datetime
) -> dict[str, datetime | None]:
    """Return the deadlines of a ticket that is opened now, by column."""
    targets, hours = rules.priorities[priority], rules.teams[team].hours
    days = rules.law.days_for(issue)
    law = sla.working_days(at, days, rules.zone, rules.holidays) if days else None
    return {
        "due_first_response": sla.due(at, targets.first_response, hours),
        "due_update": sla.due(at, targets.update, hours),
        "due_resolution": sla.due(at, targets.resolve, hours),
        "due_answer": law,
    }


def begin(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """Start the clocks of a ticket that was just opened with its deadlines."""
    _plan(connection, rules, ticket, at)
    return ticket


def pause(connection: Any, ticket: Ticket, at: datetime) -> Ticket:
    """Let the clocks stand still (waiting for the customer, snoozed); twice is once."""
    if ticket.paused_at is not None or ticket.status not in OPEN:
        return ticket
    for name in COLUMNS:
        if name != LAW:
            _forget(connection, ticket, name, at)
    return tickets.update(connection, ticket.ref, paused_at=at)


def resume(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """Let the clocks run again: what opening time was left is left; missed stays missed."""
    paused = ticket.paused_at
    if paused is None:
        return ticket
    at = max(at, paused)
    values: Json = {"paused_at": None}
    for name, _ in running(ticket):
        values |= _moved(rules, ticket, name, at)
    ticket = tickets.update(connection, ticket.ref, **values)
    _plan(connection, rules, ticket, at)
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
    itself. The opening time used already counts against the new target; missed stays missed.
    """
    priority, team = priority or ticket.priority, team or ticket.team
    values: Json = {"priority": priority, "rank": rules.priorities[priority].rank, "team": team}
    now = stands_at(ticket, at)
    before, after = rules.teams[ticket.team].hours, rules.teams[team].hours
    for name, due in running(ticket):
        if name == LAW or due <= now:
            continue
        used = target(rules, ticket.priority, name) - sla.open_seconds(now, due, before)
        left = target(rules, priority, name) - max(used, 0.0)
        values[COLUMNS[name]] = sla.due(now, left, after) if left > 0 else now
    ticket = tickets.update(connection, ticket.ref, **values)
    _plan(connection, rules, ticket, at)
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
    _settle(connection, ticket, "update", at - grace)
    hours = rules.teams[ticket.team].hours
    due = sla.due(stands_at(ticket, at), target(rules, ticket.priority, "update"), hours)
    ticket = tickets.update(connection, ticket.ref, told_at=at, due_update=due)
    _plan(connection, rules, ticket, at)
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
        _settle(connection, ticket, "first_response", at)
        values: Json = {"first_response_at": at, **_moved(rules, ticket, "first_response", at)}
        ticket = tickets.update(connection, ticket.ref, **values)
        _forget(connection, ticket, "first_response", at)
    return told(connection, rules, ticket, at) if reached else ticket


def stop(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """End the clocks of a case that is closed: met or missed is final.

    Called just before the ticket's status changes.
    """
    ticket = resume(connection, rules, ticket, at)
    for name in COLUMNS:
        _settle(connection, ticket, name, at)
        _forget(connection, ticket, name, at)
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
    values = {name: fresh[name] for name in ("due_update", "due_resolution")}
    for name, due in running(ticket):
        if closed < due <= at:
            values[COLUMNS[name]] = fresh[COLUMNS[name]]
    ticket = tickets.update(connection, ticket.ref, **values)
    _plan(connection, rules, ticket, at)
    return ticket


def due_stage(connection: Any, rules: DeskRules, job: Job, at: datetime) -> tuple[Ticket, str]:
    """Look at the clock of a job: log what has come to be, once, and plan the next look.

    Returns:
        The ticket, and ``soon``, ``missed`` or nothing new.
    """
    ref, name = job.key.rsplit(":", 1)
    ticket = tickets.get(connection, ref)
    due = getattr(ticket, COLUMNS[name])
    if due is None or job.data.get("due") != iso(due):
        return ticket, ""
    ended = ended_at(ticket, name)
    now = reads(ticket, name, min(at, ended) if ended else at)
    stage = ""
    if due <= now:
        stage = MISSED
    elif ended is None and is_soon(rules, ticket, name, due, now):
        stage = SOON
    if stage:
        stage = stage if _say(connection, ticket, name, stage, job, at) else ""
    if ended is None and (ticket.paused_at is None or name == LAW):
        _plan_one(connection, rules, ticket, name, due, at)
    return ticket, stage


def _moved(rules: DeskRules, ticket: Ticket, name: str, at: datetime) -> Json:
    """Return a clock's deadline as it is after a pause that ends now: what was left is left."""
    paused, due = ticket.paused_at, getattr(ticket, COLUMNS[name])
    if paused is None or due is None or name == LAW or due <= paused:
        return {}
    hours = rules.teams[ticket.team].hours
    return {COLUMNS[name]: sla.due(max(at, paused), sla.open_seconds(paused, due, hours), hours)}


def _key(ref: str, name: str) -> str:
    return f"{ref}:{name}"


def _plan(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> None:
    """Plan the next look at every clock that runs."""
    for name, due in running(ticket):
        if ticket.paused_at is None or name == LAW:
            _plan_one(connection, rules, ticket, name, due, at)


def _plan_one(
    connection: Any, rules: DeskRules, ticket: Ticket, name: str, due: datetime, at: datetime
) -> None:
    """Plan when to look at a clock next; nothing when all was said of this deadline."""
    job = jobs.find(connection, JOB, _key(ticket.ref, name))
    said = _said(job, due)
    if MISSED in said:
        return
    when = due
    if SOON not in said and due > at:
        when = min(soon_at(rules, ticket, name, due, at), due)
    data = {"due": iso(due), "said": said}
    if job is not None and job.done_at is None and (job.due, job.data) == (when, data):
        return
    jobs.put(connection, JOB, _key(ticket.ref, name), when, ticket=ticket.ref, data=data)


def _said(job: Job | None, due: datetime) -> list[str]:
    if job is None or job.data.get("due") != iso(due):
        return []
    return list(job.data.get("said") or ())


def _say(connection: Any, ticket: Ticket, name: str, stage: str, job: Job, at: datetime) -> bool:
    """Log that a clock is soon due, or was missed; once for each deadline."""
    due = getattr(ticket, COLUMNS[name])
    said = _said(job, due)
    if stage in said:
        return False
    data = {"due": iso(due), "said": [*said, stage]}
    jobs.update(connection, job.id, data=data)
    told = {"clock": name, "due": iso(due)}
    tickets.log(connection, ticket.ref, at, "system", f"sla_{stage}", told)
    return True


def _settle(connection: Any, ticket: Ticket, name: str, at: datetime) -> None:
    """Log a deadline that has passed and that no job has looked at yet, before it moves."""
    due = getattr(ticket, COLUMNS[name])
    over = name == "first_response" and ticket.first_response_at is not None
    if due is None or over or due > reads(ticket, name, at):
        return
    job = jobs.find(connection, JOB, _key(ticket.ref, name))
    if job is not None:
        _say(connection, ticket, name, MISSED, job, at)


def _forget(connection: Any, ticket: Ticket, name: str, at: datetime) -> None:
    """Give up a look that lies ahead; one that is due still happens."""
    job = jobs.find(connection, JOB, _key(ticket.ref, name))
    if job is not None and job.done_at is None and job.due > at:
        jobs.cancel(connection, JOB, job.key, at)
