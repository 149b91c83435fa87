"""Messages: every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff.records import Json, Message, Reply, record
from bot.handoff.store import ids
from bot.handoff.tables import messages


def insert(connection: Any, conversation: str, at: datetime, **values: Any) -> Message:
    """Store one message; ``values`` are columns of the table."""
    row = {
        "conversation": conversation,
        "created_at": at,
        "choices": [],
        "late": False,
        "sender": values["author"],
        **values,
    }
    result = connection.execute(sa.insert(messages).values(**row))
    return by_id(connection, result.inserted_primary_key[0])


def by_id(connection: Any, number: int) -> Message:
    """Return one message."""
    row = connection.execute(sa.select(messages).where(messages.c.id == number)).one()
    return record(Message, row)


def by_client_id(connection: Any, conversation: str, sender: str, client_id: str) -> Message | None:
    """Return the message its sender gave this id, if it is already here."""
    query = sa.select(messages).where(
        messages.c.conversation == conversation,
        messages.c.sender == sender,
        messages.c.client_id == client_id,
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else record(Message, row)


def sent_before(
    connection: Any, conversation: str, client_id: str, choice: str | None
) -> Message | None:
    """Return the customer's message with this id, or that took this quick reply already."""
    known = by_client_id(connection, conversation, "customer", client_id)
    if known is None and choice:
        return with_choice(connection, conversation, choice)
    return known


def listing(
    connection: Any, conversation: str, *, after: int = 0, late: bool = False
) -> list[Message]:
    """Return the messages after an id, in order; late ones only when asked for."""
    query = sa.select(messages).where(
        messages.c.conversation == conversation, messages.c.id > after
    )
    if not late:
        query = query.where(messages.c.late.is_(False))
    rows = connection.execute(query.order_by(messages.c.id))
    return [record(Message, row) for row in rows]


def of_turn(connection: Any, turn: str, author: str) -> list[Message]:
    """Return what one author wrote in a turn, in order."""
    query = sa.select(messages).where(messages.c.turn == turn, messages.c.author == author)
    return [record(Message, row) for row in connection.execute(query.order_by(messages.c.id))]


def first_of(connection: Any, conversation: str, after: datetime | None) -> datetime | None:
    """Return when the customer first wrote, after an instant if one is given; None if never."""
    query = sa.select(sa.func.min(messages.c.id)).where(
        messages.c.conversation == conversation, messages.c.author == "customer"
    )
    if after is not None:
        query = query.where(messages.c.created_at > after)
    number = connection.execute(query).scalar_one()
    return None if number is None else by_id(connection, number).created_at


def last_parse(connection: Any, conversation: str) -> Json | None:
    """Return what was understood of the customer's newest message that was understood at all."""
    query = sa.select(messages.c.parse).where(
        messages.c.conversation == conversation,
        messages.c.author == "customer",
        messages.c.parse.is_not(None),
    )
    newest = query.order_by(messages.c.id.desc()).limit(1)
    parse: Json | None = connection.execute(newest).scalar_one_or_none()
    return parse


def said(connection: Any, conversation: str) -> list[str]:
    """Return the variations already said in a conversation."""
    query = sa.select(messages.c.variation).where(
        messages.c.conversation == conversation, messages.c.variation.is_not(None)
    )
    return list(connection.execute(query.order_by(messages.c.id)).scalars())


def add_replies(
    connection: Any,
    conversation: str,
    at: datetime,
    replies: Sequence[Reply],
    *,
    turn: str | None,
    language: str,
    late: bool,
) -> list[Message]:
    """Store the bot's messages of a turn; each quick reply gets an id of its own."""
    return [
        insert(
            connection,
            conversation,
            at,
            turn=turn,
            author="bot",
            text=reply.text,
            language=language,
            choices=new_choices(reply.choices),
            late=late,
            response=reply.response,
            variation=reply.variation,
        )
        for reply in replies
    ]


def new_choices(choices: Sequence[Mapping[str, str]]) -> list[Json]:
    """Give each quick reply an id: what stands behind it never leaves the server."""
    return [
        {
            "id": ids.choice_id(),
            "title": choice["title"],
            "payload": choice["payload"],
            "used": False,
        }
        for choice in choices
    ]


def set_parse(connection: Any, number: int, parse: Json) -> None:
    """Store what the engine understood of a message."""
    frustration = parse.get("frustration") or {}
    values = {
        "parse": parse,
        "score": frustration.get("score"),
        "level": frustration.get("level"),
    }
    mine = messages.c.id == number, messages.c.text != ""  # erased meanwhile: nothing is kept
    connection.execute(sa.update(messages).where(*mine).values(**values))


def moods(connection: Any, among: Sequence[str]) -> dict[str, list[tuple[float, str]]]:
    """Return for each conversation its customer's frustration: (score, level), in order."""
    query = sa.select(messages.c.conversation, messages.c.score, messages.c.level).where(
        messages.c.conversation.in_(among), messages.c.score.is_not(None)
    )
    found: dict[str, list[tuple[float, str]]] = {}
    for conversation, score, level in connection.execute(query.order_by(messages.c.id)):
        found.setdefault(conversation, []).append((score, level))
    return found


def moods_and_newest(
    connection: Any, among: Sequence[str]
) -> tuple[dict[str, list[tuple[float, str]]], dict[str, int]]:
    """Return what :func:`moods` does, and the id of each customer's last message, in one look."""
    query = sa.select(messages.c.conversation, messages.c.id, messages.c.score, messages.c.level)
    query = query.where(messages.c.conversation.in_(among), messages.c.author == "customer")
    found: dict[str, list[tuple[float, str]]] = {}
    newest: dict[str, int] = {}
    for conversation, number, score, level in connection.execute(query.order_by(messages.c.id)):
        newest[conversation] = number
        if score is not None:
            found.setdefault(conversation, []).append((score, level))
    return found, newest


def newest(connection: Any, among: Sequence[str]) -> dict[str, Message]:
    """Return the last message that the customer has seen of each conversation."""
    last = (
        sa.select(sa.func.max(messages.c.id))
        .where(messages.c.conversation.in_(among), messages.c.late.is_(False))
        .group_by(messages.c.conversation)
    )
    rows = connection.execute(sa.select(messages).where(messages.c.id.in_(last)))
    return {message.conversation: message for message in (record(Message, row) for row in rows)}


def take_choice(connection: Any, conversation: str, choice: str) -> tuple[str, Json]:
    """Mark a quick reply as used; return its title and what stands behind it.

    Raises:
        NotFound: the conversation never offered it.
    """
    for message in listing(connection, conversation):
        for offered in message.choices:
            if offered["id"] == choice:
                _mark_used(connection, message, choice)
                return offered["title"], {"id": choice, "payload": offered["payload"]}
    raise NotFound("This quick reply was never offered in this conversation.")


def with_choice(connection: Any, conversation: str, choice: str) -> Message | None:
    """Return the customer's message that took a quick reply, if there is one."""
    for message in listing(connection, conversation):
        if message.choice and message.choice["id"] == choice:
            return message
    return None


def _mark_used(connection: Any, message: Message, choice: str) -> None:
    changed = [{**each, "used": each["used"] or each["id"] == choice} for each in message.choices]
    statement = sa.update(messages).where(messages.c.id == message.id)
    connection.execute(statement.values(choices=changed))
