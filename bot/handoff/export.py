"""A customer's data, all of it, for themselves: one JSON document, and the files they exchanged.

What it leaves out is named in it: what supervisors say to agents, who looked at what, keys.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from bot.handoff import tickets
from bot.handoff.attachments import Attachments
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Json
from bot.handoff.subject import Subject
from bot.handoff.tables import conversations, messages, promises, ticket_events, turns
from bot.handoff.tables import tickets as tickets_table
from bot.handoff.tables_desk import (
    approvals,
    attachments,
    mails,
    moments,
    notes,
    profiles,
    surveys,
)
from bot.handoff.tracker import Tracker

FORMAT = 1
LEFT_OUT = (
    "reviews: what supervisors say to agents about their work",
    "reads: which employee looked at what and when",
    "jobs, deliveries: how the system works through its tasks",
    "orders, invoices, payments and cases in the company's own systems",
    "logs: they hold no text and no names",
)
_BY_CONVERSATION = (messages, turns, promises, surveys, mails, attachments, moments)
_BY_TICKET = (ticket_events, notes, approvals)


class Export:
    """Collects a customer's data.

    Args:
        desk: Where their conversations are.
        attachments: What they sent.
        tracker: The engine's memory.
    """

    def __init__(self, desk: FrontDesk, attachments: Attachments, tracker: Tracker) -> None:
        self._desk = desk
        self._attachments = attachments
        self._tracker = tracker

    def collect(self, subject: Subject, *, who: str = "system") -> Json:
        """Return everything that is known of a customer; that it was read is logged.

        Raises:
            NotFound: there is nothing of this customer.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            found = subject.find(connection)
            whole: Json = {
                "format": FORMAT,
                "made_at": iso(at),
                "subject": {key: value for key, value in subject.__dict__.items() if value},
                "left_out": list(LEFT_OUT),
                "profile": _profiles(connection, found),
                "conversations": [self._one(connection, each, at, who) for each in found],
            }
        for each in whole["conversations"]:
            each["engine"] = self._tracker.events(each["conversation"]["id"])
        return whole

    def pack(self, subject: Subject, target: Path | IO[bytes], *, who: str = "system") -> Json:
        """Write a ``.zip``: ``customer.json`` and the files; return what the former says."""
        whole = self.collect(subject, who=who)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            text = json.dumps(whole, ensure_ascii=False, indent=2)
            archive.writestr("customer.json", text)
            for each in whole["conversations"]:
                for file in each["attachments"]:
                    path = self._attachments.path(file["digest"])
                    if path.is_file():
                        archive.write(path, f"files/{file['id']}/{file['name']}")
        return whole

    def _one(self, connection: Any, known: Conversation, at: datetime, who: str) -> Json:
        cases = tickets.of_conversation(connection, known.id)
        refs = [case.ref for case in cases]
        row = conversations.c.id == known.id
        whole: Json = {"conversation": _rows(connection, conversations, row)[0]}
        for table in _BY_CONVERSATION:
            mine = table.c.conversation == known.id
            whole[table.name] = _rows(connection, table, mine)
        whole["tickets"] = _rows(connection, tickets_table, tickets_table.c.ref.in_(refs))
        for table in _BY_TICKET:
            whole[table.name] = _rows(connection, table, table.c.ticket.in_(refs))
        for ref in refs:
            tickets.log(connection, ref, at, who, "read", {"kind": "export"})
        return whole


def _profiles(connection: Any, found: Sequence[Conversation]) -> list[Json]:
    known = [each.customer_id for each in found if each.customer_id]
    return _rows(connection, profiles, profiles.c.customer_id.in_(known))


def _rows(connection: Any, table: Any, which: Any) -> list[Json]:
    rows = connection.execute(sa.select(table).where(which).order_by(*table.primary_key))
    return [{key: _plain(value) for key, value in row._mapping.items()} for row in rows]


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value
