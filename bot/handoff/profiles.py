"""What the desk knows of a customer beyond a case: their profile and their history.

Only of customers who proved who they are, and only for agents who serve them: who may see one of
their cases or chats. Every look is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotFound, did_you_mean
from bot.handoff import agents, status
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Conversation, Json, Ticket, record
from bot.handoff.tables import conversations, messages, tickets
from bot.handoff.tables_desk import profiles, reads, surveys

MOST = 50
"""Cases and chats told of a history."""
LONGEST = 4000


class Profiles:
    """Customers, as agents know them.

    Args:
        desk: Whose customers.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def profile(self, customer_id: str, agent: Agent) -> Json:
        """Return a customer's profile, empty until somebody writes it.

        Raises:
            NotFound: no such customer ever proved who they are, or the agent serves none of
                their cases.
        """
        with self._desk.store.database.write() as connection:
            self._known(connection, customer_id, agent, "profile")
            return _profile(connection, customer_id)

    def write(self, customer_id: str, agent: Agent, text: str, needs: Sequence[str]) -> Json:
        """Write a customer's profile.

        Args:
            customer_id: The customer's number.
            agent: Who writes.
            text: What colleagues should know.
            needs: What the customer declared to need: codes of ``desk.yml``.

        Raises:
            NotFound: as for :meth:`profile`.
            DeskError: the text is too long, or a need has no name.
        """
        known = self._desk.rules.needs
        for need in needs:
            if need not in known:
                text_ = f"Unknown need '{need}'.{did_you_mean(need, known)}"
                raise DeskError(text_, "need", accepted=", ".join(known))
        if len(text) > LONGEST:
            raise DeskError(f"A profile has {LONGEST} characters at most.", "long_profile")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            self._known(connection, customer_id, agent, "profile")
            row = {
                "text": text.strip(),
                "needs": list(dict.fromkeys(needs)),
                "changed_by": agent.username,
                "changed_at": at,
            }
            mine = profiles.c.customer_id == customer_id
            if not connection.execute(sa.update(profiles).where(mine).values(**row)).rowcount:
                connection.execute(sa.insert(profiles).values(customer_id=customer_id, **row))
            return _profile(connection, customer_id)

    def history(self, customer_id: str, agent: Agent) -> Json:
        """Return a customer's cases and chats, newest first, of every team.

        Raises:
            NotFound: as for :meth:`profile`.
        """
        with self._desk.store.database.write() as connection:
            self._known(connection, customer_id, agent, "history")
            cases = _cases(connection, customer_id)
            scores = _scores(connection, [ticket.ref for ticket in cases])
            return {
                "customer_id": customer_id,
                "tickets": [_past(ticket, scores.get(ticket.ref)) for ticket in cases],
                "conversations": _chats(connection, customer_id, cases),
            }

    def _known(self, connection: Any, customer_id: str, agent: Agent, kind: str) -> None:
        """Check that an agent serves a customer, and keep that they looked.

        Raises:
            NotFound: they do not, or there is no such customer: one answer for both.
        """
        chats = _of(customer_id)
        query = sa.select(tickets).join(conversations, conversations.c.id == tickets.c.conversation)
        found = [record(Ticket, row) for row in connection.execute(query.where(chats))]
        serves = any(self._desk.may_see(connection, ticket, agent) for ticket in found)
        if not serves and agent.role in agents.ALL_TEAMS:
            serves = connection.execute(sa.select(conversations.c.id).where(chats)).first()
        if not serves:
            raise NotFound(f"No customer '{customer_id}' among your cases.")
        note_read(connection, agent, kind, self._desk.clock(), customer_id=customer_id)


def note_read(
    connection: Any,
    agent: Agent,
    kind: str,
    at: datetime,
    *,
    conversation: str | None = None,
    customer_id: str | None = None,
) -> None:
    """Keep that an agent looked at a customer's data outside a case.

    Args:
        connection: The caller's.
        agent: Who looked.
        kind: bot_chat, profile or history.
        at: This instant.
        conversation: Whose chat.
        customer_id: Which customer.
    """
    row = {"conversation": conversation, "customer_id": customer_id}
    values = {"at": at, "agent": agent.username, "kind": kind, **row}
    connection.execute(sa.insert(reads).values(**values))


def _of(customer_id: str) -> Any:
    return sa.and_(
        conversations.c.customer_id == customer_id,
        conversations.c.identity_status == "verified",
        conversations.c.erased_at.is_(None),
    )


def _profile(connection: Any, customer_id: str) -> Json:
    query = sa.select(profiles).where(profiles.c.customer_id == customer_id)
    row = connection.execute(query).one_or_none()
    found = dict(row._mapping) if row is not None else {}
    return {
        "customer_id": customer_id,
        "text": found.get("text", ""),
        "needs": found.get("needs", []),
        "changed_by": found.get("changed_by"),
        "changed_at": iso(found.get("changed_at")),
    }


def _cases(connection: Any, customer_id: str) -> list[Ticket]:
    query = (
        sa.select(tickets)
        .join(conversations, conversations.c.id == tickets.c.conversation)
        .where(_of(customer_id))
        .order_by(tickets.c.created_at.desc(), tickets.c.ref)
        .limit(MOST)
    )
    return [record(Ticket, row) for row in connection.execute(query)]


def _scores(connection: Any, refs: Sequence[str]) -> dict[str, int]:
    query = sa.select(surveys.c.ticket, surveys.c.score).where(
        surveys.c.ticket.in_(refs), surveys.c.score.is_not(None)
    )
    return {ref: score for ref, score in connection.execute(query.order_by(surveys.c.id))}


def _past(ticket: Ticket, score: int | None) -> Json:
    lines = ticket.context.get("summary") or {}
    return {
        "ref": ticket.ref,
        "phase": status.phase(ticket),
        "issue": ticket.issue,
        "reason_code": ticket.reason_code,
        "team": ticket.team,
        "channel": ticket.channel,
        "created_at": iso(ticket.created_at),
        "resolved_at": iso(ticket.resolved_at),
        "disposition": ticket.disposition,
        "cause": ticket.cause,
        "owner": ticket.owner_agent,
        "summary": lines.get("wants") or lines.get("happened") or "",
        "score": score,
    }


def _chats(connection: Any, customer_id: str, cases: Sequence[Ticket]) -> list[Json]:
    written = sa.func.count(messages.c.id).label("written")
    query = (
        sa.select(conversations, written)
        .join(messages, messages.c.conversation == conversations.c.id)
        .where(_of(customer_id), messages.c.author == "customer")
        .group_by(conversations.c.id)
        .order_by(conversations.c.created_at.desc())
        .limit(MOST)
    )
    found = []
    for row in connection.execute(query):
        chat, count = record(Conversation, row), row._mapping["written"]
        refs = [ticket.ref for ticket in cases if ticket.conversation == chat.id]
        issue = (chat.state or {}).get("issue")
        found.append(
            {
                "conversation": chat.id,
                "at": iso(chat.created_at),
                "issue": str(issue) if issue else None,
                "messages": count,
                "tickets": refs,
            }
        )
    return found
