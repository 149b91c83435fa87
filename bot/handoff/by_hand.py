"""Cases that agents open by hand, from a call, an e-mail, a post, and chats they read first."""

from __future__ import annotations

from typing import Any

from bot.errors import Conflict, DeskError, NotAllowed, did_you_mean
from bot.handoff import agents, clocks, opening, tickets
from bot.handoff.clock_state import news_due
from bot.handoff.contact import email_address, phone_number
from bot.handoff.context import frustration, transcript
from bot.handoff.desk import JOINED, Desk
from bot.handoff.instants import iso
from bot.handoff.logged import BY_HAND
from bot.handoff.presence import Change, actor
from bot.handoff.profiles import note_read
from bot.handoff.records import Agent, Conversation, Identity, Json, Ticket
from bot.handoff.rules_read import CHANNELS
from bot.handoff.store import conversations, messages

LANGUAGES = ("es", "en")
PHONE = "phone"


class Cases:
    """Opens cases from any text, and lets agents read a chat of the bot before they take it.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(
        self,
        agent: Agent,
        text: str,
        *,
        channel: str,
        team: str | None = None,
        email: str | None = None,
        name: str | None = None,
        phone: str | None = None,
        issue: str | None = None,
        language: str | None = None,
        client_id: str | None = None,
    ) -> Change:
        """Open a case from what a customer said or wrote somewhere else.

        Args:
            agent: Who opens it.
            text: What the customer said, in their words or the agent's.
            channel: Where: phone, email, web, social, whatsapp, chat.
            team: Whose queue it goes to; without one the agent has it at once.
            email: The customer's address, as they said; it proves nothing.
            name: The customer's name, as they said.
            phone: A number to call them back at, as they said.
            issue: What it is about, a key of ``desk.yml`` > routing > issues.
            language: es or en; Spanish by default.
            client_id: The sender's own: the same one twice is one case.

        Raises:
            DeskError: the text is empty, or channel, team, issue, address or number make no sense.
        """
        team = self._checked(text, channel, team, issue, language)
        address = email_address(email) if email else None
        number = phone_number(phone) if phone else None
        opened_as = f"{agent.username}:{client_id}" if client_id else None
        at = self._desk.clock()
        who = Identity("claimed" if address or name else "anonymous", None, name, address)
        with self._desk.store.database.write() as connection:
            if opened_as and (known := tickets.opened_as(connection, opened_as)):
                return Change(known, created=False)
            chat = conversations.insert(connection, at, who, language=language or LANGUAGES[0])
            messages.insert(
                connection,
                chat.id,
                at,
                author="customer",
                text=text.strip(),
                language=chat.language,
            )
            if address:
                # Who writes by e-mail is answered there; from elsewhere an address is no consent.
                agreed = {"consent_at": at} if channel == "email" else {}
                conversations.update(connection, chat.id, contact_email=address, **agreed)
            if number:
                conversations.update(connection, chat.id, contact_phone=number)
            payload = {
                "trigger": BY_HAND,
                "reason_code": BY_HAND,
                "rule": actor(agent),
                "initiator": "agent",
                "team": team or _own(agent, self._desk),
                "issue": issue,
            }
            ticket = self._desk.new_ticket(
                connection, chat, payload, BY_HAND, at, actor(agent), channel
            )
            ticket = tickets.update(connection, ticket.ref, opened_as=opened_as)
            return self._handed(connection, ticket, agent, team is None)

    def bot_chat(self, conversation: str, agent: Agent) -> Json:
        """Return a chat that the bot has, to read before taking it; the look is kept.

        Returns:
            {"conversation", "since", "language", "team", "customer", "identity", "frustration",
            "messages", "state": {"step", "issue", "techniques", "offers", "risk"}}.

        Raises:
            NotFound: there is no such conversation.
            NotAllowed: it would be another team's.
            Conflict: it is not the bot's any more.
        """
        with self._desk.store.database.write() as connection:
            chat, team = self._look(connection, conversation, agent)
            written = messages.listing(connection, chat.id, late=True)
        state = chat.state or {}
        return {
            "conversation": chat.id,
            "since": iso(chat.created_at),
            "language": chat.language,
            "team": team,
            "customer": chat.customer_name,
            "identity": chat.identity_status,
            "frustration": frustration(written),
            "messages": transcript(written),
            "state": {
                name: state.get(name) for name in ("step", "issue", "techniques", "offers", "risk")
            },
        }

    def look(self, conversation: str, agent: Agent) -> None:
        """Keep that an agent looks at a file of a chat that the bot has; raises as ``bot_chat``."""
        with self._desk.store.database.write() as connection:
            self._look(connection, conversation, agent)

    def _look(self, connection: Any, conversation: str, agent: Agent) -> tuple[Conversation, str]:
        """Return a chat of the bot that an agent may read, and its team; the look is kept."""
        chat = conversations.get(connection, conversation)
        team = self._desk.team_of(chat)
        if not agents.sees(agent, team):
            raise NotAllowed(f"This conversation is for the team '{team}'.")
        if chat.owner != "bot":
            raise Conflict("This conversation is not the bot's any more.", "not_the_bots")
        note_read(connection, agent, "bot_chat", self._desk.clock(), conversation=chat.id)
        return chat, team

    def _checked(
        self,
        text: str,
        channel: str,
        team: str | None,
        issue: str | None,
        language: str | None,
    ) -> str | None:
        rules = self._desk.rules
        if not text.strip():
            raise DeskError("Say what the customer said.", "empty")
        given = (
            ("channel", channel, CHANNELS),
            ("team", team, tuple(rules.teams)),
            ("issue", issue, tuple(rules.routing.get("issues") or ())),
            ("language", language, LANGUAGES),
        )
        for what, value, accepted in given:
            if value is not None and value not in accepted:
                hint = did_you_mean(value, accepted)
                code = f"no_{what}"
                raise DeskError(
                    f"Unknown {what} '{value}'.{hint}", code, accepted=", ".join(accepted)
                )
        return team

    def _handed(self, connection: Any, ticket: Ticket, agent: Agent, mine: bool) -> Change:
        """Give a new case to its agent or its queue; store what the customer may read of it."""
        desk, at = self._desk, self._desk.clock()
        if mine:
            ticket = desk.take(connection, ticket, agent, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "claimed")
            said = desk.tell(connection, ticket, JOINED, at, agent=agent.name)
            if ticket.channel == PHONE:  # who is on the line is being answered
                data = {"channel": PHONE, "due": news_due(ticket), "reached": True}
                ticket = clocks.answered(connection, desk.rules, ticket, at)
                tickets.log(connection, ticket.ref, at, actor(agent), "said", data)
        else:
            is_open = opening.is_open(connection, desk.rules, ticket.team, at)
            key = opening.notice_key(BY_HAND, is_open, {"trigger": BY_HAND})
            said = desk.tell(connection, ticket, key, at)
        return Change(tickets.update(connection, ticket.ref, notice=said.id), (said,))


def _own(agent: Agent, desk: Desk) -> str:
    """Return the team for which an agent takes a case."""
    teams = [team for team in agent.teams if team in desk.rules.teams]
    return teams[0] if teams else str(desk.rules.routing["default"])
