"""Where a customer can be told something when they have left the page: by e-mail, if they agreed.

An address counts from the consent until it is withdrawn, the customer opts out of mail, or mail
does not arrive there. A phone number is for people: nothing here calls anybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from bot.errors import Conflict, DeskError
from bot.handoff import tickets
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Json, Ticket
from bot.handoff.store import conversations

Reach = Literal["page", "mail"]

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_PHONE = re.compile(r"\+?[0-9]{6,15}")
_SPOKEN = re.compile(r"[\s().\-/]+")
LONGEST = 254
"""Characters an e-mail address may have."""


def mailable(conversation: Conversation) -> bool:
    """Whether the customer agreed to be written to, at an address where mail arrives."""
    return bool(
        conversation.contact_email
        and conversation.consent_at
        and not conversation.opted_out_at
        and not conversation.bounced_at
        and not conversation.erased_at
    )


def reach(connection: Any, ticket: Ticket, watched: bool, *, mail: bool = True) -> Reach | None:
    """Return how a ticket's customer hears of something now.

    Args:
        connection: The caller's.
        ticket: Whose customer.
        watched: Whether a page of theirs is open.
        mail: Whether this installation sends e-mail at all.

    Returns:
        ``page``, ``mail``, or None: nobody would read it, so it must not count as told.
    """
    if watched:
        return "page"
    if mail and mailable(conversations.get(connection, ticket.conversation)):
        return "mail"
    return None


def email_address(text: str) -> str:
    """Return an e-mail address, its domain in lower case.

    Raises:
        DeskError: it is none.
    """
    address = text.strip()
    name, _, domain = address.rpartition("@")
    fits = len(address) <= LONGEST and address.isascii() and _ADDRESS.fullmatch(address)
    if not fits or ".." in address or name.startswith(".") or name.endswith("."):
        raise DeskError("This is no e-mail address: name@example.com.", "contact_email")
    return f"{name}@{domain.lower()}"


def phone_number(text: str) -> str:
    """Return a phone number without what people write between its digits.

    Raises:
        DeskError: it is none.
    """
    number = _SPOKEN.sub("", text.strip())
    if not number.isascii() or not _PHONE.fullmatch(number):
        raise DeskError("This is no phone number: 6 to 15 digits, + in front.", "contact_phone")
    return number


class Contacts:
    """What customers leave to be reached by.

    Args:
        desk: Where their conversations and tickets are.
        mail: Whether this installation sends e-mail.
        watched: Whether a page of a conversation is open.

    ``left`` may be replaced by what more is to be done in the transaction in which somebody
    leaves an address, or withdraws it: the receipt of the open case goes out, its label changes.
    """

    def __init__(
        self,
        desk: FrontDesk,
        *,
        mail: bool = True,
        watched: Callable[[str], bool] = lambda conversation: False,
    ) -> None:
        self._desk = desk
        self.mail = mail
        self._watched = watched
        self.left: Callable[[Any, Conversation, Ticket | None, datetime], None] = (
            lambda connection, conversation, ticket, at: None
        )

    def reach(self, connection: Any, ticket: Ticket) -> Reach | None:
        """Return how a ticket's customer hears of something now; see :func:`reach`."""
        return reach(connection, ticket, self._watched(ticket.conversation), mail=self.mail)

    def leave(
        self, conversation: str, *, email: str = "", phone: str = "", consent: bool = False
    ) -> Json:
        """Keep where a customer wants to be reached. A new address is written to again.

        What is not given this time stays as it was, if they had agreed to it before: an address
        that an agent took down is none to write to.

        Raises:
            DeskError: nothing given, no consent, or an address that is none.
            Conflict: an e-mail address, and this installation sends none.
        """
        if not consent:
            raise DeskError("Without consent nothing is kept.", "contact_consent")
        if not email.strip() and not phone.strip():
            raise DeskError("Give an e-mail address or a phone number.", "contact_empty")
        values: Json = {}
        if email.strip():
            values["contact_email"] = email_address(email)
            if not self.mail:
                raise Conflict("This installation sends no e-mail: leave a phone.", "mail_off")
            values.update(opted_out_at=None, bounced_at=None)
        if phone.strip():
            values["contact_phone"] = phone_number(phone)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            if conversations.get(connection, conversation, lock=True).consent_at is None:
                values = {"contact_email": None, "contact_phone": None, **values}
            conversations.update(connection, conversation, consent_at=at, **values)
            known = conversations.get(connection, conversation)
            ticket = tickets.current(connection, conversation)
            if ticket is not None:
                kinds = {"email": bool(email.strip()), "phone": bool(phone.strip())}
                tickets.log(connection, ticket.ref, at, "customer", "contact_left", kinds)
            self.left(connection, known, ticket, at)
            return contact_of(known, mail=self.mail)

    def withdraw(self, conversation: str) -> Json:
        """Forget where a customer could be reached; withdrawing twice is withdrawing once."""
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            cases = tickets.of_conversation(connection, conversation)
            ticket = cases[-1] if cases else None
            if known.consent_at is not None and ticket is not None:
                data = {"email": False, "phone": False}
                tickets.log(connection, ticket.ref, at, "customer", "contact_left", data)
            nothing = {"contact_email": None, "contact_phone": None, "consent_at": None}
            conversations.update(connection, conversation, **nothing)
            known = conversations.get(connection, conversation)
            self.left(connection, known, ticket, at)
            return contact_of(known, mail=self.mail)

    def of(self, conversation: str) -> Json:
        """Return what a customer left, and whether mail reaches them."""
        with self._desk.store.database.read() as connection:
            return contact_of(conversations.get(connection, conversation), mail=self.mail)


def contact_of(conversation: Conversation, *, mail: bool = True) -> Json:
    """Return what a customer left: {email, phone, consent_at, mail}.

    ``mail`` is ``on``, ``none`` (no address), ``opted_out``, ``bounced`` or ``off`` (not sent
    by this installation).
    """
    state = "on"
    if not mail:
        state = "off"
    elif not conversation.contact_email or not conversation.consent_at:
        state = "none"
    elif conversation.opted_out_at:
        state = "opted_out"
    elif conversation.bounced_at:
        state = "bounced"
    return {
        "email": conversation.contact_email,
        "phone": conversation.contact_phone,
        "consent_at": iso(conversation.consent_at),
        "mail": state,
    }
