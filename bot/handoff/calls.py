"""News that an agent gives by telephone: what was said stays with the case, and counts as news.

The customer heard it from a person: it answers the case, and the next update is due later, also
where nothing that is written would reach them. Who waited for a call has had it.
"""

from __future__ import annotations

from bot.errors import DeskError
from bot.handoff import clocks, people, tickets
from bot.handoff.by_hand import PHONE
from bot.handoff.callback import no_longer_awaited
from bot.handoff.clock_state import news_due
from bot.handoff.desk import Desk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json

KIND = "call"
"""What the note of a call is."""


class Calls:
    """Notes calls to customers.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def called(
        self, ref: str, agent: Agent, text: str, *, client_id: str | None = None
    ) -> tuple[Change, Json]:
        """Note that the agent has spoken with the customer on the telephone.

        Args:
            ref: The ticket.
            agent: Who has it.
            text: What was said; an internal note.
            client_id: The sender's own: the same one twice is one call.

        Returns:
            The change, and the note as JSON; what was here already changes nothing.

        Raises:
            NotAllowed: the agent does not have the case.
            Conflict: the case is closed.
            DeskError: nothing is said.
        """
        if not text.strip():
            raise DeskError("Say what was told on the telephone.", "empty")
        at, rules = self._desk.clock(), self._desk.rules
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "messages")
            if known := people.note_as(connection, ticket.ref, agent, client_id):
                return Change(ticket, created=False), known
            note = people.add_note(connection, ticket.ref, agent, at, KIND, text, (), client_id)
            data = {"channel": PHONE, "due": news_due(ticket), "reached": True, "note": note["id"]}
            ticket = clocks.answered(connection, rules, ticket, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "said", data)
            return Change(no_longer_awaited(connection, ticket, at)), note
