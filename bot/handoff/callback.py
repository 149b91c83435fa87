"""When nobody can come now: the customer may leave an address, and the case stays in the queue.

The offer has two choices, leaving an address and waiting for a person. Who leaves one in the chat
writes it there; pages have a form for it. Either way a waiting case gets the label ``callback``:
the list of those to be called or written to. A phone number puts any case on it, withdrawing takes
it off.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.errors import Conflict, DeskError
from bot.handoff import tickets
from bot.handoff.contact import Contacts, email_address, phone_number
from bot.handoff.front import FrontDesk
from bot.handoff.presence import Change
from bot.handoff.records import Conversation, Json, Message, Ticket
from bot.handoff.store import conversations, messages

OFFERED = "utter_notice_callback_offer"
CLOSED = "utter_notice_callback_closed"
ASKED = "utter_notice_contact_ask"
LEFT = "utter_notice_contact_left"
NO_MAIL = "utter_notice_contact_no_mail"
WAITS = "utter_notice_queue_position"
CALLBACK = "callback"
"""Label of cases whose customer is to be called or written to."""

_LEAVE = re.compile(r'/ask_human\{"contact":')
"""What stands behind the choice of leaving an address; without the desk it asks for a person."""
_WAIT = "/ask_human"
_WORDS = re.compile(r"[^\s,;<>]+@[^\s,;<>]+")
_DIGITS = re.compile(r"\+?\d[\d\s().\-/]{4,22}\d")


def offer(
    desk: FrontDesk,
    connection: Any,
    ticket: Ticket,
    at: datetime,
    key: str = OFFERED,
    **facts: str,
) -> Message | None:
    """Tell a waiting customer that they may leave an address, once in each wait.

    Args:
        desk: Whose words and tickets.
        connection: The caller's.
        ticket: Locked by the caller.
        at: This instant.
        key: The words.
        facts: What else they may mention.

    Returns:
        What they were told; None when they have left one, or were told already.
    """
    known = conversations.get(connection, ticket.conversation)
    if ticket.status != "queued" or _reachable(known):
        return None
    for event in tickets.events(connection, ticket.ref):
        told = event.kind == "told" and event.data.get("kind") == "callback_offer"
        if told and event.at >= ticket.queued_at:
            return None
    message = desk.tell(connection, ticket, key, at, **facts)
    data = {"kind": "callback_offer", "message": message.id}
    tickets.log(connection, ticket.ref, at, "system", "told", data)
    return message


class Callbacks:
    """Takes what waiting customers answer to the offer.

    Args:
        desk: Whose tickets.
        contacts: Where addresses are kept; what is left or withdrawn there labels the case.
    """

    def __init__(self, desk: FrontDesk, contacts: Contacts) -> None:
        self._desk = desk
        self._contacts = contacts
        self._before = contacts.left
        contacts.left = self._left

    def heard(self, message: Message) -> Change | None:
        """Answer a waiting customer who took one of the two choices, or wrote an address.

        Args:
            message: Stored already.

        Returns:
            What the customer is told; None when the message is about something else.
        """
        payload = str((message.choice or {}).get("payload") or "")
        if _LEAVE.match(payload):
            return self._tell(message, ASKED)
        if payload == _WAIT:
            return self._tell(message, WAITS)
        if payload or not self._was_asked(message):
            return None
        return self._take(message)

    def _take(self, message: Message) -> Change | None:
        """Keep the address or number that a message names: sending it was the consent."""
        given = addresses(message.text)
        if not given:
            return None
        try:
            self._contacts.leave(message.conversation, consent=True, **given)
        except Conflict:  # no e-mail from here
            if "phone" not in given:
                return self._tell(message, NO_MAIL)
            self._contacts.leave(message.conversation, consent=True, phone=given["phone"])
        return self._tell(message, LEFT)

    def _tell(self, message: Message, key: str) -> Change | None:
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            conversations.get(connection, message.conversation, lock=True)
            ticket = tickets.current(connection, message.conversation)
            if ticket is None or ticket.status != "queued":
                return None
            return Change(ticket, (desk.tell(connection, ticket, key, at),))

    def _was_asked(self, message: Message) -> bool:
        """Whether the last thing the customer was told is to write an address."""
        with self._desk.store.database.read() as connection:
            if conversations.get(connection, message.conversation).owner != "queue":
                return False
            written = messages.listing(connection, message.conversation)
        told = [each for each in written if each.author != "customer" and each.id < message.id]
        return bool(told) and told[-1].response in (ASKED, NO_MAIL)

    def _left(
        self, connection: Any, known: Conversation, ticket: Ticket | None, at: datetime
    ) -> None:
        self._before(connection, known, ticket, at)
        if ticket is None:
            return
        others = _others(ticket)
        awaited = ticket.status == "queued" or known.contact_phone or others != ticket.labels
        labels = [*others, CALLBACK] if _reachable(known) and awaited else others
        _label(connection, ticket, labels, at)


def no_longer_awaited(connection: Any, ticket: Ticket, at: datetime) -> Ticket:
    """Take the label off a case whose customer was called; return the case."""
    return _label(connection, ticket, _others(ticket), at)


def _others(ticket: Ticket) -> list[str]:
    return [label for label in ticket.labels if label != CALLBACK]


def _label(connection: Any, ticket: Ticket, labels: list[str], at: datetime) -> Ticket:
    if set(labels) == set(ticket.labels):
        return ticket
    data = {"from": ticket.labels, "to": labels}
    ticket = tickets.update(connection, ticket.ref, labels=labels)
    tickets.log(connection, ticket.ref, at, "system", "labelled", data)
    return ticket


def addresses(text: str) -> Json:
    """Return the e-mail address and the phone number that a text names, where it names one."""
    found: Json = {}
    for name, pattern, read in (
        ("email", _WORDS, email_address),
        ("phone", _DIGITS, phone_number),
    ):
        for match in pattern.finditer(text):
            try:
                found[name] = read(match.group().strip(".:"))
            except DeskError:
                continue
            break
    return found


def _reachable(known: Conversation) -> bool:
    return bool(known.consent_at and (known.contact_email or known.contact_phone))
