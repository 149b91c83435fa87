"""Agents who come and go: a lost connection never leaves a customer alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import NotAllowed
from bot.handoff import agents, people, routing, staff, tickets
from bot.handoff.front import FrontDesk
from bot.handoff.records import Agent, Message, Ticket
from bot.handoff.sla import open_seconds
from bot.handoff.store import conversations
from bot.handoff.waking import awaken

LOST = "utter_notice_agent_lost"


@dataclass(frozen=True)
class Call:
    """Who is asked to look at a case at once, for something else than a colleague's words.

    Args:
        to: User names.
        why: approval, approved, refused, failed, woke or promise.
    """

    to: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Change:
    """What an operation changed.

    Args:
        ticket: The ticket as it is now.
        messages: What was said by it, in order.
        created: False when it had been done before and nothing changed.
        call: Who is called to it; for their eyes it waits besides, so a closed console misses none.
    """

    ticket: Ticket
    messages: tuple[Message, ...] = ()
    created: bool = True
    call: Call | None = None


def actor(agent: Agent) -> str:
    """Return how the log names an agent."""
    return f"agent:{agent.username}"


class PresenceDesk(FrontDesk):
    """Keeps the chats of agents who lose the connection for a while, then gives them on."""

    def agent_back(self, agent: Agent) -> list[Ticket]:
        """Note that an agent is connected; return the tickets that were nearly lost."""
        at = self.clock()
        with self.store.database.write() as connection:
            known = agents.by_username(connection, agent.username) or agent
            if known.live_since is None:
                presence = staff.comes_back_as(connection, self.rules.assignment, known, at)
                if presence != known.presence or known.presence_since is None:
                    changed = {"presence": presence, "presence_since": at}
                    staff.update(connection, agent.username, **changed)
            agents.set_live(connection, agent.username, at)
            found = tickets.mark_lost(connection, agent.username, None)
            for ticket in found:
                tickets.log(connection, ticket.ref, at, actor(agent), "back")
            return found

    def agent_lost(self, agent: Agent) -> list[Ticket]:
        """Note that an agent's last connection is gone; the grace of their tickets begins."""
        at = self.clock()
        with self.store.database.write() as connection:
            agents.set_live(connection, agent.username, None)
            staff.update(connection, agent.username, presence_since=at)
            found = tickets.mark_lost(connection, agent.username, at)
            for ticket in found:
                tickets.log(connection, ticket.ref, at, actor(agent), "lost")
            return found

    def all_lost(self) -> list[Ticket]:
        """Note at a start that nobody is connected: agents have the grace to come back."""
        with self.store.database.read() as connection:
            connected = agents.live(connection)
        return [ticket for agent in connected for ticket in self.agent_lost(agent)]

    def sweep(self) -> list[Change]:
        """Put the tickets whose agent stayed away back in the queue, telling the customers."""
        at = self.clock()
        before = at - timedelta(seconds=self.grace)
        with self.store.database.read() as connection:
            if not tickets.abandoned(connection, before):
                return []
        with self.store.database.write() as connection:
            changes = []
            for ticket in tickets.abandoned(connection, before):
                conversations.get(connection, ticket.conversation, lock=True)
                if tickets.get(connection, ticket.ref) == ticket:
                    change = self.requeue(connection, ticket, at, "system", "requeued", LOST)
                    changes.append(change)
            return changes

    def visible(self, connection: Any, ref: str, agent: Agent, *, lock: bool = False) -> Ticket:
        """Return a ticket that an agent may see; with ``lock``, nobody else changes it meanwhile.

        Raises:
            NotFound: there is none with this reference.
            NotAllowed: it is another team's.
        """
        ticket = tickets.get(connection, ref)
        if not self.may_see(connection, ticket, agent):
            raise NotAllowed(f"{ticket.ref} is for the team '{ticket.team}'.")
        if lock:
            conversations.get(connection, ticket.conversation, lock=True)
            ticket = tickets.get(connection, ticket.ref)
        return ticket

    def may_see(self, connection: Any, ticket: Ticket, agent: Agent) -> bool:
        """Whether a ticket is an agent's to see.

        It is their team's, their own, offered to them, a colleague drew them into it, or nobody of
        its team took it in time.
        """
        return (
            agents.sees(agent, ticket.team)
            or agent.username in (ticket.owner_agent, ticket.offered_to)
            or (agent.role in routing.SERVING and self.open_to_all(ticket))
            or people.invited(connection, ticket.ref, agent.username)
        )

    def concerned(self, found: Sequence[Ticket]) -> dict[str, frozenset[str]]:
        """Return who sees each ticket beyond its team: conversation to user names.

        The owner, who is asked to take it, who takes part, and who was named in a note.
        """
        with self.store.database.read() as connection:
            along = people.drawn_in(connection, [ticket.ref for ticket in found])
        return {
            ticket.conversation: frozenset(
                name
                for name in (ticket.owner_agent, ticket.offered_to, *along.get(ticket.ref, ()))
                if name
            )
            for ticket in found
        }

    def open_to_all(self, ticket: Ticket) -> bool:
        """Whether a ticket has waited so long that agents of every team may take it."""
        team = self.rules.teams.get(ticket.team)
        if ticket.status != "queued" or team is None:
            return False
        waited = open_seconds(ticket.queued_at, self.clock(), team.hours)
        return waited >= self.rules.assignment.others_after

    def requeue(
        self, connection: Any, ticket: Ticket, at: datetime, who: str, kind: str, key: str
    ) -> Change:
        """Put a ticket back in the queue, log it, and tell the customer with ``key``'s words."""
        was = ticket.owner_agent
        ticket = self.queue_up(connection, ticket, at)
        tickets.log(connection, ticket.ref, at, who, kind, {"agent": was})
        return Change(ticket, (self.tell(connection, ticket, key, at),))

    def queue_up(self, connection: Any, ticket: Ticket, at: datetime) -> Ticket:
        """Put a ticket in its team's queue, whoever had it; the caller logs and tells."""
        conversations.update(connection, ticket.conversation, owner="queue")
        ticket = awaken(connection, self.rules, ticket, at)
        return tickets.update(
            connection,
            ticket.ref,
            status="queued",
            owner_agent=None,
            queued_at=at,
            lost_at=None,
            offered_to=None,
            offered_at=None,
        )
