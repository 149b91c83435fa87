"""The jobs that look at a ticket's clocks: one for each, and what is kept with it.

A job says when to look next. What was told of its deadline already is kept with it, so "soon" and
"missed" are logged once for each; and so is the time used, from which a pause or a new target goes
on. Every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.handoff import jobs, spent, tickets
from bot.handoff.clock_state import (
    COLUMNS,
    MISSED,
    SOON,
    ended_at,
    is_soon,
    reads,
    running,
    soon_at,
    stands_still,
    target,
)
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.records import Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.spent import Spent

JOB = "clock"
"""Kind of the jobs that look at a clock; their key is ``<ticket>:<clock>``."""


def plan(
    connection: Any,
    rules: DeskRules,
    ticket: Ticket,
    at: datetime,
    used: Mapping[str, Spent] | None = None,
) -> None:
    """Plan the next look at every clock that runs; keep what time was used of those named."""
    for name, due in running(ticket):
        kept = used[name].json() if used and name in used else {}
        if not stands_still(ticket, name):
            _plan_one(connection, rules, ticket, name, due, at, kept)
        elif kept and (job := _job(connection, ticket, name)) is not None:
            jobs.update(connection, job.id, data={**job.data, **kept})


def used(connection: Any, rules: DeskRules, ticket: Ticket, name: str, at: datetime) -> Spent:
    """Return how much of a clock's time is used until an instant."""
    job, times = _job(connection, ticket, name), rules.times(ticket.team)
    known = None if job is None else spent.read(job.data)
    if known is not None:
        return known.until(at, times)
    wanted = target(rules, ticket.priority, name)
    return spent.guessed(wanted, getattr(ticket, COLUMNS[name]), at, times)


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
    if ended is None and not stands_still(ticket, name):
        _plan_one(connection, rules, ticket, name, due, at, {})
    return ticket, stage


def _job(connection: Any, ticket: Ticket, name: str) -> Job | None:
    return jobs.find(connection, JOB, f"{ticket.ref}:{name}")


def _plan_one(
    connection: Any,
    rules: DeskRules,
    ticket: Ticket,
    name: str,
    due: datetime,
    at: datetime,
    kept: Json,
) -> None:
    """Plan when to look at a clock next; nothing when all was said of this deadline."""
    job = _job(connection, ticket, name)
    said = _said(job, due)
    if MISSED in said:
        return
    when = due
    if SOON not in said and due > at:
        when = min(soon_at(rules, ticket, name, due, at), due)
    data = {**(job.data if job else {}), **kept, "due": iso(due), "said": said}
    if job is not None and job.done_at is None and (job.due, job.data) == (when, data):
        return
    jobs.put(connection, JOB, f"{ticket.ref}:{name}", when, ticket=ticket.ref, data=data)


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
    data = {**job.data, "due": iso(due), "said": [*said, stage]}
    jobs.update(connection, job.id, data=data)
    told = {"clock": name, "due": iso(due)}
    tickets.log(connection, ticket.ref, at, "system", f"sla_{stage}", told)
    return True


def settle(connection: Any, ticket: Ticket, name: str, at: datetime) -> None:
    """Log a deadline that has passed and that no job has looked at yet, before it moves."""
    due = getattr(ticket, COLUMNS[name])
    over = name == "first_response" and ticket.first_response_at is not None
    if due is None or over or due > reads(ticket, name, at):
        return
    job = _job(connection, ticket, name)
    if job is not None:
        _say(connection, ticket, name, MISSED, job, at)


def forget(connection: Any, ticket: Ticket, name: str, at: datetime) -> None:
    """Give up a look that lies ahead; one that is due still happens."""
    job = _job(connection, ticket, name)
    if job is not None and job.done_at is None and job.due > at:
        jobs.cancel(connection, JOB, job.key, at)
