"""Working on a case together: internal notes, mentions, participants, consulting a supervisor.

None of it changes who owns the case, and the customer sees none of it.
"""

from __future__ import annotations

from typing import Any

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff import people, status, tickets
from bot.handoff.desk import Desk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json, Ticket

SUPERVISOR = "supervisor"


class Teamwork:
    """Notes and colleagues of a case.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Notes

    def notes(self, ref: str, agent: Agent) -> list[Json]:
        """Return a case's internal notes, oldest first; the read is logged.

        Raises:
            NotAllowed: the case is another team's and nobody invited the agent.
        """
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            tickets.log_read(connection, ticket.ref, self._desk.clock(), actor(agent), "notes")
            return people.notes_of(connection, ticket.ref)

    def note(
        self,
        ref: str,
        agent: Agent,
        text: str,
        *,
        kind: str = "note",
        client_id: str | None = None,
    ) -> tuple[Change, Json]:
        """Write an internal note; who is named with ``@`` finds the case in their mentions.

        Args:
            ref: The ticket.
            agent: Who writes.
            text: What; no customer ever reads it.
            kind: ``note``, or ``answer`` to who consulted last.
            client_id: The sender's own: the same one twice is one note.

        Returns:
            The change, and the note as JSON; what was here already changes nothing.

        Raises:
            DeskError: the text is empty, names nobody, or answers what nobody asked.
        """
        _written(text)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "notes")
            if known := people.note_as(connection, ticket.ref, agent, client_id):
                return Change(ticket, created=False), known
            to = [each.username for each in people.mentioned_in(connection, text)]
            if kind == "answer":
                asker = people.asker(connection, ticket.ref)
                if asker is None:
                    raise Conflict(f"Nobody has consulted about {ticket.ref}.", "not_asked")
                to.append(asker)
            note = people.add_note(connection, ticket.ref, agent, at, kind, text, to, client_id)
            logged = "answered" if kind == "answer" else "noted"
            tickets.log(connection, ticket.ref, at, actor(agent), logged, {"note": note["id"]})
            self._mentioned(connection, ticket, agent, note)
            return Change(ticket), note

    def consult(
        self, ref: str, agent: Agent, text: str, *, client_id: str | None = None
    ) -> tuple[Change, Json]:
        """Ask the supervisors, or those named with ``@``; the case stays whose it is.

        The same ``client_id`` twice is one question.

        Raises:
            DeskError: the text is empty or names nobody.
            Conflict: the case is closed, or there is no supervisor to ask.
        """
        _written(text)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "consult")
            if known := people.note_as(connection, ticket.ref, agent, client_id):
                return Change(ticket, created=False), known
            to = [each.username for each in people.mentioned_in(connection, text)]
            if not to:
                to = [
                    each.username
                    for each in people.active(connection)
                    if each.role == SUPERVISOR and each.username != agent.username
                ]
            if not to:
                raise Conflict("There is no supervisor to ask.", "no_supervisor")
            note = people.add_note(
                connection, ticket.ref, agent, at, "consult", text, to, client_id
            )
            data = {"note": note["id"], "to": note["mentions"]}
            tickets.log(connection, ticket.ref, at, actor(agent), "consulted", data)
            return Change(ticket), note

    def read(self, ref: str, agent: Agent) -> Change:
        """Mark what waits for the agent's eyes in a case as read; twice is once."""
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            found = people.read_mentions(connection, ticket.ref, agent.username, at)
            return Change(ticket, created=found > 0)

    def inbox(self, agent: Agent) -> list[Json]:
        """Return what waits for an agent's eyes, newest first: {id, ref, at, kind, by}."""
        with self._desk.store.database.read() as connection:
            return people.inbox(connection, agent.username)

    # Participants

    def invite(self, ref: str, agent: Agent, colleague: str) -> tuple[Change, Json | None]:
        """Let a colleague take part in a case, or oneself; the owner stays who it is.

        Returns:
            The change, and who was invited as {"username", "name"}; None if it was oneself.

        Raises:
            DeskError: there is no such colleague.
            Conflict: the case is closed, or is theirs already.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "participants")
            who = people.account(connection, colleague)
            if who.username == ticket.owner_agent:
                raise Conflict(f"{ticket.ref} is {who.username}'s already.", "owner_already")
            if people.takes_part(connection, ticket.ref, who.username):
                return Change(ticket, created=False), None
            people.join(connection, ticket.ref, who.username, agent.username, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "joined", {"agent": who.username})
            if who.username == agent.username:
                return Change(ticket), None
            people.mention(connection, ticket.ref, [who.username], at)
            return Change(ticket), {"username": who.username, "name": who.name}

    def leave(self, ref: str, agent: Agent, colleague: str) -> Change:
        """Let somebody take part no longer: oneself, or anybody by who owns or supervises.

        Raises:
            NotAllowed: the agent may not send that colleague away.
        """
        at = self._desk.clock()
        who = colleague.strip().lower()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent, lock=True)
            may = {ticket.owner_agent, who}
            if agent.username not in may and agent.role not in (SUPERVISOR, "admin"):
                raise NotAllowed(f"Only who owns {ticket.ref} or supervises sends others away.")
            if not people.leave(connection, ticket.ref, who, at):
                return Change(ticket, created=False)
            people.forget_mentions(connection, ticket.ref, who)
            tickets.log(connection, ticket.ref, at, actor(agent), "left", {"agent": who})
            return Change(ticket)

    def involved(self, ref: str) -> tuple[list[str], list[str]]:
        """Return who takes part in a case, and for whose eyes it waits: user names."""
        with self._desk.store.database.read() as connection:
            beside = people.participants_of(connection, [ref]).get(ref, [])
            return beside, people.unread_by(connection, ref)

    def _seen(self, connection: Any, ref: str, agent: Agent, operation: str) -> Ticket:
        ticket = self._desk.visible(connection, ref, agent, lock=True)
        status.check(ticket, operation)
        return ticket

    def _mentioned(self, connection: Any, ticket: Ticket, agent: Agent, note: Json) -> None:
        if note["mentions"]:
            data = {"note": note["id"], "agents": note["mentions"]}
            at = self._desk.clock()
            tickets.log(connection, ticket.ref, at, actor(agent), "mentioned", data)


def _written(text: str) -> None:
    if not text.strip():
        raise DeskError("An empty note says nothing.", "empty")
