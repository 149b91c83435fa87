"""What goes out by e-mail: planned in the transaction that causes it, sent afterwards, once.

Everything that is said to a customer passes :meth:`Outbox.said`; what the customer should also
have by e-mail becomes a row of ``mails``, whose ``event`` is unique. A sender takes what is due
(:meth:`Outbox.take`), and says of each what came of it.

A mail is sent at least once: it is marked after the server has taken it, so a process that dies in
between sends it again, with the same Message-ID. The other way round a receipt could be lost, and
nobody would notice; twice the same words do little harm, and many mailboxes show them once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff import tickets
from bot.handoff.contact import mailable
from bot.handoff.front import FrontDesk
from bot.handoff.mail import Mail
from bot.handoff.mail_texts import RECEIPT, Kind, MailTexts
from bot.handoff.presence import Change
from bot.handoff.records import Conversation, Json, Message, Ticket
from bot.handoff.store import conversations, messages
from bot.handoff.tables import conversations as conversations_table
from bot.handoff.tables import messages as messages_table
from bot.handoff.tables_desk import mails

BOUNCED = "utter_notice_mail_bounced"
LEASE = timedelta(minutes=10)
"""Time a sender has for a mail; then another one may take it."""
BACK_OFF = (60, 300, 900, 3600, 7200, 21600, 43200, 86400)
"""Seconds until a mail that was not taken is tried again; after the last it is given up."""


class Outbox:
    """Plans mail and keeps note of what became of it.

    Args:
        desk: Whose customers are written to.
        texts: Which notices are mailed, and the words around them.
        on: Whether this installation sends e-mail.
        domain: Of the Message-IDs: the sender's.
        seen: Whether a conversation's customer has been on the page since an instant.
    """

    def __init__(
        self,
        desk: FrontDesk,
        texts: MailTexts,
        *,
        on: bool,
        domain: str = "localhost",
        seen: Callable[[str, datetime], bool] = lambda conversation, since: False,
    ) -> None:
        self._desk = desk
        self._database = desk.store.database
        self.texts = texts
        self.on = on
        self._domain = domain
        self._seen = seen

    # Planning, inside the caller's transaction

    def said(self, connection: Any, ticket: Ticket, message: Message) -> None:
        """Plan the mail of something that was just said to a customer, if it has one."""
        kind = self.texts.kind_of(message)
        if not self.on or kind is None:
            return
        known = conversations.get(connection, ticket.conversation)
        if not mailable(known):
            return
        if kind.name == RECEIPT:
            self._plan(connection, known, ticket, kind, f"receipt:{ticket.ref}", message)
        elif not self._joined(connection, ticket, kind, message):
            self._plan(connection, known, ticket, kind, f"message:{message.id}", message)

    def contact_left(
        self, connection: Any, known: Conversation, ticket: Ticket | None, at: datetime
    ) -> None:
        """Plan what a customer who leaves an address has missed: the receipt of the open case.

        What was refused at a former address is tried at the new one.
        """
        if not self.on or not mailable(known):
            return
        again = sa.and_(
            mails.c.conversation == known.id, mails.c.sent_at.is_(None), mails.c.error == "bounced"
        )
        connection.execute(sa.update(mails).where(again).values(next_at=at, error=None, tries=0))
        if ticket is not None and ticket.notice is not None:
            notice = messages.by_id(connection, ticket.notice)
            kind = self.texts.kinds[RECEIPT]
            self._plan(connection, known, ticket, kind, f"receipt:{ticket.ref}", notice)

    def _plan(
        self,
        connection: Any,
        known: Conversation,
        ticket: Ticket,
        kind: Kind,
        event: str,
        message: Message,
    ) -> None:
        planned = sa.select(mails.c.id).where(mails.c.event == event)
        if connection.execute(planned).first() is not None:
            return
        words = kind.words.get(known.language) or kind.words["es"]
        team = self._desk.rules.label("teams", ticket.team, known.language)
        facts = {"reference": ticket.ref, "team": team}
        at = self._desk.clock()
        row = {
            "event": event,
            "conversation": known.id,
            "ticket": ticket.ref,
            "kind": kind.name,
            "recipient": known.contact_email,
            "subject": words["subject"].format(**facts),
            "text": f"{words['intro'].format(**facts)}\n\n{self._told(message, known.language)}",
            "language": known.language,
            "made_at": at,
            "next_at": at + timedelta(seconds=kind.after),
            "message_id": f"<{secrets.token_hex(12)}@{self._domain}>",
        }
        connection.execute(sa.insert(mails).values(**row))

    def _joined(self, connection: Any, ticket: Ticket, kind: Kind, message: Message) -> bool:
        """Add a message to a mail of its kind that has not gone yet: a burst is one mail.

        Who has read the page since then has read the whole of it only if that was after the last.
        """
        query = sa.select(mails.c.id, mails.c.text).where(
            mails.c.ticket == ticket.ref,
            mails.c.kind == kind.name,
            mails.c.sent_at.is_(None),
            mails.c.tries == 0,
            mails.c.next_at > self._desk.clock(),
        )
        row = connection.execute(query.with_for_update()).first()
        if row is None:
            return False
        text = f"{row.text}\n\n{self._told(message, ticket.language)}"
        values = {"text": text, "made_at": self._desk.clock()}
        connection.execute(sa.update(mails).where(mails.c.id == row.id).values(**values))
        return True

    def _told(self, message: Message, language: str) -> str:
        """Return what a message says; its files are named, and stay on the page of the case."""
        names = ", ".join(each["name"] for each in message.attachments or ())
        files = self.texts.words(language)["files"].format(names=names) if names else ""
        return "\n\n".join(part for part in (message.text, files) if part)

    # Sending

    def take(self, limit: int = 50) -> list[Mail]:
        """Return mails that are due, each given to nobody else for :data:`LEASE`.

        What need not go any more is put aside: the customer was on the page, or wants no mail.
        """
        at = self._desk.clock()
        due = sa.and_(mails.c.sent_at.is_(None), mails.c.next_at <= at)
        with self._database.read() as connection:
            if connection.execute(sa.select(mails.c.id).where(due).limit(1)).first() is None:
                return []
        with self._database.write() as connection:
            query = sa.select(mails).where(due).order_by(mails.c.next_at, mails.c.id).limit(limit)
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            found = [self._taken(connection, row, at) for row in rows]
        return [mail for mail in found if mail is not None]

    def _taken(self, connection: Any, row: Any, at: datetime) -> Mail | None:
        known = conversations.get(connection, row.conversation)
        mine = mails.c.id == row.id
        why = self._needless(connection, row, known)
        if why:
            connection.execute(sa.update(mails).where(mine).values(next_at=None, error=why))
            return None
        values = {
            "next_at": at + LEASE,
            "tries": row.tries + 1,
            "recipient": known.contact_email,
        }
        connection.execute(sa.update(mails).where(mine).values(**values))
        before = sa.select(mails.c.message_id).where(
            mails.c.ticket == row.ticket, mails.c.sent_at.is_not(None), mails.c.id < row.id
        )
        ids = tuple(connection.execute(before.order_by(mails.c.id)).scalars())
        stored = {**row._mapping, **values, "before": ids}
        return Mail(**{each.name: stored[each.name] for each in fields(Mail)})

    def _needless(self, connection: Any, row: Any, known: Conversation) -> str | None:
        """Why a mail need not, or must not, be sent any more."""
        if not mailable(known):
            return "bounced" if known.bounced_at else "no address"
        kind = self.texts.kinds.get(row.kind)
        if kind is not None and kind.away and row.tries == 0:
            written = sa.select(messages_table.c.id).where(
                messages_table.c.conversation == known.id,
                messages_table.c.author == "customer",
                messages_table.c.created_at > row.made_at,
            )
            read = self._seen(known.id, row.made_at)
            if read or connection.execute(written.limit(1)).first() is not None:
                return "read on the page"
        return None

    def sent(self, mail: Mail) -> None:
        """Note that the mail server has taken a mail."""
        at = self._desk.clock()
        with self._database.write() as connection:
            values = {"sent_at": at, "next_at": None, "error": None}
            connection.execute(sa.update(mails).where(mails.c.id == mail.id).values(**values))
            data = {"kind": mail.kind, "mail": mail.id}
            tickets.log(connection, mail.ticket, at, "system", "mailed", data)

    def put_off(self, mail: Mail, why: str) -> Change | None:
        """Note that a mail was not taken now; try it later, or give it up and say so."""
        at = self._desk.clock()
        with self._database.write() as connection:
            if mail.tries <= len(BACK_OFF):
                later = at + timedelta(seconds=BACK_OFF[mail.tries - 1])
                self._note(connection, mail, next_at=later, error=why[:300])
                return None
            return self._give_up(connection, mail, at, why)

    def give_up(self, mail: Mail, why: str) -> Change:
        """Note that the server will never take this mail; the address may still be good."""
        with self._database.write() as connection:
            return self._give_up(connection, mail, self._desk.clock(), why)

    def _give_up(self, connection: Any, mail: Mail, at: datetime, why: str) -> Change:
        self._note(connection, mail, next_at=None, error=f"gave up: {why}"[:300])
        data = {"kind": mail.kind, "mail": mail.id, "address": False}
        tickets.log(connection, mail.ticket, at, "system", "bounced", data)
        return Change(tickets.get(connection, mail.ticket))

    def _note(self, connection: Any, mail: Mail, **values: Any) -> None:
        connection.execute(sa.update(mails).where(mails.c.id == mail.id).values(**values))

    # What comes back

    def bounced(self, conversation: str, *, mail: Json | None = None) -> Change | None:
        """Note that mail does not arrive where a customer said; nothing more is sent there.

        The customer reads it on the page, the agent in the case. Twice is once.

        Args:
            conversation: Whose address it is.
            mail: {"kind", "mail"} of the mail that came back, for the log.
        """
        at = self._desk.clock()
        with self._database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            if known.bounced_at is not None or not known.contact_email:
                return None
            conversations.update(connection, conversation, bounced_at=at)
            waiting = sa.and_(mails.c.conversation == conversation, mails.c.sent_at.is_(None))
            pending = sa.and_(waiting, mails.c.next_at.is_not(None))
            values = {"next_at": None, "error": "bounced"}
            connection.execute(sa.update(mails).where(pending).values(**values))
            cases = tickets.of_conversation(connection, conversation)
            if not cases:
                return None
            ticket = cases[-1]
            data = {**(mail or {}), "address": True}
            tickets.log(connection, ticket.ref, at, "system", "bounced", data)
            return Change(ticket, (self._desk.tell(connection, ticket, BOUNCED, at),))

    def find(self, *, message_id: str = "", recipient: str = "") -> list[tuple[str, Json]]:
        """Return the conversations that a report of a mail service is about, with their mail."""
        with self._database.read() as connection:
            if message_id:
                query = sa.select(mails).where(mails.c.message_id == message_id)
                rows = connection.execute(query)
                return [(row.conversation, {"kind": row.kind, "mail": row.id}) for row in rows]
            address = sa.func.lower(conversations_table.c.contact_email)
            which = sa.select(conversations_table.c.id).where(address == recipient.lower())
            return [(name, {}) for name in connection.execute(which).scalars()]

    def opt_out(self, conversation: str) -> bool:
        """Send no more mail to a customer; False when they had said so before."""
        at = self._desk.clock()
        with self._database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            if known.opted_out_at is not None:
                return False
            conversations.update(connection, conversation, opted_out_at=at)
            waiting = sa.and_(mails.c.conversation == conversation, mails.c.sent_at.is_(None))
            values = {"next_at": None, "error": "opted out"}
            connection.execute(sa.update(mails).where(waiting).values(**values))
            ticket = tickets.current(connection, conversation)
            if ticket is not None:
                data = {"email": False, "opted_out": True}
                tickets.log(connection, ticket.ref, at, "customer", "contact_left", data)
            return True
