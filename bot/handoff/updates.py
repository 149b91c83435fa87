"""Nobody is left without news: what the system tells a customer when an update is due.

Before it is due the agent is reminded. When it is due and nobody has written, the system says what
is known: where the case is, who has it, and when the next news comes. It never says more than it
knows. Where nothing reaches the customer (no page, no address) no update is made: that is logged
as missed, agents are alarmed, and it is tried again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.handoff import agents, clocks, tickets
from bot.handoff.clock_state import OPEN, news_due, stands_still
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Ticket
from bot.handoff.scheduler import Frame, Outcome, Scheduler
from bot.handoff.store import conversations

QUEUED = "utter_notice_update_queued"
HELD = "utter_notice_update_open"
GRACE = timedelta(seconds=60)
"""So long after its deadline an update of the system is in time."""


class Updates:
    """Tells customers how their cases are when nobody else has.

    Args:
        desk: Whose cases and words; its ``reach`` says how a customer hears of it.
        scheduler: Keeps the time.
    """

    def __init__(self, desk: FrontDesk, scheduler: Scheduler) -> None:
        self._desk = desk
        scheduler.on(clocks.AGAIN, self._again)

    def make(self, connection: Any, ticket: Ticket, at: datetime) -> Outcome:
        """Tell a customer whose update is due, or note that it could not be told.

        Args:
            connection: The caller's, with the conversation locked.
            ticket: Open, its clocks running, its update due.
            at: This instant.
        """
        channel = self._desk.reach(connection, ticket)
        if channel is None:
            return self._unreached(connection, ticket, at)
        due = news_due(ticket)
        ticket = clocks.told(connection, self._desk.rules, ticket, at, grace=GRACE)
        facts = self._facts(connection, ticket, at)
        key = HELD if "agent" in facts else QUEUED
        message = self._desk.tell(connection, ticket, key, at, **facts)
        data = {"kind": "update", "channel": channel, "message": message.id, "due": due}
        tickets.log(connection, ticket.ref, at, "system", "told", data)
        return Outcome((Change(ticket, (message,)),))

    def _facts(self, connection: Any, ticket: Ticket, at: datetime) -> dict[str, str]:
        rules = self._desk.rules
        facts = {}
        if ticket.due_update is not None:
            zone = conversations.get(connection, ticket.conversation).time_zone
            facts["next"] = rules.say_time(ticket.due_update, at, ticket.language, zone)
        if ticket.owner_agent is not None:
            owner = agents.by_username(connection, ticket.owner_agent)
            facts["agent"] = owner.name if owner else ticket.owner_agent
        return facts

    def _unreached(self, connection: Any, ticket: Ticket, at: datetime) -> Outcome:
        """Log an update that reached nobody, once for its deadline, and try again later."""
        due = iso(ticket.due_update)
        missed = [
            event
            for event in tickets.events(connection, ticket.ref)
            if event.kind == "update_missed" and event.data.get("due") == due
        ]
        minutes = self._desk.rules.clocks.retry_minutes
        later = at + timedelta(minutes=minutes)
        Scheduler.put(connection, clocks.AGAIN, ticket.ref, later, ticket=ticket.ref)
        if missed:
            return Outcome()
        data = {"due": due, "why": "unreachable"}
        tickets.log(connection, ticket.ref, at, "system", "update_missed", data)
        return Outcome((Change(ticket),), (alarm(ticket, "update", "unreachable"),))

    def _again(self, connection: Any, job: Job) -> Outcome | None:
        """Try once more, if the customer has heard nothing meanwhile."""
        at = self._desk.clock()
        ticket = tickets.get(connection, job.ticket or "")
        conversations.get(connection, ticket.conversation, lock=True)
        ticket = tickets.get(connection, ticket.ref)
        return self.make(connection, ticket, at) if is_due(ticket, at) else None


def is_due(ticket: Ticket, at: datetime) -> bool:
    """Whether a customer should have heard something by now."""
    return (
        ticket.status in OPEN
        and not stands_still(ticket, "update")
        and ticket.due_update is not None
        and ticket.due_update <= at
    )


def alarm(ticket: Ticket, clock: str, stage: str) -> Frame:
    """Return what consoles show of a deadline: to the owner, or to the team while nobody is."""
    data = {"type": "alarm", "ref": ticket.ref, "clock": clock, "stage": stage}
    if ticket.owner_agent is not None:
        return Frame(data, to=ticket.owner_agent)
    return Frame(data, team=ticket.team)
