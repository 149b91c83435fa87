"""The receipt of a complaint: what the customer wrote, when, and what happens now by when.

A receipt covers what was written up to one message, so that the same receipt can be made again and
compared. That one was handed out is logged with its fingerprint, once for each text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff import tickets
from bot.handoff.front import FrontDesk
from bot.handoff.records import Ticket
from bot.handoff.store import conversations, messages
from bot.handoff.tables_desk import attachments


@dataclass(frozen=True)
class Written:
    """Something a customer wrote, with the names of the files that came with it."""

    at: datetime
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, without words of its own.

    Args:
        ticket: The case.
        language: The conversation's.
        customer: The name they gave or proved; None if nobody knows it.
        written: What they wrote in this case, in order.
        upto: Id of the last message it covers; 0 without any.
    """

    ticket: Ticket
    language: str
    customer: str | None
    written: tuple[Written, ...]
    upto: int


class Receipts:
    """Makes receipts and notes that they were handed out.

    Args:
        desk: Whose tickets they are of.
    """

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    def of(self, reference: str, conversation: str | None = None) -> Receipt:
        """Return the receipt of a case as it is now.

        Raises:
            NotFound: there is no such case, or it is another conversation's.
        """
        with self._desk.store.database.read() as connection:
            return receipt_of(connection, reference, conversation)

    def handed_out(self, receipt: Receipt, fingerprint: str, form: str) -> None:
        """Log that a receipt was handed out; the same text in the same form is one event."""
        ref, at = receipt.ticket.ref, self._desk.clock()
        data = {"sha256": fingerprint, "format": form, "upto": receipt.upto}
        with self._desk.store.database.write() as connection:
            conversations.get(connection, receipt.ticket.conversation, lock=True)
            known = tickets.events(connection, ref)
            if not any(event.kind == "receipt" and event.data == data for event in known):
                tickets.log(connection, ref, at, "customer", "receipt", data)


def receipt_of(connection: Any, reference: str, conversation: str | None = None) -> Receipt:
    """Return the receipt of a case, inside the caller's transaction.

    Raises:
        NotFound: there is no such case, it is another conversation's, or it was erased.
    """
    ticket = tickets.get(connection, reference)
    if conversation is not None and ticket.conversation != conversation:
        raise NotFound(f"There is no ticket {reference} of this conversation.")
    known = conversations.get(connection, ticket.conversation)
    if known.erased_at is not None:
        raise NotFound(f"What {reference} was about has been erased.")
    begun = _begun(connection, ticket)
    until = ticket.resolved_at
    said = [
        message
        for message in messages.listing(connection, ticket.conversation)
        if message.author == "customer"
        and (begun is None or message.created_at > begun)
        and (until is None or message.created_at <= until)
    ]
    files = _files(connection, [message.id for message in said])
    return Receipt(
        ticket=ticket,
        language=known.language,
        customer=known.customer_name,
        written=tuple(
            Written(message.created_at, message.text, tuple(files.get(message.id, ())))
            for message in said
        ),
        upto=said[-1].id if said else 0,
    )


def _begun(connection: Any, ticket: Ticket) -> datetime | None:
    """When the case before this one in the same conversation ended: earlier words are its own."""
    earlier = [
        each.resolved_at
        for each in tickets.of_conversation(connection, ticket.conversation)
        if each.created_at < ticket.created_at and each.resolved_at
    ]
    return max(earlier, default=None)


def _files(connection: Any, among: list[int]) -> dict[int, list[str]]:
    query = sa.select(attachments.c.message, attachments.c.name).where(
        attachments.c.message.in_(among)
    )
    found: dict[int, list[str]] = {}
    for message, name in connection.execute(query.order_by(attachments.c.at, attachments.c.id)):
        found.setdefault(message, []).append(name)
    return found
