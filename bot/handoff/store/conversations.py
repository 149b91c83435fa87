"""Conversations and their turns: every function works inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff.records import Conversation, Identity, Json, Turn, record
from bot.handoff.store import ids
from bot.handoff.tables import conversations, messages, turns

LONGEST_ZONE = 60
"""Characters of a time zone's name that are kept."""


def known_zone(name: str | None) -> str | None:
    """Return an IANA time zone's name; None for anything else."""
    try:
        return ZoneInfo(name).key if name and len(name) <= LONGEST_ZONE else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def get(connection: Any, conversation: str, *, lock: bool = False) -> Conversation:
    """Return a conversation; ``lock`` keeps other transactions from changing it.

    Raises:
        NotFound: there is none with this id.
    """
    query = sa.select(conversations).where(conversations.c.id == conversation)
    if lock:
        query = query.with_for_update()  # SQLite has locked the whole file already
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such conversation.")
    return record(Conversation, row)


def written_to(connection: Any, conversation: str) -> Conversation:
    """Return a conversation in which its customer writes, locked.

    Raises:
        NotFound: there is none with this id, or it was erased: what an open page still sends would
            never be erased again.
    """
    known = get(connection, conversation, lock=True)
    if known.erased_at is not None:
        raise NotFound("This conversation was erased.", "conversation")
    return known


def live(connection: Any, owner: str, since: datetime) -> list[Conversation]:
    """Return the open conversations of an owner in which somebody wrote since an instant.

    Those in which the customer has not written at all are left out.
    """
    recent = sa.select(messages.c.conversation).where(messages.c.created_at >= since)
    written = sa.exists().where(
        messages.c.conversation == conversations.c.id, messages.c.author == "customer"
    )
    query = sa.select(conversations).where(
        conversations.c.id.in_(recent),
        conversations.c.owner == owner,
        conversations.c.status == "open",
        written,
    )
    return [record(Conversation, row) for row in connection.execute(query)]


def insert(connection: Any, at: datetime, identity: Identity, **values: Any) -> Conversation:
    """Create a conversation that the bot owns."""
    conversation = ids.conversation_id()
    row = {
        "id": conversation,
        "created_at": at,
        "owner": "bot",
        "status": "open",
        **identity_columns(identity),
        **values,
    }
    connection.execute(sa.insert(conversations).values(**row))
    return get(connection, conversation)


def update(connection: Any, conversation: str, **values: Any) -> None:
    """Change columns of a conversation."""
    statement = sa.update(conversations).where(conversations.c.id == conversation)
    connection.execute(statement.values(**values))


def identity_columns(identity: Identity) -> Json:
    """Return the columns that say who the customer is."""
    return {
        "identity_status": identity.status,
        "customer_id": identity.customer_id,
        "customer_name": identity.name,
        "customer_email": identity.email,
    }


def turn(connection: Any, turn_id: str) -> Turn:
    """Return a turn.

    Raises:
        NotFound: there is none with this id.
    """
    row = connection.execute(sa.select(turns).where(turns.c.id == turn_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such turn.")
    return record(Turn, row)


def open_turn(connection: Any, conversation: str) -> Turn | None:
    """Return the turn that still gathers messages, if there is one."""
    query = sa.select(turns).where(
        turns.c.conversation == conversation,
        turns.c.status == "open",
        turns.c.kind == "message",
    )
    row = connection.execute(query.order_by(turns.c.created_at.desc())).first()
    return None if row is None else record(Turn, row)


def insert_turn(
    connection: Any, conversation: str, at: datetime, kind: str, note: Json | None = None
) -> Turn:
    """Create an open turn."""
    turn_id = ids.turn_id()
    connection.execute(
        sa.insert(turns).values(
            id=turn_id,
            conversation=conversation,
            kind=kind,
            status="open",
            created_at=at,
            note=note,
        )
    )
    return turn(connection, turn_id)


def update_turn(connection: Any, turn_id: str, **values: Any) -> None:
    """Change columns of a turn."""
    connection.execute(sa.update(turns).where(turns.c.id == turn_id).values(**values))


def close_turns(
    connection: Any, conversation: str, at: datetime, *, of: tuple[str, ...], to: str
) -> None:
    """Give all turns in one of the states ``of`` the state ``to``."""
    statement = sa.update(turns).where(turns.c.conversation == conversation, turns.c.status.in_(of))
    connection.execute(statement.values(status=to, finished_at=at))


def unfinished(connection: Any, conversation: str | None = None) -> list[Turn]:
    """Return the turns that the bot still owes an answer to, oldest first."""
    query = (
        sa.select(turns)
        .join(conversations, conversations.c.id == turns.c.conversation)
        .where(turns.c.status.in_(("open", "running")), conversations.c.owner == "bot")
        .order_by(turns.c.created_at, turns.c.id)
    )
    if conversation is not None:
        query = query.where(turns.c.conversation == conversation)
    return [record(Turn, row) for row in connection.execute(query)]
