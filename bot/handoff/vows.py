"""What an agent promises a customer while they have the case: into the ledger, with its time."""

from __future__ import annotations

import hashlib
import secrets

from bot.errors import DeskError
from bot.handoff import tickets
from bot.handoff.desk import Desk
from bot.handoff.instants import instant, iso
from bot.handoff.presence import Change, actor
from bot.handoff.progress import FARTHEST
from bot.handoff.records import Agent, Vow
from bot.handoff.store import promises

NAME = "note_1"
"""What such a promise is about is in its words only."""


class Vows:
    """Notes promises of agents; the ledger keeps time and raises the alarm.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def promise(
        self, ref: str, agent: Agent, text: str, due: str, *, client_id: str | None = None
    ) -> Change:
        """Note what was promised, and until when; the team of the case keeps it.

        Args:
            ref: The ticket.
            agent: Who has it.
            text: What; the customer reads it on the status page.
            due: ISO 8601; without a time zone it is in the desk's.
            client_id: The sender's own: the same one twice is one promise.

        Raises:
            NotAllowed: the agent does not have the case.
            Conflict: the case is closed.
            DeskError: nothing is said, or ``due`` is no time to come within a year.
        """
        if not text.strip():
            raise DeskError("Say what was promised.", "empty")
        at, zone = self._desk.clock(), self._desk.rules.zone
        until = instant(due, zone)
        if until is None or not at < until <= at + FARTHEST:
            raise DeskError(f"'{due}' is no time to come within a year.", "until")
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "promises")
            vow = Vow(NAME, text.strip(), until, ticket.team)
            added = promises.add(
                connection,
                ticket.conversation,
                _turn(agent, client_id),
                at,
                [vow],
                made_by="agent",
                ticket=ticket.ref,
            )
            for promise in added:
                data = {"promise": promise.id, "owner": promise.owner, "due": iso(promise.due)}
                tickets.log(connection, ticket.ref, at, actor(agent), "promised", data)
            return Change(ticket, created=bool(added))


def _turn(agent: Agent, client_id: str | None) -> str:
    """Return what stands for the turn in the ledger, of 24 characters at most; none was run."""
    if client_id is None:
        return f"a_{secrets.token_hex(11)}"
    return "a_" + hashlib.sha256(f"{agent.username}:{client_id}".encode()).hexdigest()[:22]
