"""What customers see of their case: where it is, who has it, what comes next and by when.

Nothing internal is in it: no notes, no reasons in the agents' words, no measure of anybody's mood.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff import agents, opening, surveys, tickets
from bot.handoff.case_view import OPEN, history, next_update, reach, status_of, steps
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Event, Json, Ticket, record
from bot.handoff.store import conversations, promises
from bot.handoff.tables import conversations as conversation_table
from bot.handoff.tables import tickets as ticket_table

OTHERS = 20
"""Other cases of the same customer that are listed, the newest first."""

_NOBODY = "00000000"
"""Compared with when there is no code, so that a wrong reference takes as long as a wrong code."""


class StatusPage:
    """The customers' view of tickets.

    Args:
        desk: Whose tickets they are.
    """

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    def opened_by(self, reference: str, code: str) -> Ticket | None:
        """Return the ticket that a reference and its code open; None if they open none.

        Args:
            reference: As dictated: case, spaces and a missing ``R-`` do not matter.
            code: As dictated, too.
        """
        with self._desk.store.database.read() as connection:
            try:
                ticket = tickets.get(connection, plain_reference(reference))
            except NotFound:
                ticket = None
        known = ticket.code if ticket is not None and ticket.code else _NOBODY
        right = hmac.compare_digest(known.encode(), _plain(code).encode())
        return ticket if right and ticket is not None and ticket.code else None

    def ticket(self, reference: str, conversation: str | None = None) -> Ticket:
        """Return a ticket; with ``conversation``, only if it is of that one.

        Raises:
            NotFound: there is none.
        """
        with self._desk.store.database.read() as connection:
            ticket = tickets.get(connection, plain_reference(reference))
        if conversation is not None and ticket.conversation != conversation:
            raise NotFound(f"There is no ticket {reference} of this conversation.")
        return ticket

    def rate(self, conversation: str, score: int | None, comment: str = "") -> str:
        """Take how a customer was served, or (None) that they would rather not say.

        Returns:
            The reference of the case it is about.

        Raises:
            Conflict: nothing is asked of them.
            DeskError: the score is none of 1 to 5, or the comment too long.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            if score is None:
                return surveys.skip(connection, conversation, at).ticket
            return surveys.answer(connection, conversation, score, comment, at).ticket

    def references(self, conversation: str) -> list[str]:
        """Return the references of a conversation's cases, oldest first."""
        with self._desk.store.database.read() as connection:
            return [ticket.ref for ticket in tickets.of_conversation(connection, conversation)]

    def standing(self, conversation: str) -> Json:
        """Return what a customer's page shows around the chat.

        Returns:
            {"case": {"reference", "code", "open"} of the newest ticket or None,
            "opens": when the team is back, in words, while the customer waits for a closed one,
            "reach": where they are written to, masked, "survey": whether a rating is asked for,
            "survey_id": the number of that question, or None}
        """
        now = self._desk.clock()
        with self._desk.store.database.read() as connection:
            known = conversations.get(connection, conversation)
            of_it = tickets.of_conversation(connection, conversation)
            ticket = of_it[-1] if of_it else None
            case = ticket and {
                "reference": ticket.ref,
                "code": ticket.code,
                "open": ticket.status in OPEN,
            }
            return {
                "case": case,
                "opens": self._opens(connection, ticket, now),
                "reach": reach(known),
                **_asked(connection, conversation),
            }

    def view(self, reference: str, conversation: str, language: str) -> Json:
        """Return all that the status page shows of a case, but the messages.

        Raises:
            NotFound: the conversation has no such case.
        """
        now, rules = self._desk.clock(), self._desk.rules
        ticket = self.ticket(reference, conversation)
        with self._desk.store.database.read() as connection:
            known = conversations.get(connection, conversation)
            events = tickets.events(connection, ticket.ref)
            names = _names(connection, events, ticket)
            place = opening.place(connection, ticket, now) if ticket.status == "queued" else None
            promised = promises.of_conversation(connection, conversation)
            return {
                "reference": ticket.ref,
                "code": ticket.code,
                "status": status_of(ticket),
                "created_at": iso(ticket.created_at),
                "closed_at": None if ticket.status in OPEN else iso(ticket.resolved_at),
                "team": rules.label("teams", ticket.team, language),
                "agent": names.get(ticket.owner_agent or ""),
                "steps": steps(ticket, events),
                "next_update": next_update(ticket, now),
                "queue": place and {"position": place.position, "minutes": place.minutes},
                "opens": self._opens(connection, ticket, now, language),
                "history": history(events, names, rules, language),
                "promises": [
                    {"text": each.text, "due": iso(each.due), "kept_at": iso(each.kept_at)}
                    for each in promised
                    if each.ticket == ticket.ref
                ],
                "cases": self._others(connection, known, ticket),
                "reach": reach(known),
                **_asked(connection, conversation),
            }

    def _opens(
        self, connection: Any, ticket: Ticket | None, now: datetime, language: str = ""
    ) -> str | None:
        rules = self._desk.rules
        if ticket is None or ticket.status != "queued":
            return None
        if opening.is_open(connection, rules, ticket.team, now):
            return None
        opens = rules.teams[ticket.team].hours.next_opening(now)
        if opens is None:
            return None
        zone = conversations.get(connection, ticket.conversation).time_zone
        return rules.say_time(opens, now, language or ticket.language, zone)

    def _others(self, connection: Any, known: Conversation, ticket: Ticket) -> list[Json]:
        """The customer's other cases: only of those who proved who they are."""
        if known.identity_status != "verified" or not known.customer_id:
            return []
        query = (
            sa.select(ticket_table)
            .join(conversation_table, conversation_table.c.id == ticket_table.c.conversation)
            .where(
                conversation_table.c.customer_id == known.customer_id,
                conversation_table.c.identity_status == "verified",
                ticket_table.c.ref != ticket.ref,
            )
            .order_by(ticket_table.c.created_at.desc())
            .limit(OTHERS)
        )
        found = [record(Ticket, row) for row in connection.execute(query)]
        return [
            {
                "reference": each.ref,
                "issue": each.issue or "other",
                "status": status_of(each),
                "created_at": iso(each.created_at),
                "closed_at": None if each.status in OPEN else iso(each.resolved_at),
            }
            for each in found
        ]


def _asked(connection: Any, conversation: str) -> Json:
    """Whether a rating is asked for, and which: asked again it is another one."""
    found = surveys.pending(connection, conversation)
    return {"survey": found is not None, "survey_id": found.id if found else None}


def _names(connection: Any, events: Sequence[Event], ticket: Ticket) -> dict[str, str]:
    """The names of the agents who appear in a log, by user name."""
    users = {event.actor.removeprefix("agent:") for event in events}
    users |= {str(event.data["to"]) for event in events if event.data.get("to")}
    users.add(ticket.owner_agent or "")
    found = {}
    for user in users - {"", "bot", "customer", "system"}:
        if agent := agents.by_username(connection, user):
            found[user] = agent.name
    return found


def _plain(text: str) -> str:
    """What somebody typed from a note: without spaces and dashes, in capitals."""
    return "".join(letter for letter in text.upper() if letter.isalnum())[:40]


def plain_reference(text: str) -> str:
    """Return a reference as it is stored, however it was typed: ``R-7KM2QX``."""
    plain = _plain(text)
    return f"R-{plain[1:] if len(plain) == 7 and plain[0] == 'R' else plain}"
