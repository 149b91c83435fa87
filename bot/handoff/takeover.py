"""An agent pulls: taking a chat that the bot has, without being asked.

Whoever would receive a chat if it were handed over now may see it and take it: the team comes from
its issue and risks as the engine knows them (``desk.yml`` > ``routing``); supervisors see all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.errors import Conflict, NotAllowed
from bot.handoff import agents, people, routing, tickets
from bot.handoff.context import mood
from bot.handoff.instants import iso
from bot.handoff.ledger import LedgerDesk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Conversation, Json, Message, Ticket
from bot.handoff.store import conversations, messages

TAKEN_OVER = "utter_notice_agent_takeover"
TAKEOVER = "agent_takeover"
"""Trigger and reason code of a ticket that an agent opened by taking the chat."""
LIVE = timedelta(minutes=30)
"""A chat in which nobody has written for so long is not live any more."""
MOST = 200
"""Chats listed at once."""


class TakeoverDesk(LedgerDesk):
    """Shows agents the bot's chats, and lets them take one."""

    def bot_chats(self, agent: Agent) -> list[Json]:
        """Return the live chats of the bot that an agent may take, the most frustrated first."""
        at = self.clock()
        with self.store.database.read() as connection:
            found = conversations.live(connection, "bot", at - LIVE)
            seen = [chat for chat in found if agents.sees(agent, self.team_of(chat))]
            names = [chat.id for chat in seen]
            moods = messages.moods(connection, names)
            last = messages.newest(connection, names)
            rows = [
                self._chat(chat, last[chat.id], moods.get(chat.id, []), at)
                for chat in seen
                if chat.id in last
            ]
        rows.sort(key=lambda row: (row["frustration"]["now"] or 0.0, row["since"]), reverse=True)
        return rows[:MOST]

    def take_over(self, conversation: str, agent: Agent) -> Change:
        """Take a chat from the bot: ticket, owner and what the customer reads, in one transaction.

        What the bot still says to a turn that runs is late: only agents see it.

        Raises:
            NotFound: there is no such conversation.
            NotAllowed: it would be another team's.
            Conflict: a person has it or it waits for one, or the customer ended it.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            if known.owner != "bot":
                ticket = tickets.current(connection, conversation)
                if ticket is not None and ticket.owner_agent == agent.username:
                    return Change(ticket, created=False)
                raise Conflict("This conversation is not the bot's any more.")
            if not agents.sees(agent, team := self.team_of(known)):
                raise NotAllowed(f"This conversation is for the team '{team}'.")
            if known.status != "open":
                raise Conflict("The customer has ended this conversation.")
            payload = {
                "trigger": TAKEOVER,
                "reason_code": TAKEOVER,
                "rule": actor(agent),
                "initiator": "agent",
            }
            ticket = self.new_ticket(connection, known, payload, TAKEOVER, at, actor(agent))
            ticket = self.take(connection, ticket, agent, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "claimed")
            said = self.tell(connection, ticket, TAKEN_OVER, at, agent=agent.name)
            return Change(tickets.update(connection, ticket.ref, notice=said.id), (said,))

    def team_of(self, conversation: Conversation) -> str:
        """The team that would receive a conversation now."""
        state = conversation.state or {}
        issue = state.get("issue")
        return routing.team_for(
            self.rules,
            asked=None,
            issue=str(issue) if issue else None,
            risks=state.get("risk") or (),
        )

    def _chat(
        self,
        conversation: Conversation,
        last: Message,
        scores: list[tuple[float, str]],
        at: datetime,
    ) -> Json:
        unanswered = last.author == "customer"
        waited = round((at - last.created_at).total_seconds()) if unanswered else None
        issue = (conversation.state or {}).get("issue")
        return {
            "conversation": conversation.id,
            "since": iso(conversation.created_at),
            "last_message_at": iso(last.created_at),
            "waiting": None if waited is None else max(waited, 0),
            "frustration": mood(scores),
            "issue": str(issue) if issue else None,
            "team": self.team_of(conversation),
            "language": conversation.language,
            "customer": conversation.customer_name,
        }

    def take(self, connection: Any, ticket: Ticket, agent: Agent, at: datetime) -> Ticket:
        """Give an agent a ticket and its customer, from wherever it is."""
        conversations.update(connection, ticket.conversation, owner="agent", resume=None)
        people.leave(connection, ticket.ref, agent.username, at)  # an owner is no guest
        return tickets.update(
            connection,
            ticket.ref,
            status="claimed",
            owner_agent=agent.username,
            claimed_at=at if ticket.claimed_at is None else ticket.claimed_at,
            lost_at=None,
            offered_to=None,
            offered_at=None,
        )
