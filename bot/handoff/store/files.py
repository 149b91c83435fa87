"""The rows of files: every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict, NotFound
from bot.handoff.records import Json, Message, record
from bot.handoff.store.messages import by_id
from bot.handoff.tables import messages
from bot.handoff.tables_desk import attachments


@dataclass(frozen=True)
class Attachment:
    """A stored file."""

    id: str
    conversation: str
    message: int | None
    author: str
    name: str
    type: str
    size: int
    digest: str
    scan: str
    at: datetime

    def as_dict(self) -> Json:
        """Return it as a message shows it."""
        return {"id": self.id, "name": self.name, "type": self.type, "size": self.size}


def insert(connection: Any, made: Attachment) -> None:
    """Store a new row."""
    connection.execute(sa.insert(attachments).values(**made.__dict__))


def get(connection: Any, number: str, conversation: str) -> Attachment | None:
    """Return a file of a conversation; an id that cannot be one is none."""
    if not number.isprintable():
        return None
    mine = attachments.c.id == number, attachments.c.conversation == conversation
    row = connection.execute(sa.select(attachments).where(*mine)).one_or_none()
    return None if row is None else record(Attachment, row)


def of_conversation(connection: Any, conversation: str) -> list[Attachment]:
    """Return all files of a conversation, oldest first."""
    query = sa.select(attachments).where(attachments.c.conversation == conversation)
    return [record(Attachment, row) for row in connection.execute(query.order_by(attachments.c.at))]


def count(connection: Any, conversation: str) -> int:
    """Return how many files a conversation has."""
    query = sa.select(sa.func.count()).where(attachments.c.conversation == conversation)
    return int(connection.execute(query).scalar_one())


def unseen(connection: Any) -> list[Attachment]:
    """Return the files that no scanner has looked at."""
    query = sa.select(attachments).where(attachments.c.scan == "unscanned")
    return [record(Attachment, row) for row in connection.execute(query)]


def set_scan(connection: Any, digest: str, scan: str) -> None:
    """Store what the scanner said of a content."""
    same = attachments.c.digest == digest
    connection.execute(sa.update(attachments).where(same).values(scan=scan))


def forget(connection: Any, which: Any) -> list[str]:
    """Delete rows by a condition; return their digests."""
    digests = list(connection.execute(sa.select(attachments.c.digest).where(which)).scalars())
    connection.execute(sa.delete(attachments).where(which))
    return digests


def needed(connection: Any, digest: str) -> bool:
    """Whether any row has this content."""
    query = sa.select(attachments.c.id).where(attachments.c.digest == digest).limit(1)
    return connection.execute(query).first() is not None


def send(connection: Any, message: Message, numbers: Iterable[str]) -> Message:
    """Let a message have uploads of its sender, and return it with them.

    Raises:
        NotFound: one was not uploaded in this conversation by this sender.
        Conflict: one was sent with another message already.
    """
    row = sa.select(messages.c.sender).where(messages.c.id == message.id)
    sender = connection.execute(row).scalar_one()
    taken = []
    for number in dict.fromkeys(numbers):
        found = get(connection, number, message.conversation)
        if found is None or found.author != sender:
            raise NotFound(f"There is no upload {number[:40]}.", "attachment_unknown")
        if found.message is not None:
            raise Conflict(f"{number} was sent already.", "attachment_taken")
        mine = attachments.c.id == number
        connection.execute(sa.update(attachments).where(mine).values(message=message.id))
        taken.append(found.as_dict())
    if not taken:
        return message
    mine = messages.c.id == message.id
    connection.execute(sa.update(messages).where(mine).values(attachments=taken))
    return by_id(connection, message.id)
