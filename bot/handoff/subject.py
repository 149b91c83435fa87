"""Whose data: the conversations of one customer, for export and erasure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotFound
from bot.handoff.records import Conversation, record
from bot.handoff.tables import conversations


@dataclass(frozen=True)
class Subject:
    """A customer, by exactly one of these.

    Args:
        customer_id: As the company knows them.
        email: Proved by the site, or left in the chat.
        conversation: One conversation alone.
    """

    customer_id: str = ""
    email: str = ""
    conversation: str = ""

    def check(self) -> None:
        """Check that it names exactly one thing.

        Raises:
            DeskError: it names none, or several.
        """
        given = (self.customer_id, self.email, self.conversation)
        if sum(bool(each.strip()) for each in given) != 1:
            text = "Give exactly one of customer_id, email and conversation."
            raise DeskError(text, "no_subject")

    def find(self, connection: Any) -> list[Conversation]:
        """Return the customer's conversations, oldest first; erased ones are nobody's.

        Raises:
            NotFound: there is none.
        """
        self.check()
        if not all(value.isprintable() for value in self.__dict__.values()):
            raise NotFound("There is no conversation of this customer.", "nobody")
        query = sa.select(conversations).where(self._mine(), conversations.c.erased_at.is_(None))
        found = [
            record(Conversation, row)
            for row in connection.execute(query.order_by(conversations.c.created_at))
        ]
        if not found:
            raise NotFound("There is no conversation of this customer.", "nobody")
        return found

    def _mine(self) -> Any:
        if self.conversation:
            return conversations.c.id == self.conversation.strip()
        if self.customer_id:
            return conversations.c.customer_id == self.customer_id.strip()
        address = self.email.strip().lower()
        columns = (conversations.c.customer_email, conversations.c.contact_email)
        return sa.or_(*(sa.func.lower(column) == address for column in columns))


def identifiers(found: Sequence[Conversation]) -> list[str]:
    """Return what names the customer in these conversations: ids, names, addresses, numbers."""
    named = {
        value
        for each in found
        for value in (
            each.customer_id,
            each.customer_name,
            each.customer_email,
            each.contact_email,
            each.contact_phone,
        )
        if value
    }
    return sorted(named)
