"""The desk: the only door to tickets.

Every public method is one transaction. It gives back what changed; telling the sockets is the
caller's work. What the customer is told comes from the phrasebook, what happened goes to the
ticket's append-only log, and who may answer the customer changes here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from bot.errors import Conflict, DeskError, NotAllowed, did_you_mean
from bot.handoff import agents, tickets, views
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json, Ticket, Vow, instant
from bot.handoff.store import conversations, messages, promises
from bot.handoff.takeover import TakeoverDesk

JOINED = "utter_notice_agent_joined"
RELEASED = "utter_notice_released"
RESOLVED = "utter_notice_resolved"
REOPENED = "utter_notice_reopened"
NOTHING_LEFT: Json = {"agreed": "", "promised": [], "offers_refused": [], "facts": {}}


class Desk(TakeoverDesk):
    """Tickets from their opening to their end.

    ``FrontDesk`` has the customers' side, ``PresenceDesk`` agents who come and go, ``LedgerDesk``
    promises, ``TakeoverDesk`` chats that an agent takes from the bot.
    """

    # Looking

    def queue(
        self,
        agent: Agent,
        view: str = "queue",
        *,
        after: str | None = None,
        limit: int = 50,
        language: str = "es",
    ) -> tuple[list[Json], str | None]:
        """Return the tickets an agent sees, and where the next page begins.

        Args:
            agent: Who looks.
            view: queue, mine, resolved or all.
            after: What the page before gave as its next.
            limit: Tickets at most, in [1, 200].
            language: Of the reasons' names.

        Raises:
            DeskError: there is no such view, or ``after`` is no page.
        """
        if view not in tickets.VIEWS:
            raise DeskError(f"Unknown view '{view}'.{did_you_mean(view, tickets.VIEWS)}")
        start = views.page_start(after)
        limit = max(1, min(limit, 200))
        with self.store.database.read() as connection:
            found = tickets.listing(
                connection,
                agent,
                view=view,
                teams=agents.visible_teams(agent),
                start=start,
                limit=limit + 1,
            )
            page = found[:limit]
            rows = views.rows(connection, self.rules, page, self.clock(), language)
        return rows, str(start + limit) if len(found) > limit else None

    def row(self, ref: str, *, language: str = "es") -> Json:
        """Return a ticket's line in the queue."""
        with self.store.database.read() as connection:
            ticket = tickets.get(connection, ref)
            return views.rows(connection, self.rules, [ticket], self.clock(), language)[0]

    def ticket(self, ref: str) -> Ticket:
        """Return a ticket, without looking who asks.

        Raises:
            NotFound: there is none.
        """
        with self.store.database.read() as connection:
            return tickets.get(connection, ref)

    def view(self, ref: str, agent: Agent, *, language: str = "es") -> Json:
        """Return all about a ticket: row, context, messages, events. The read is logged.

        Raises:
            NotFound: there is no such ticket.
            NotAllowed: it is another team's.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.visible(connection, ref, agent)
            tickets.log(connection, ticket.ref, at, actor(agent), "read")
            return views.whole(connection, self.rules, ticket, at, language)

    # Serving

    def claim(self, ref: str, agent: Agent) -> Change:
        """Take a waiting ticket; the customer reads who is there now.

        Raises:
            Conflict: somebody else has it, or it is closed.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.visible(connection, ref, agent, lock=True)
            if ticket.status == "claimed" and ticket.owner_agent == agent.username:
                return Change(ticket, created=False)
            if ticket.status != "queued":
                raise Conflict(f"{ticket.ref} is {ticket.status}{_with(ticket)}.")
            ticket = self.take(connection, ticket, agent, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "claimed")
            said = self.tell(connection, ticket, JOINED, at, agent=agent.name)
            return Change(ticket, (said,))

    def say(self, ref: str, agent: Agent, text: str, client_id: str) -> Change:
        """Send an agent's message to the customer; the same ``client_id`` twice is one message.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
            DeskError: the text is empty.
        """
        at = self.clock()
        if not text.strip():
            raise DeskError("An empty message says nothing.")
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at)
            sender = actor(agent)
            known = messages.by_client_id(connection, ticket.conversation, sender, client_id)
            if known is not None:
                return Change(ticket, (known,), created=False)
            message = messages.insert(
                connection,
                ticket.conversation,
                at,
                author="agent",
                sender=sender,
                name=agent.name,
                text=text,
                language=ticket.language,
                client_id=client_id,
            )
            if ticket.first_response_at is None:
                ticket = tickets.update(connection, ticket.ref, first_response_at=at)
            data = {"message": message.id}
            tickets.log(connection, ticket.ref, at, actor(agent), "said", data)
            return Change(ticket, (message,))

    def give_back(self, ref: str, agent: Agent, note: Json) -> Change:
        """Give the conversation back to the bot, which speaks first with what was agreed.

        The bot's turn is stored here; whoever runs turns finds it, after a crash too.

        Args:
            ref: The ticket.
            agent: Who has it.
            note: {"agreed", "promised": [{"text", "due"}], "offers_refused": [text]}.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
            DeskError: the note does not say what was agreed.
        """
        at = self.clock()
        agreed = str(note.get("agreed") or "").strip()
        if not agreed:
            raise DeskError("Say what was agreed: the bot goes on from it.")
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at)
            given = {key: note[key] for key in NOTHING_LEFT if note.get(key)}
            kept = {**NOTHING_LEFT, **given, "agreed": agreed, "agent": agent.name}
            ticket = self.close_case(connection, ticket, "returned", at, resolution=kept)
            turn = conversations.insert_turn(
                connection, ticket.conversation, at, "handback", note=kept
            )
            vows = _vows(kept["promised"], ticket.team, self.rules.zone)
            promises.add(
                connection,
                ticket.conversation,
                turn.id,
                at,
                vows,
                made_by="agent",
                ticket=ticket.ref,
            )
            data = {"turn": turn.id, "promised": len(kept["promised"])}
            tickets.log(connection, ticket.ref, at, actor(agent), "returned", data)
            return Change(ticket)

    def resolve(self, ref: str, agent: Agent, disposition: str, note: str = "") -> Change:
        """Close a ticket; the bot has the conversation again and waits for the customer.

        If the customer writes again, the bot is first told what was agreed, as on a hand-back.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
            DeskError: ``desk.yml`` knows no such disposition.
        """
        if disposition not in self.rules.dispositions:
            hint = did_you_mean(disposition, self.rules.dispositions)
            raise DeskError(f"Unknown disposition '{disposition}'.{hint}")
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at)
            kept = {
                **NOTHING_LEFT,
                "agreed": note.strip(),
                "agent": agent.name,
                "disposition": disposition,
            }
            ticket = self.close_case(
                connection, ticket, "resolved", at, resolution=kept, disposition=disposition
            )
            conversations.update(connection, ticket.conversation, resume=kept)
            data = {"disposition": disposition}
            tickets.log(connection, ticket.ref, at, actor(agent), "resolved", data)
            said = self.tell(connection, ticket, RESOLVED, at, agent=agent.name)
            return Change(ticket, (said,))

    def reopen(self, ref: str, agent: Agent) -> Change:
        """Take a closed ticket up again; the agent who does has it.

        Raises:
            Conflict: it is open, or the conversation has a newer open ticket.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.visible(connection, ref, agent, lock=True)
            if ticket.status not in ("resolved", "returned"):
                raise Conflict(f"{ticket.ref} is open already{_with(ticket)}.")
            other = tickets.current(connection, ticket.conversation)
            if other is not None:
                raise Conflict(f"{other.ref} of the same conversation is open.")
            conversations.close_turns(
                connection, ticket.conversation, at, of=("open",), to="answered"
            )
            ticket = self.take(connection, ticket, agent, at)
            ticket = tickets.update(connection, ticket.ref, resolved_at=None, disposition=None)
            tickets.log(connection, ticket.ref, at, actor(agent), "reopened")
            said = self.tell(connection, ticket, REOPENED, at, agent=agent.name)
            return Change(ticket, (said,))

    def release(self, ref: str, agent: Agent) -> Change:
        """Put a claimed ticket back in the queue; the customer is told.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at)
            return self.requeue(connection, ticket, at, actor(agent), "released", RELEASED)

    # Inside one transaction

    def held(self, connection: Any, ref: str, agent: Agent, at: datetime) -> Ticket:
        """Return a ticket that an agent has, locked.

        Raises:
            Conflict: nobody has it, or it is closed.
            NotAllowed: somebody else has it, or it is another team's.
        """
        ticket = self.visible(connection, ref, agent, lock=True)
        if ticket.status != "claimed":
            raise Conflict(f"{ticket.ref} is {ticket.status}: claim it first.")
        if ticket.owner_agent != agent.username:
            raise NotAllowed(f"{ticket.ref} is claimed{_with(ticket)}.")
        if ticket.lost_at is not None:
            tickets.log(connection, ticket.ref, at, actor(agent), "back")
            ticket = tickets.update(connection, ticket.ref, lost_at=None)
        return ticket

    def close_case(
        self, connection: Any, ticket: Ticket, status: str, at: datetime, **values: Any
    ) -> Ticket:
        """End a person's stretch: what the bot still had to say from before it is late."""
        left = ("open", "running")
        conversations.close_turns(connection, ticket.conversation, at, of=left, to="late")
        conversations.update(connection, ticket.conversation, owner="bot", resume=None)
        return tickets.update(
            connection, ticket.ref, status=status, resolved_at=at, lost_at=None, **values
        )


def _vows(promised: Iterable[Json], team: str, zone: tzinfo) -> list[Vow]:
    """An agent's promises, for the ledger: the team of the case keeps them."""
    return [
        Vow(f"note_{number}", str(each.get("text") or ""), instant(each.get("due"), zone), team)
        for number, each in enumerate(promised, start=1)
    ]


def _with(ticket: Ticket) -> str:
    return f" by {ticket.owner_agent}" if ticket.owner_agent else ""
