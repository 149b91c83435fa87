"""How a turn begins and ends: every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.handoff.records import Conversation, Identity, Json, Message, Reply, Vow
from bot.handoff.store import conversations, messages, promises


def gathering(connection: Any, conversation: Conversation, at: datetime) -> str | None:
    """Return the turn a new message of the customer joins; None while a person has the chat.

    When a person closed the case meanwhile, the bot is told so in a turn before this one.
    """
    if conversation.owner != "bot":
        return None
    turn = conversations.open_turn(connection, conversation.id)
    if turn is not None:
        return turn.id
    if conversation.resume is not None:
        note = conversation.resume
        conversations.insert_turn(connection, conversation.id, at, "handback", note)
        conversations.update(connection, conversation.id, resume=None)
        at += timedelta(microseconds=1)
    return conversations.insert_turn(connection, conversation.id, at, "message").id


def finish(
    connection: Any,
    turn: str,
    at: datetime,
    *,
    replies: Sequence[Reply],
    parse: Json | None = None,
    vows: Sequence[Vow] = (),
    kept: Collection[str] = (),
    late: bool = False,
) -> tuple[Conversation, list[Message]]:
    """Store a turn's replies once; late ones when it is no longer the bot's to answer.

    What it promised goes to the ledger with it, unless the replies are late: what the customer
    never read is no promise. What it kept of earlier promises is kept in any case.

    Returns:
        The conversation as it was before, locked, and the stored replies.
    """
    conversation = conversations.get(
        connection, conversations.turn(connection, turn).conversation, lock=True
    )
    present = conversations.turn(connection, turn)
    stored = messages.of_turn(connection, turn, "bot")
    if stored or present.status == "answered" or conversation.erased_at is not None:
        return conversation, stored
    late = late or conversation.owner != "bot" or present.status not in ("open", "running")
    _understood(connection, turn, parse)
    stored = messages.add_replies(
        connection,
        conversation.id,
        at,
        replies,
        turn=turn,
        language=conversation.language,
        late=late,
    )
    promises.keep(connection, conversation.id, kept, at)
    if not late:
        promises.add(connection, conversation.id, turn, at, vows, made_by="bot")
    if present.status in ("open", "running"):
        close(connection, turn, "late" if late else "answered", at)
    return conversation, stored


def say_unasked(
    connection: Any, conversation: Conversation, at: datetime, replies: Sequence[Reply]
) -> list[Message]:
    """Store what the bot says outside a turn; late when a person has the chat."""
    return messages.add_replies(
        connection,
        conversation.id,
        at,
        replies,
        turn=None,
        language=conversation.language,
        late=conversation.owner != "bot",
    )


def give_up(connection: Any, turn: str, at: datetime, error: Json | str) -> None:
    """Mark an unfinished turn as failed; a finished one stays as it is."""
    if conversations.turn(connection, turn).status in ("open", "running"):
        detail = {"detail": error} if isinstance(error, str) else error
        close(connection, turn, "failed", at, error=detail)


def close(connection: Any, turn: str, status: str, at: datetime, error: Json | None = None) -> None:
    """Give a turn its last state: answered, failed or late."""
    conversations.update_turn(connection, turn, status=status, finished_at=at, error=error)


def learn(
    connection: Any,
    conversation: str,
    *,
    state: Json | None = None,
    identity: Identity | None = None,
) -> None:
    """Keep what a turn taught: the engine's state, language, register, who the customer is."""
    values: Json = {}
    if state is not None:
        values["state"] = state
        values.update({key: state[key] for key in ("language", "register") if state.get(key)})
    if identity is not None:
        values.update(_proved(connection, conversation, identity))
    if values:
        conversations.update(connection, conversation, **values)


def _proved(connection: Any, conversation: str, identity: Identity) -> Json:
    """Return the columns of what a guest proved; who is verified stays who they are."""
    known = conversations.get(connection, conversation, lock=True)
    orders = list(dict.fromkeys([*(known.proven_orders or ()), *identity.orders]))
    values: Json = {"proven_orders": orders} if orders else {}
    if known.identity_status != "verified":
        values.update(conversations.identity_columns(identity))
    return values


def _understood(connection: Any, turn: str, parse: Json | None) -> None:
    """A burst was read as one text: its last message carries what was understood."""
    written = messages.of_turn(connection, turn, "customer")
    if written and parse is not None:
        messages.set_parse(connection, written[-1].id, parse)
