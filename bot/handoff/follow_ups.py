"""A follow-up that an agent plans for a case: in person, or by the survey, at a time they choose.

In person means that the case waits for the agent's eyes at that time, with an alarm: they write or
call. By survey means that the question of how it went comes then, and not as usual.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.errors import Conflict, DeskError, did_you_mean
from bot.handoff import jobs, people, surveys, tickets
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Ticket
from bot.handoff.scheduler import Frame, Outcome, Scheduler

JOB = "personal_follow_up"
"""Kind of the jobs; their key is the case's reference: one at a time."""
HOW = ("person", "survey")


class FollowUps:
    """Plans follow-ups and reminds of them.

    Args:
        desk: Whose cases.
        scheduler: Keeps the time.
    """

    def __init__(self, desk: Desk, scheduler: Scheduler) -> None:
        self._desk = desk
        scheduler.on(JOB, self._remind)

    def plan(self, ref: str, agent: Agent, when: datetime | None, how: str = "person") -> Change:
        """Plan how a customer is asked whether all is well; planning again moves it.

        Args:
            ref: The case.
            agent: Who is reminded of one in person.
            when: Later than now.
            how: ``person``, or ``survey`` for a case that is closed.

        Raises:
            NotAllowed: the case is another team's.
            DeskError: there is no such way, or the time is none or past.
            Conflict: a survey of a case that is not closed, or was asked already.
        """
        at = self._desk.clock()
        if how not in HOW:
            raise DeskError(f"Unknown follow-up '{how}'.{did_you_mean(how, HOW)}")
        if when is None or when <= at:
            raise DeskError("A follow-up is at a time that is still to come: 2026-12-01T10:00:00Z.")
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent, lock=True)
            if how == "survey":
                self._move_survey(connection, ticket, when)
            else:
                data = {"agent": agent.username}
                Scheduler.put(connection, JOB, ticket.ref, when, ticket=ticket.ref, data=data)
            told = {"how": how, "at": iso(when)}
            tickets.log(connection, ticket.ref, at, actor(agent), "follow_up_planned", told)
            return Change(ticket)

    def cancel(self, ref: str, agent: Agent) -> Change:
        """Take back a follow-up in person that was planned.

        Raises:
            NotAllowed: the case is another team's.
            Conflict: none is planned, or its time has come.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent, lock=True)
            planned = jobs.find(connection, JOB, ticket.ref)
            if planned is None or planned.done_at is not None:
                raise Conflict(f"No follow-up of {ticket.ref} is planned.")
            Scheduler.cancel(connection, JOB, ticket.ref, at)
            told = {"at": iso(planned.due)}
            tickets.log(connection, ticket.ref, at, actor(agent), "follow_up_cancelled", told)
            return Change(ticket)

    def _move_survey(self, connection: Any, ticket: Ticket, when: datetime) -> None:
        if ticket.status not in surveys.CLOSED or ticket.resolved_at is None:
            raise Conflict(f"{ticket.ref} is {ticket.status}: only closed cases are rated.")
        key = surveys.key_of(ticket)
        planned = jobs.find(connection, surveys.ASK, key)
        if planned is not None and planned.done_at is not None:
            raise Conflict(f"The customer was asked about {ticket.ref} already.")
        Scheduler.put(connection, surveys.ASK, key, when, ticket=ticket.ref)
        Scheduler.cancel(connection, surveys.FOLLOW_UP, key, self._desk.clock())  # not asked twice

    def _remind(self, connection: Any, job: Job) -> Outcome:
        """Put a case before the eyes of who planned its follow-up."""
        ticket, at = tickets.get(connection, job.ticket or ""), self._desk.clock()
        who = str(job.data.get("agent"))
        people.mention(connection, ticket.ref, [who], at)
        tickets.log(connection, ticket.ref, at, "system", "followed_up", {"kind": "person"})
        data = {"type": "alarm", "ref": ticket.ref, "clock": "follow_up", "stage": "due"}
        seen = Frame({"type": "mention", "ref": ticket.ref}, to=who)
        return Outcome((Change(ticket),), (seen, Frame(data, to=who)))  # the alarm says why
