"""Nobody accepts: other teams are asked, then supervisors, then the customer may leave an address.

Each step is a job, planned once for each time a ticket enters the queue and due after seconds of
its team's opening time. So a restart loses none, and none comes twice. One more counts plain time:
whoever waits when the team is not open learns when it is, even if a console seemed to be there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.handoff import agents, callback, jobs, opening, staff, tickets
from bot.handoff.assignment import EVERYONE, Waiting, waiting
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Json, Ticket
from bot.handoff.routing import AWAY, OFFLINE, ONLINE, Need, able
from bot.handoff.scheduler import Frame, Outcome, Scheduler
from bot.handoff.sla import due
from bot.handoff.store import conversations, messages

OTHERS, SUPERVISORS, CALLBACK = "unaccepted_others", "unaccepted_supervisors", "unaccepted_callback"
"""Kinds of the jobs, in order."""
CLOSED = "unaccepted_closed"
"""Kind of the job that looks whether the team is open."""
BATCH = 20
"""Tickets planned for in one transaction: others want to write too."""


class Unaccepted:
    """Plans what happens to tickets that nobody takes, and does it.

    Args:
        desk: Whose tickets, agents and words.
        scheduler: Keeps the time.
    """

    def __init__(self, desk: Desk, scheduler: Scheduler) -> None:
        self._desk = desk
        self._scheduler = scheduler
        self._planned: set[str] = set()
        scheduler.on(OTHERS, self._ask_others)
        scheduler.on(SUPERVISORS, self._alarm_supervisors)
        scheduler.on(CALLBACK, self._offer_callback)
        scheduler.on(CLOSED, self._out_of_hours)

    def plan(self) -> None:
        """Plan the steps of every ticket that has entered the queue since the last time."""
        with self._desk.store.database.read() as connection:
            queue = [one for one in waiting(connection) if one.team in self._desk.rules.teams]
            fresh = [one for one in queue if key_of(one) not in self._planned]
            known = jobs.planned(connection, CALLBACK, [key_of(one) for one in fresh])
        fresh = [one for one in fresh if key_of(one) not in known]
        for start in range(0, len(fresh), BATCH):
            with self._desk.store.database.write() as connection:
                for one in fresh[start : start + BATCH]:
                    self._plan(connection, one)
        self._planned = {key_of(one) for one in queue}

    def _plan(self, connection: Any, one: Waiting) -> None:
        rules = self._desk.rules
        hours, times = rules.teams[one.team].hours, rules.assignment
        for kind, seconds in (
            (OTHERS, times.others_after),
            (SUPERVISORS, times.supervisor_after),
            (CALLBACK, times.callback_after),
        ):
            when = due(one.queued_at, seconds, hours)
            self._scheduler.add(connection, kind, key_of(one), when, ticket=one.ref)
        soon = one.queued_at + timedelta(seconds=times.others_after)
        self._scheduler.add(connection, CLOSED, key_of(one), soon, ticket=one.ref)

    def _ask_others(self, connection: Any, job: Job) -> Outcome | None:
        """Tell the agents of other teams; if nobody at all is there, tell the customer at once."""
        ticket, at = self._waiting(connection, job), self._desk.clock()
        if ticket is None:
            return None
        people = staff.candidates(connection, self._desk.rules.assignment, at)
        need = Need(ticket.team, ticket.language, anyone=True)  # of any tier by now
        absent = (OFFLINE, AWAY)
        there = [one for one in people if one.presence not in absent and able(need, one.agent)]
        data = {"from": ticket.team, "to": EVERYONE, "why": "unaccepted"}
        tickets.log(connection, ticket.ref, at, "system", "routed", data)
        if not there:
            self._scheduler.put(connection, CALLBACK, job.key, at, ticket=ticket.ref)
        others = [one for one in there if ticket.team not in one.agent.teams]
        free = [one for one in others if one.presence == ONLINE]
        frames = (Frame(_alarm(ticket), to=one.agent.username) for one in free)
        return Outcome((Change(ticket),), tuple(frames))

    def _alarm_supervisors(self, connection: Any, job: Job) -> Outcome | None:
        """Tell everyone who leads that a customer has been left waiting."""
        ticket, at = self._waiting(connection, job), self._desk.clock()
        if ticket is None:
            return None
        data = {"from": ticket.team, "to": "supervisors", "why": "unaccepted"}
        tickets.log(connection, ticket.ref, at, "system", "routed", data)
        return Outcome((Change(ticket),), (Frame(_alarm(ticket), roles=agents.ALL_TEAMS),))

    def _offer_callback(self, connection: Any, job: Job) -> Change | None:
        """Let the customer leave an address; the case stays in the queue."""
        ticket = self._waiting(connection, job)
        if ticket is None:
            return None
        said = callback.offer(self._desk, connection, ticket, self._desk.clock())
        return Change(ticket, (said,)) if said else None

    def _out_of_hours(self, connection: Any, job: Job) -> Change | None:
        """Tell a customer who waits out of hours when the team opens, and offer the same choices.

        Not while somebody who serves the team may still take the case, until they had long enough.
        """
        ticket, at = self._waiting(connection, job), self._desk.clock()
        rules = self._desk.rules
        team = rules.teams.get(ticket.team) if ticket else None
        if ticket is None or team is None or _told_closed(connection, ticket):
            return None
        last = ticket.queued_at + timedelta(seconds=rules.assignment.callback_after)
        if at < last and opening.is_open(connection, rules, ticket.team, at):
            self._scheduler.put(connection, CLOSED, job.key, last, ticket=ticket.ref)
            return None
        if team.hours.is_open(at):
            return None  # the other steps are under way
        facts = {}
        if opens := team.hours.next_opening(at):
            zone = conversations.get(connection, ticket.conversation).time_zone
            facts["opens"] = rules.say_time(opens, at, ticket.language, zone)
        said = callback.offer(self._desk, connection, ticket, at, callback.CLOSED, **facts)
        return Change(ticket, (said,)) if said else None

    def _waiting(self, connection: Any, job: Job) -> Ticket | None:
        """The ticket of a job, locked, if it still waits since the same moment."""
        ticket = tickets.get(connection, job.ticket or "")
        conversations.get(connection, ticket.conversation, lock=True)
        ticket = tickets.get(connection, ticket.ref)
        same = ticket.status == "queued" and key_of(ticket) == job.key
        return ticket if same else None


def key_of(one: Waiting | Ticket) -> str:
    """Return the key of a ticket's jobs: another one each time it enters the queue."""
    return f"{one.ref}@{iso(one.queued_at)}"


def _told_closed(connection: Any, ticket: Ticket) -> bool:
    """Whether the customer was told at the beginning of this wait that the team is not open."""
    if ticket.notice is None:
        return False
    notice = messages.by_id(connection, ticket.notice)
    return notice.response == opening.HANDOFF_CLOSED and notice.created_at >= ticket.queued_at


def _alarm(ticket: Ticket) -> Json:
    return {"type": "alarm", "ref": ticket.ref, "clock": "unaccepted"}
