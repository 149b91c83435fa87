"""The ledger of promises: every function works inside the caller's transaction.

Whatever a customer was told will happen is a row here, with who sees to it and until when, until
somebody says that it was kept. Promises are added and never changed, only kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff.records import Promise, Vow, record
from bot.handoff.tables import conversations, promises


def add(
    connection: Any,
    conversation: str,
    turn: str,
    at: datetime,
    vows: Iterable[Vow],
    *,
    made_by: str,
    ticket: str | None = None,
) -> list[Promise]:
    """Store promises; the same name twice in one turn is one promise.

    Args:
        connection: The caller's, with the conversation locked.
        conversation: Whom it was promised.
        turn: In which it was said.
        at: This instant.
        vows: What was promised.
        made_by: ``bot`` or ``agent``.
        ticket: The case it belongs to, if there is one.

    Returns:
        Those that are new.
    """
    query = sa.select(promises.c.name).where(
        promises.c.conversation == conversation, promises.c.turn == turn
    )
    known = set(connection.execute(query).scalars())
    added = []
    for vow in vows:
        if vow.name in known:
            continue
        known.add(vow.name)
        row = {
            "conversation": conversation,
            "ticket": ticket,
            "turn": turn,
            "name": vow.name,
            "text": vow.text,
            "due": vow.due,
            "owner": vow.owner,
            "made_by": made_by,
            "made_at": at,
        }
        result = connection.execute(sa.insert(promises).values(**row))
        added.append(get(connection, result.inserted_primary_key[0]))
    return added


def get(connection: Any, number: int) -> Promise:
    """Return a promise.

    Raises:
        NotFound: there is none with this id.
    """
    row = connection.execute(sa.select(promises).where(promises.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no promise {number}.")
    return record(Promise, row)


def of_conversation(connection: Any, conversation: str) -> list[Promise]:
    """Return all promises made in a conversation, in order."""
    query = sa.select(promises).where(promises.c.conversation == conversation)
    return [record(Promise, row) for row in connection.execute(query.order_by(promises.c.id))]


def keep(connection: Any, conversation: str, names: Collection[str], at: datetime) -> list[Promise]:
    """Mark what is open under some names as kept; return what was."""
    found = [
        promise
        for promise in of_conversation(connection, conversation)
        if promise.kept_at is None and promise.name in names
    ]
    return [update(connection, promise.id, kept_at=at) for promise in found]


def attach(connection: Any, conversation: str, ticket: str) -> None:
    """Give the open promises that belong to no case to one."""
    statement = sa.update(promises).where(
        promises.c.conversation == conversation,
        promises.c.ticket.is_(None),
        promises.c.kept_at.is_(None),
    )
    connection.execute(statement.values(ticket=ticket))


def overdue(connection: Any, at: datetime, limit: int = 100) -> list[Promise]:
    """Return the promises that are due, not kept, and of which nobody was told; oldest first.

    What was promised to a customer who was erased since is left out.
    """
    query = (
        sa.select(promises)
        .join(conversations, conversations.c.id == promises.c.conversation)
        .where(promises.c.due <= at, promises.c.kept_at.is_(None), promises.c.alarmed_at.is_(None))
        .where(conversations.c.erased_at.is_(None))
        .order_by(promises.c.due, promises.c.id)
        .limit(limit)
    )
    return [record(Promise, row) for row in connection.execute(query)]


def update(connection: Any, number: int, **values: Any) -> Promise:
    """Change columns of a promise and return it."""
    connection.execute(sa.update(promises).where(promises.c.id == number).values(**values))
    return get(connection, number)
