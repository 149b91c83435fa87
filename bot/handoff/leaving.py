"""A customer who ends the conversation: their case stays with the team until an agent closes it."""

from __future__ import annotations

from bot.handoff import tickets
from bot.handoff.front import FrontDesk
from bot.handoff.phrases import say
from bot.handoff.records import Message, Ticket
from bot.handoff.store import conversations

ENDED = "utter_notice_ended"
LEFT = "utter_notice_customer_left"


class Leaving:
    """Ends conversations on the customer's wish.

    Args:
        desk: Which knows their tickets.
    """

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    def leave(self, conversation: str) -> tuple[Ticket | None, Message | None]:
        """End a conversation; twice is once. A message of the customer takes it up again.

        Returns:
            The open ticket, which stays, and what the customer was told; None for each if there
            is none.
        """
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            ticket = tickets.current(connection, conversation)
            if known.status == "ended":
                return ticket, None
            conversations.update(connection, conversation, status="ended", ended_at=at)
            if ticket is None:
                return None, say(connection, desk.phrasebook, known, at, ENDED, facts={})
            tickets.log(connection, ticket.ref, at, "customer", "customer_left")
            return ticket, desk.tell(connection, ticket, LEFT, at)
