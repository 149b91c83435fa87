"""Deadlines that come near or pass: agents are reminded, supervisors told, customers informed."""

from __future__ import annotations

from typing import Any

from bot.handoff import clocks, jobs, people, tickets
from bot.handoff.clock_state import MISSED, OPEN
from bot.handoff.front import FrontDesk
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Ticket
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
        scheduler.on(clocks.JOB, self._look)

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
                if jobs.find(connection, clocks.JOB, f"{ticket.ref}:resolution") is None
            ]
            for ticket in found:
                fresh = clocks.deadlines(rules, ticket.priority, ticket.team, ticket.issue, at)
                missing = {
                    column: due for column, due in fresh.items() if getattr(ticket, column) is None
                }
                if missing:
                    ticket = tickets.update(connection, ticket.ref, **missing)
                clocks.begin(connection, rules, ticket, at)
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
        ticket, stage = clocks.due_stage(connection, self._desk.rules, job, at)
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


def _frames(ticket: Ticket, clock: str, stage: str) -> tuple[Frame, ...]:
    if ticket.status not in OPEN:
        return ()  # it was missed while nobody looked; now it is history
    mine = alarm(ticket, clock, stage)
    if stage != MISSED:
        return (mine,)
    return mine, Frame(mine.data, team=ticket.team, roles=LEADING)
