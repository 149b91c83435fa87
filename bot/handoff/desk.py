"""The desk: the only door to tickets.

Every public method is one transaction. It gives back what changed; telling the sockets is the
caller's work. What the customer is told comes from the phrasebook, what happened goes to the
ticket's append-only log, and who may answer the customer changes here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.errors import DeskError, did_you_mean
from bot.handoff import agents, clocks, status, tickets, views
from bot.handoff.clock_state import news_due
from bot.handoff.endings import EndingDesk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Identity, Json, Message, Ticket
from bot.handoff.store import conversations, files, messages, turns

JOINED = "utter_notice_agent_joined"


class Desk(EndingDesk):
    """Tickets from their opening to their end.

    ``FrontDesk`` has the customers' side, ``PresenceDesk`` agents who come and go, ``LedgerDesk``
    promises, ``TakeoverDesk`` chats that an agent takes from the bot, ``EndingDesk`` how a case
    ends. What agents do together is in classes of their own that work with a desk.
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
            rows = views.rows(connection, self.rules, page, self.clock(), language, agent.username)
        return rows, str(start + limit) if len(found) > limit else None

    def row(self, ref: str, *, language: str = "es", viewer: str = "") -> Json:
        """Return a ticket's line in the queue, as an agent (by user name) sees it."""
        with self.store.database.read() as connection:
            page = [tickets.get(connection, ref)]
            return views.rows(connection, self.rules, page, self.clock(), language, viewer)[0]

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
            return views.whole(connection, self.rules, ticket, at, language, agent.username)

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
            status.check(ticket, "claim")
            ticket = self.take(connection, ticket, agent, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "claimed")
            said = self.tell(connection, ticket, JOINED, at, agent=agent.name)
            return Change(ticket, (said,))

    def say(
        self, ref: str, agent: Agent, text: str, client_id: str, attachments: Iterable[str] = ()
    ) -> Change:
        """Send an agent's message to the customer; the same ``client_id`` twice is one message.

        Raises:
            NotAllowed: the agent neither has the ticket nor, where ``desk.yml`` lets them write,
                takes part.
            DeskError: there is neither text nor a file.
        """
        at, uploads = self.clock(), list(attachments)
        if not text.strip() and not uploads:
            raise DeskError("An empty message says nothing.")
        with self.store.database.write() as connection:
            helpers = self.rules.teamwork.participants_write
            ticket = self.held(connection, ref, agent, at, helpers=helpers)
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
            message = files.send(connection, message, uploads)
            reached = self.reach(connection, ticket) is not None
            data = {"message": message.id, "due": news_due(ticket), "reached": reached}
            ticket = clocks.answered(connection, self.rules, ticket, at, reached=reached)
            tickets.log(connection, ticket.ref, at, actor(agent), "said", data)
            self.said(connection, ticket, message)
            return Change(ticket, (message,))

    def take_up(
        self,
        turn: str,
        *,
        state: Json | None = None,
        identity: Identity | None = None,
        **ending: Any,
    ) -> list[Message]:
        """Store what the bot says first after a case; a customer who is away has it by e-mail.

        Args:
            turn: The hand-back.
            state: The engine's state after the turn.
            identity: Who the customer proved to be in the turn.
            ending: The rest, as ``Store.finish_turn`` takes it.
        """
        with self.store.database.write() as connection:
            fresh = conversations.turn(connection, turn).status in ("open", "running")
            owner, said = turns.finish(connection, turn, self.clock(), **ending)
            if owner.owner == "bot" and owner.erased_at is None:
                turns.learn(connection, owner.id, state=state, identity=identity)
            case = tickets.of_conversation(connection, owner.id)[-1]
            for message in said:
                if fresh and not message.late:
                    self.said(connection, case, message)
            return said
