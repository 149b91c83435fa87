"""A mail, as a sender gets it from the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mail:
    """A mail to be sent. ``before`` are the Message-IDs of the case's mails that went before."""

    id: int
    event: str
    conversation: str
    ticket: str
    kind: str
    recipient: str
    subject: str
    text: str
    language: str
    made_at: datetime
    tries: int
    message_id: str
    before: tuple[str, ...] = ()
