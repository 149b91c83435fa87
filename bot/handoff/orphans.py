"""Nothing falls through: every open case has a team that exists, and a queue or a live owner.

Most ways out of order are impossible (who owns a conversation changes together with its ticket) or
healed where they arise (an agent who loses the connection). What is left, such as a team that was
taken out of ``desk.yml`` or an account that was disabled, is found here and put right.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from bot.handoff import agents, tickets
from bot.handoff.desk import Desk
from bot.handoff.presence import LOST, Change
from bot.handoff.records import Ticket
from bot.handoff.scheduler import Frame, Outcome
from bot.handoff.store import conversations
from bot.handoff.tables import agent_tokens, ticket_events
from bot.handoff.tables import agents as accounts
from bot.handoff.tables import conversations as talks
from bot.handoff.tables import tickets as table

logger = logging.getLogger("remanso.desk")

UNTENDED = timedelta(minutes=15)
"""A chat whose owner has no console, and did nothing in it for so long, has nobody."""
ORPHANED = "orphaned"
"""Trigger of the ticket of a conversation that waited for a person without having one."""


class Orphans:
    """Finds what nobody has, and gives it to somebody.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sweep(self) -> list[Outcome]:
        """Put right what is out of order, each case in a transaction of its own; who leads is told.

        One that cannot be put right is logged and holds up no other.
        """
        with self._desk.store.database.read() as connection:
            teams = tuple(self._desk.rules.teams)
            found = [
                *((self._reroute, ref) for ref in _without_team(connection, teams)),
                *((self._take_back, ref) for ref in _without_owner(connection)),
                *((self._miss, ref) for ref in self._untended(connection)),
                *((self._open, talk) for talk in _without_ticket(connection)),
            ]
        outcomes = []
        for mend, name in found:
            try:
                change = mend(name)
            except Exception as error:  # whatever it is: the others are put right all the same
                logger.error("%s is nobody's and stays so", name, exc_info=error)
                continue
            if change is not None:
                logger.warning("%s was nobody's: %s", change.ticket.ref, mend.__name__.strip("_"))
                alarm = {"type": "alarm", "ref": change.ticket.ref, "clock": "orphan"}
                outcomes.append(Outcome((change,), (Frame(alarm, roles=agents.ALL_TEAMS),)))
        return outcomes

    def _reroute(self, ref: str) -> Change | None:
        """Give a case of a team that does not exist to the one its issue belongs to."""
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            ticket = self._locked(connection, ref)
            if ticket.team in desk.rules.teams or ticket.status not in ("queued", "claimed"):
                return None
            return Change(desk.rehouse(connection, ticket, at))

    def _take_back(self, ref: str) -> Change | None:
        """Put a case back in the queue whose owner has no account any more."""
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            ticket = self._locked(connection, ref)
            owner = agents.by_username(connection, ticket.owner_agent or "")
            if ticket.status != "claimed" or (owner is not None and owner.active):
                return None
            return desk.requeue(connection, ticket, at, "system", "requeued", LOST)

    def _miss(self, ref: str) -> Change | None:
        """Begin the grace of an owner who has no console and does nothing."""
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            ticket = self._locked(connection, ref)
            if ticket.status != "claimed" or ticket.lost_at is not None:
                return None
            tickets.log(connection, ref, at, f"agent:{ticket.owner_agent}", "lost")
            return Change(tickets.update(connection, ref, lost_at=at))

    def _open(self, conversation: str) -> Change | None:
        """Give a conversation a ticket that waits for a person without one."""
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            if known.owner == "bot" or tickets.current(connection, conversation) is not None:
                return None
            ticket, notice = desk.hand_over(connection, known, None, ORPHANED, at)
            return Change(ticket, (notice,))

    def _untended(self, connection: Any) -> list[str]:
        """Chats whose owner is no program, has no console, and has done nothing for long."""
        before = self._desk.clock() - UNTENDED
        programs = sa.select(agent_tokens.c.agent).where(agent_tokens.c.revoked_at.is_(None))
        absent = sa.select(accounts.c.username).where(
            accounts.c.live_since.is_(None), accounts.c.id.not_in(programs)
        )
        query = sa.select(table.c.ref, table.c.owner_agent).where(
            table.c.status == "claimed",
            table.c.owner_agent.in_(absent),
            table.c.lost_at.is_(None),
            table.c.waiting_since.is_(None),
            table.c.snoozed_until.is_(None),
            table.c.channel == "chat",
        )
        return [
            ref
            for ref, name in connection.execute(query).all()
            if _last_deed(connection, ref, name) < before
        ]

    def _locked(self, connection: Any, ref: str) -> Ticket:
        ticket = tickets.get(connection, ref)
        conversations.get(connection, ticket.conversation, lock=True)
        return tickets.get(connection, ref)


def _without_team(connection: Any, teams: tuple[str, ...]) -> list[str]:
    query = sa.select(table.c.ref).where(
        table.c.status.in_(("queued", "claimed")), table.c.team.not_in(teams)
    )
    return list(connection.execute(query).scalars())


def _without_owner(connection: Any) -> list[str]:
    working = sa.select(accounts.c.username).where(accounts.c.active.is_(True))
    query = sa.select(table.c.ref).where(
        table.c.status == "claimed",
        sa.or_(table.c.owner_agent.is_(None), table.c.owner_agent.not_in(working)),
    )
    return list(connection.execute(query).scalars())


def _without_ticket(connection: Any) -> list[str]:
    """Conversations that a person should have, and of which no ticket is open."""
    ticket = sa.exists().where(
        table.c.conversation == talks.c.id, table.c.status.in_(("queued", "claimed"))
    )
    query = sa.select(talks.c.id).where(talks.c.owner != "bot", ~ticket)
    return list(connection.execute(query).scalars())


def _last_deed(connection: Any, ref: str, username: str) -> datetime:
    """When an agent last did anything in a case."""
    query = sa.select(sa.func.max(ticket_events.c.at)).where(
        ticket_events.c.ticket == ref, ticket_events.c.actor == f"agent:{username}"
    )
    last: datetime | None = connection.execute(query).scalar_one()
    return last or datetime.min.replace(tzinfo=timezone.utc)
