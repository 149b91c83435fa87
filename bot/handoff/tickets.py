"""Tickets in the database: every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff.records import Agent, Conversation, Event, Json, Ticket, record
from bot.handoff.store import ids
from bot.handoff.tables import conversations, messages, ticket_events, tickets

RECENT = timedelta(days=14)
"""How far back waits say something about today's."""
SAMPLE = 60
"""Waits looked at, at most."""
MONTH = timedelta(days=30)
"""How far back a customer's history is told."""
VIEWS = ("queue", "mine", "resolved", "all")
READ_AGAIN = timedelta(hours=1)
"""Reading the same part of a case within this time is one read."""


def new_reference(connection: Any) -> str:
    """Return a reference that no ticket has."""
    while True:
        ref = ids.reference()
        query = sa.select(tickets.c.ref).where(tickets.c.ref == ref)
        if connection.execute(query).first() is None:
            return ref


def insert(connection: Any, **values: Any) -> Ticket:
    """Store a new ticket."""
    connection.execute(sa.insert(tickets).values(**values))
    return get(connection, values["ref"])


def get(connection: Any, ref: str) -> Ticket:
    """Return a ticket.

    Raises:
        NotFound: there is none with this reference.
    """
    query = sa.select(tickets).where(tickets.c.ref == ref.strip().upper())
    row = connection.execute(query).one_or_none() if ref.isprintable() else None
    if row is None:
        raise NotFound(f"There is no ticket {ref}.")
    return record(Ticket, row)


def update(connection: Any, ref: str, **values: Any) -> Ticket:
    """Change columns of a ticket and return it."""
    connection.execute(sa.update(tickets).where(tickets.c.ref == ref).values(**values))
    return get(connection, ref)


def opened_as(connection: Any, key: str) -> Ticket | None:
    """Return the ticket that was opened by hand under this key, if it is already here."""
    row = connection.execute(sa.select(tickets).where(tickets.c.opened_as == key)).one_or_none()
    return None if row is None else record(Ticket, row)


def of_conversation(connection: Any, conversation: str) -> list[Ticket]:
    """Return all tickets of a conversation, oldest first."""
    query = sa.select(tickets).where(tickets.c.conversation == conversation)
    rows = connection.execute(query.order_by(tickets.c.created_at, tickets.c.ref))
    return [record(Ticket, row) for row in rows]


def current(connection: Any, conversation: str) -> Ticket | None:
    """Return the ticket that a conversation waits for or is being served under."""
    query = sa.select(tickets).where(
        tickets.c.conversation == conversation, tickets.c.status.in_(("queued", "claimed"))
    )
    row = connection.execute(query.order_by(tickets.c.created_at.desc())).first()
    return None if row is None else record(Ticket, row)


def open_ones(connection: Any) -> list[Ticket]:
    """Return all waiting and claimed tickets."""
    query = sa.select(tickets).where(tickets.c.status.in_(("queued", "claimed")))
    return [record(Ticket, row) for row in connection.execute(query)]


def waiting(connection: Any) -> list[str]:
    """Return the conversations whose tickets wait."""
    query = sa.select(tickets.c.conversation).where(tickets.c.status == "queued")
    return list(connection.execute(query).scalars())


def log(
    connection: Any, ref: str, at: datetime, actor: str, kind: str, data: Json | None = None
) -> None:
    """Append a line to a ticket's log."""
    values = {"ticket": ref, "at": at, "actor": actor, "kind": kind, "data": data or {}}
    connection.execute(sa.insert(ticket_events).values(**values))


def log_read(connection: Any, ref: str, at: datetime, actor: str, what: str) -> None:
    """Log that a part of a case was read; consoles ask again and again: once an hour is enough."""
    query = sa.select(ticket_events.c.data).where(
        ticket_events.c.ticket == ref,
        ticket_events.c.actor == actor,
        ticket_events.c.kind == "read",
        ticket_events.c.at > at - READ_AGAIN,
    )
    if not any(data.get("what") == what for data in connection.execute(query).scalars()):
        log(connection, ref, at, actor, "read", {"what": what})


def events(connection: Any, ref: str) -> list[Event]:
    """Return a ticket's log in order."""
    query = sa.select(ticket_events).where(ticket_events.c.ticket == ref)
    rows = connection.execute(query.order_by(ticket_events.c.id))
    return [record(Event, row) for row in rows]


def listing(
    connection: Any,
    agent: Agent,
    *,
    view: str,
    teams: Sequence[str] | None,
    start: int,
    limit: int,
) -> list[Ticket]:
    """Return tickets an agent may see.

    Args:
        connection: The caller's.
        agent: Who asks.
        view: ``queue`` (waiting), ``mine`` (claimed by the agent), ``resolved`` or ``all``.
        teams: Teams to show; None shows all.
        start: How many to skip.
        limit: How many to return.
    """
    query = sa.select(tickets)
    if teams is not None:
        query = query.where(tickets.c.team.in_(teams))
    if view == "queue":
        query = query.where(tickets.c.status == "queued")
    elif view == "mine":
        query = query.where(tickets.c.status == "claimed", tickets.c.owner_agent == agent.username)
    elif view == "resolved":
        query = query.where(tickets.c.status.in_(("resolved", "returned")))
    order = [tickets.c.created_at, tickets.c.ref]
    if view in ("queue", "mine"):
        order.insert(0, tickets.c.rank)
    else:
        order = [tickets.c.created_at.desc(), tickets.c.ref]
    rows = connection.execute(query.order_by(*order).offset(start).limit(limit))
    return [record(Ticket, row) for row in rows]


def ahead_of(connection: Any, ticket: Ticket) -> int:
    """Return how many waiting tickets of the same team come first."""
    earlier = sa.and_(tickets.c.rank == ticket.rank, tickets.c.created_at < ticket.created_at)
    query = sa.select(sa.func.count()).where(
        tickets.c.status == "queued",
        tickets.c.team == ticket.team,
        tickets.c.ref != ticket.ref,
        sa.or_(tickets.c.rank < ticket.rank, earlier),
    )
    return int(connection.execute(query).scalar_one())


def recent_waits(connection: Any, team: str, now: datetime) -> list[float]:
    """Return the seconds that a team's latest customers waited until they were claimed."""
    query = (
        sa.select(tickets.c.created_at, tickets.c.claimed_at)
        .where(
            tickets.c.team == team,
            tickets.c.claimed_at.is_not(None),
            tickets.c.created_at > now - RECENT,
        )
        .order_by(tickets.c.claimed_at.desc())
        .limit(SAMPLE)
    )
    return [(claimed - made).total_seconds() for made, claimed in connection.execute(query)]


def abandoned(connection: Any, before: datetime) -> list[Ticket]:
    """Return the claimed tickets whose agent was lost before an instant."""
    query = sa.select(tickets).where(tickets.c.status == "claimed", tickets.c.lost_at <= before)
    return [record(Ticket, row) for row in connection.execute(query)]


def mark_lost(connection: Any, username: str, at: datetime | None) -> list[Ticket]:
    """Mark an agent's chats as lost since ``at``, or (None) as theirs again; return them.

    Nobody is left alone in what waits for the customer, is put aside, or is no chat: it stays.
    """
    was = tickets.c.lost_at.is_not(None)
    if at:
        was = sa.and_(
            tickets.c.lost_at.is_(None),
            tickets.c.waiting_since.is_(None),
            tickets.c.snoozed_until.is_(None),
            tickets.c.channel == "chat",
        )
    theirs = sa.and_(tickets.c.owner_agent == username, tickets.c.status == "claimed", was)
    refs = list(connection.execute(sa.select(tickets.c.ref).where(theirs)).scalars())
    marked = sa.update(tickets).where(theirs).values(lost_at=at)
    return [
        get(connection, ref)
        for ref in refs  # asked again: it may have been given on meanwhile
        if connection.execute(marked.where(tickets.c.ref == ref)).rowcount
    ]


def history(
    connection: Any, conversation: Conversation, now: datetime, *, but: str | None = None
) -> Json:
    """Return what the desk knows of a customer from before.

    An anonymous customer's history is this conversation alone: a claimed name opens nothing.
    """
    known = conversation.identity_status == "verified" and conversation.customer_id
    who = conversations.c.id == conversation.id
    if known:
        who = sa.and_(
            conversations.c.customer_id == conversation.customer_id,
            conversations.c.identity_status == "verified",
        )
    since = now - MONTH
    count = sa.select(sa.func.count()).where(who, conversations.c.created_at > since)
    query = (
        sa.select(tickets)
        .join(conversations, conversations.c.id == tickets.c.conversation)
        .where(who, tickets.c.ref != (but or ""))
        .order_by(tickets.c.created_at.desc())
        .limit(20)
    )
    earlier = [record(Ticket, row) for row in connection.execute(query)]
    return {
        "conversations_30_days": int(connection.execute(count).scalar_one()),
        "tickets": [_brief(ticket) for ticket in earlier],
    }


def contacts(connection: Any, conversation: Conversation, now: datetime) -> Json:
    """Return a verified customer's other contacts in 30 days, and their open tickets.

    A chat counts as a contact with or without a ticket, if the customer wrote anything in it.

    Returns:
        {"contacts": [{"at", "issue", "channel"}] oldest first, "open": [{"ref", "issue"}]}.
    """
    who = sa.and_(
        conversations.c.id != conversation.id,
        conversations.c.customer_id == conversation.customer_id,
        conversations.c.identity_status == "verified",
    )
    wrote = sa.exists().where(
        messages.c.conversation == conversations.c.id, messages.c.author == "customer"
    )
    since = conversations.c.created_at > now - MONTH
    chats = sa.select(conversations).where(who, since, wrote).order_by(conversations.c.created_at)
    query = (
        sa.select(tickets)
        .join(conversations, conversations.c.id == tickets.c.conversation)
        .where(who, sa.or_(since, tickets.c.status.in_(("queued", "claimed"))))
        .order_by(tickets.c.created_at)
    )
    found = [record(Ticket, row) for row in connection.execute(query)]
    issues = {ticket.conversation: ticket.context.get("issue") for ticket in found}
    return {
        "contacts": [
            {
                "at": chat.created_at.date().isoformat(),
                "issue": str(issues.get(chat.id) or (chat.state or {}).get("issue") or ""),
                "channel": "chat",
            }
            for chat in (record(Conversation, row) for row in connection.execute(chats))
        ],
        "open": [
            {"ref": ticket.ref, "issue": str(ticket.context.get("issue") or "")}
            for ticket in found
            if ticket.status in ("queued", "claimed")
        ],
    }


def _brief(ticket: Ticket) -> Json:
    return {
        "ref": ticket.ref,
        "status": ticket.status,
        "reason_code": ticket.reason_code,
        "created_at": ticket.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "disposition": ticket.disposition,
        "summary": (ticket.context.get("summary") or {}).get("wants", ""),
    }
