"""Deadlines that come near or pass: agents are reminded, supervisors told, customers informed."""

from __future__ import annotations

from typing import Any

from bot.handoff import clock_jobs, clocks, jobs, people, tickets
from bot.handoff.clock_state import MISSED, OPEN
from bot.handoff.front import FrontDesk
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Ticket
from bot.handoff.routing import SERVING, serves
from bot.handoff.scheduler import Frame, Outcome, Scheduler
from bot.handoff.store import conversations
from bot.handoff.updates import Updates, alarm, is_due

LEADING = ("supervisor", "admin")
"""Roles that are told of what was missed."""


class Alarms:
    """Looks at clocks when their jobs say so.

    Args:
        desk: Whose tickets.
        scheduler: Keeps the time.
        updates: Tells customers.
    """

    def __init__(self, desk: FrontDesk, scheduler: Scheduler, updates: Updates) -> None:
        self._desk = desk
        self._updates = updates
        scheduler.on(clock_jobs.JOB, self._look)

    def adopt(self) -> int:
        """Start the clocks of open tickets that have none yet: those of an older version.

        Returns:
            How many there were.
        """
        at, rules = self._desk.clock(), self._desk.rules
        with self._desk.store.database.write() as connection:
            found = [
                ticket
                for ticket in tickets.open_ones(connection)
                if jobs.find(connection, clock_jobs.JOB, f"{ticket.ref}:resolution") is None
            ]
            for ticket in found:
                fresh = clocks.deadlines(rules, ticket.priority, ticket.team, ticket.issue, at)
                missing = {
                    column: due for column, due in fresh.items() if getattr(ticket, column) is None
                }
                if missing:
                    ticket = tickets.update(connection, ticket.ref, **missing)
                clock_jobs.plan(connection, rules, ticket, at)
        return len(found)

    def _look(self, connection: Any, job: Job) -> Outcome | None:
        """Look at one clock; an update that is due is made first, so it is in time."""
        at = self._desk.clock()
        ticket = tickets.get(connection, job.ticket or "")
        conversations.get(connection, ticket.conversation, lock=True)
        ticket = tickets.get(connection, ticket.ref)
        outcome = Outcome()
        if job.key.endswith(":update") and is_due(ticket, at):
            outcome = self._updates.make(connection, ticket, at)
        ticket, stage = clock_jobs.due_stage(connection, self._desk.rules, job, at)
        if not stage:
            return outcome
        clock = job.key.rsplit(":", 1)[1]
        frames = (*outcome.frames, *_frames(ticket, clock, stage))
        return Outcome(outcome.changes or (Change(ticket),), frames)


def short_names(desk: FrontDesk) -> list[str]:
    """Return who should say their full name to customers by law, and has one word as a name."""
    if not desk.rules.law.full_name:
        return []
    with desk.store.database.read() as connection:
        return [agent.username for agent in people.active(connection) if " " not in agent.name]


def unserved(desk: FrontDesk) -> list[str]:
    """Return where a rule may raise a case's tier and nobody of its team has it: "billing L2".

    A team without any account is left out.
    """
    with desk.store.database.read() as connection:
        staffed = [one for one in people.active(connection) if one.role in SERVING]
    lacking = []
    for team in desk.rules.teams:
        own = [one for one in staffed if team in one.teams]
        wanted = {
            value
            for rule in desk.rules.automation
            if team in rule.conditions.get("team", (team,))
            for action, value in rule.actions
            if action == "set_tier"
        }
        for tier in sorted(wanted) if own else ():
            if not any(serves(one, tier) for one in own):
                lacking.append(f"{team} {tier}")
    return lacking


def _frames(ticket: Ticket, clock: str, stage: str) -> tuple[Frame, ...]:
    if ticket.status not in OPEN:
        return ()  # it was missed while nobody looked; now it is history
    mine = alarm(ticket, clock, stage)
    if stage != MISSED:
        return (mine,)
    return mine, Frame(mine.data, team=ticket.team, roles=LEADING)
