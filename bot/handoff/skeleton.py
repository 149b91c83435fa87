"""What is left of an erased conversation: times, codes and numbers, from which measures are made.

No word that anybody wrote, and nothing that says who it was. Every table must be in one of the
lists below: a test holds them against the database, so that no new one is forgotten.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.handoff.records import Json
from bot.handoff.tables import (
    conversations,
    identity_tries,
    messages,
    promises,
    ticket_events,
    tickets,
    turns,
)
from bot.handoff.tables_desk import (
    approvals,
    jobs,
    mails,
    moments,
    notes,
    reads,
    reviews,
    surveys,
)

GONE = (identity_tries,)
"""Tables whose rows of the conversation are deleted."""
EMPTIED: tuple[tuple[Any, Json], ...] = (
    (
        messages,
        {
            "text": "",
            "choices": [],
            "choice": None,
            "client_id": None,
            "parse": None,
            "attachments": None,
        },
    ),
    (turns, {"error": None, "note": None}),
    (tickets, {"resolution": None, "labels": [], "code": None}),
    (promises, {"text": ""}),
    (notes, {"text": ""}),
    (approvals, {"subject": "", "reason": "", "answer": None, "booking": None}),
    (reviews, {"text": ""}),
    (moments, {"text": ""}),
    (surveys, {"comment": None}),
    (jobs, {"data": {}}),
    (
        mails,
        {
            "recipient": "",
            "subject": "",
            "text": "",
            "message_id": None,
            "next_at": None,
            "error": "erased",
        },
    ),
    (reads, {"customer_id": None}),
    (
        conversations,
        {
            "register": None,
            "identity_status": "anonymous",
            "customer_id": None,
            "customer_name": None,
            "customer_email": None,
            "page": None,
            "time_zone": None,
            "proven_orders": None,
            "state": None,
            "resume": None,
            "contact_email": None,
            "contact_phone": None,
            "consent_at": None,
            "owner": "bot",
            "status": "ended",
        },
    ),
)
"""Columns that are overwritten, by table; a row of a ticket has its conversation's."""
BY_HAND = ("attachments", "profiles", "saved_views", "ticket_events")
"""Tables that need more than that: files, what names the customer, the log."""
NOBODYS = (
    "agent_sessions",
    "agent_tokens",
    "agents",
    "deliveries",
    "hooks",
    "mentions",
    "participants",
    "used_identities",
)
"""Tables that hold nothing of a customer's."""

CODES = frozenset(
    "added_by address agent agents approval by cause cents channel clock comment deadlines "
    "disposition due "
    "email from issue kind language mail message moment name note number opted_out owner phone "
    "priority problem product promise promised reached reported review rule scan score size stage "
    "survey "
    "team tier to trigger turn type until upto why".split()
)
"""Keys of a log's data that hold codes, numbers and times."""
_LOOSE: dict[str, frozenset[str]] = {"labelled": frozenset(("from", "to"))}
"""Keys of some kinds that hold words, although they are codes elsewhere."""
_CONTEXT = ("schema_version", "initiator", "reason_code", "issue", "priority", "team", "tier")


def event_data(kind: str, actor: str, data: Json) -> Json:
    """Return of a log line's data what is no word; a reason is a code unless an agent gave it."""
    kept = CODES - _LOOSE.get(kind, frozenset())
    if kind == "opened" or not actor.startswith("agent:"):
        kept |= {"reason"}
    return {key: value for key, value in data.items() if key in kept}


def context(whole: Json) -> Json:
    """Return of a handoff's context what is no word."""
    kind = (whole.get("trigger") or {}).get("type")
    kept = {key: whole.get(key) for key in _CONTEXT}
    return {**kept, "trigger": {"type": kind}, "summary": {}, "customer": {}, "erased": True}


def state(whole: Json | None) -> Json | None:
    """Return of a conversation's state what it was about: the escalation rate is told by it."""
    about = {"issue": (whole or {}).get("issue")}
    product = ((whole or {}).get("facts") or {}).get("product")
    if product:
        about["facts"] = {"product": product}
    return about if product or about["issue"] else None


def empty(connection: Any, conversation: str, refs: list[str]) -> None:
    """Overwrite everything of a conversation and its tickets with what may stay."""
    mine = conversations.c.id == conversation
    about = state(connection.execute(sa.select(conversations.c.state).where(mine)).scalar())
    for table in GONE:
        connection.execute(sa.delete(table).where(table.c.conversation == conversation))
    for table, values in EMPTIED:
        connection.execute(sa.update(table).where(_of(table, conversation, refs)).values(**values))
    connection.execute(sa.update(conversations).where(mine).values(state=about))
    query = sa.select(tickets.c.ref, tickets.c.context).where(tickets.c.ref.in_(refs))
    for ref, whole in connection.execute(query).all():
        values = {"context": context(whole)}
        connection.execute(sa.update(tickets).where(tickets.c.ref == ref).values(**values))
    log = sa.select(ticket_events).where(ticket_events.c.ticket.in_(refs))
    for row in connection.execute(log).all():
        data = event_data(row.kind, row.actor, row.data)
        if data != row.data:
            line = ticket_events.c.id == row.id
            connection.execute(sa.update(ticket_events).where(line).values(data=data))


def _of(table: Any, conversation: str, refs: list[str]) -> Any:
    if table is conversations:
        return table.c.id == conversation
    mine = []
    if "conversation" in table.c:
        mine.append(table.c.conversation == conversation)
    if "ticket" in table.c:
        mine.append(table.c.ticket.in_(refs))
    return sa.or_(*mine)
