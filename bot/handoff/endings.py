"""How a person's stretch of a conversation ends, and how it begins again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from bot.errors import Conflict, DeskError, NotAllowed, did_you_mean
from bot.handoff import clocks, people, routing, status, surveys, tickets, wrap_up
from bot.handoff.instants import instant
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json, Ticket, Vow
from bot.handoff.store import conversations, messages, promises
from bot.handoff.takeover import TakeoverDesk
from bot.handoff.waking import awaken

RELEASED = "utter_notice_released"
RESOLVED = "utter_notice_resolved"
REOPENED = "utter_notice_reopened"
LAW = "utter_notice_law"
QUOTED = 300  # characters of an unread message that are shown to the agent
NOTHING_LEFT: Json = {"agreed": "", "promised": [], "offers_refused": [], "facts": {}}


class EndingDesk(TakeoverDesk):
    """Gives chats back, closes cases and takes them up again."""

    def give_back(self, ref: str, agent: Agent, note: Json, *, seen: int = 0) -> Change:
        """Give the conversation back to the bot, which speaks first with what was agreed.

        The bot's turn is stored here; whoever runs turns finds it, after a crash too.

        Args:
            ref: The ticket.
            agent: Who has it.
            note: {"agreed", "promised": [{"text", "due"}], "offers_refused": [text], "cause"}; the
                cause, a code of ``desk.yml``, may be missing.
            seen: The newest message that the agent has read; 0: not said.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
            Conflict: the customer has written since that message.
            DeskError: the note does not say what was agreed, or names no known cause.
        """
        at = self.clock()
        agreed = str(note.get("agreed") or "").strip()
        if not agreed:
            raise DeskError("Say what was agreed: the bot goes on from it.", "no_note")
        cause = str(note.get("cause") or "") or None
        if cause:
            self._known_cause(cause)
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at, "return")
            _check_read(connection, ticket, seen)
            given = {key: note[key] for key in NOTHING_LEFT if note.get(key)}
            kept = {**NOTHING_LEFT, **given, "agreed": agreed, "agent": agent.name}
            ticket = self.close_case(
                connection, ticket, "returned", at, resolution=kept, cause=cause
            )
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
            data = {"turn": turn.id, "promised": len(kept["promised"]), "cause": cause}
            tickets.log(connection, ticket.ref, at, actor(agent), "returned", data)
            surveys.plan(connection, self.rules, ticket, at)
            return Change(ticket)

    def resolve(
        self,
        ref: str,
        agent: Agent,
        disposition: str,
        note: str = "",
        *,
        cause: str,
        seen: int = 0,
    ) -> Change:
        """Close a ticket; the bot has the conversation again and waits for the customer.

        If the customer writes again, the bot is first told what was agreed, as on a hand-back.

        Args:
            ref: The ticket.
            agent: Who has it.
            disposition: How it ends, a code of ``desk.yml``.
            note: What was agreed.
            cause: Why a person was needed, a code of ``desk.yml``.
            seen: The newest message that the agent has read; 0: not said.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
            Conflict: the customer has written since that message.
            DeskError: ``desk.yml`` knows no such disposition or cause.
        """
        known = self.rules.dispositions
        if disposition not in known:
            hint = did_you_mean(disposition, known)
            text = f"Unknown disposition '{disposition}'.{hint}"
            raise DeskError(text, "disposition", accepted=", ".join(known))
        self._known_cause(cause)
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at, "resolve")
            _check_read(connection, ticket, seen)
            kept = {
                **NOTHING_LEFT,
                "agreed": note.strip(),
                "agent": agent.name,
                "disposition": disposition,
            }
            ticket = self.close_case(
                connection,
                ticket,
                "resolved",
                at,
                resolution=kept,
                disposition=disposition,
                cause=cause,
            )
            conversations.update(connection, ticket.conversation, resume=kept)
            data = {"disposition": disposition, "cause": cause}
            tickets.log(connection, ticket.ref, at, actor(agent), "resolved", data)
            surveys.plan(connection, self.rules, ticket, at)
            said = [self.tell(connection, ticket, RESOLVED, at, agent=agent.name)]
            law = self.rules.law.closing_for(ticket.reason_code, disposition, ticket.language)
            if law:
                said.append(self.tell(connection, ticket, LAW, at, law=law))
            return Change(ticket, tuple(said))

    def reopen(self, ref: str, agent: Agent) -> Change:
        """Take a closed ticket up again; the agent who does has it.

        Raises:
            Conflict: it is open, the conversation has a newer open ticket, or it was erased.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.visible(connection, ref, agent, lock=True)
            status.check(ticket, "reopen")
            if conversations.get(connection, ticket.conversation).erased_at is not None:
                raise Conflict(f"What {ticket.ref} was about has been erased.")
            other = tickets.current(connection, ticket.conversation)
            if other is not None:
                raise Conflict(f"{other.ref} of the same conversation is open.")
            conversations.close_turns(
                connection, ticket.conversation, at, of=("open",), to="answered"
            )
            taken_up = {"status": "open", "ended_at": None}
            conversations.update(connection, ticket.conversation, **taken_up)
            closed = ticket.resolved_at or ticket.created_at
            ticket = self.rehouse(connection, ticket, at)
            ticket = self.take(connection, ticket, agent, at)
            ticket = tickets.update(
                connection,
                ticket.ref,
                resolved_at=None,
                disposition=None,
                cause=None,
                reopened=ticket.reopened + 1,
            )
            ticket = clocks.restart(connection, self.rules, ticket, at, closed=closed)
            tickets.log(connection, ticket.ref, at, actor(agent), "reopened", {"by": "agent"})
            said = self.tell(connection, ticket, REOPENED, at, agent=agent.name)
            return Change(ticket, (said,))

    def release(self, ref: str, agent: Agent) -> Change:
        """Put a claimed ticket back in the queue; the customer is told.

        Raises:
            NotAllowed: the agent has not claimed the ticket.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.held(connection, ref, agent, at, "release")
            return self.requeue(connection, ticket, at, actor(agent), "released", RELEASED)

    # Inside one transaction

    def held(
        self,
        connection: Any,
        ref: str,
        agent: Agent,
        at: datetime,
        operation: str = "messages",
        *,
        helpers: bool = False,
    ) -> Ticket:
        """Return a ticket that an agent has, locked.

        Args:
            connection: The caller's.
            ref: The ticket.
            agent: Who wants to do something with it.
            at: This instant.
            operation: What they want to do, as :mod:`bot.handoff.status` names it.
            helpers: Who takes part may do it too.

        Raises:
            Conflict: nobody has it, or it is closed.
            NotAllowed: somebody else has it, or it is another team's.
        """
        ticket = self.visible(connection, ref, agent, lock=True)
        status.check(ticket, operation)
        if ticket.owner_agent != agent.username:
            if helpers and people.takes_part(connection, ticket.ref, agent.username):
                return ticket
            raise NotAllowed(
                f"{ticket.ref} is claimed by {ticket.owner_agent}.",
                "not_yours",
                owner=str(ticket.owner_agent),
            )
        if ticket.lost_at is not None:
            tickets.log(connection, ticket.ref, at, actor(agent), "back")
            ticket = tickets.update(connection, ticket.ref, lost_at=None)
        return ticket

    def rehouse(self, connection: Any, ticket: Ticket, at: datetime) -> Ticket:
        """Give a case of a team that is not in ``desk.yml`` any more to the one of its issue."""
        if ticket.team in self.rules.teams:
            return ticket
        risks = ticket.context.get("risks") or ()
        team = routing.team_for(self.rules, asked=None, issue=ticket.issue, risks=risks)
        data = {"from": ticket.team, "to": team, "why": "no_such_team"}
        tickets.log(connection, ticket.ref, at, "system", "routed", data)
        values = {"team": team, "offered_to": None, "offered_at": None}
        return tickets.update(connection, ticket.ref, **values)

    def close_case(
        self, connection: Any, ticket: Ticket, to: str, at: datetime, **values: Any
    ) -> Ticket:
        """End a person's stretch: what the bot still had to say from before it is late."""
        wrap_up.begin(connection, self.rules, ticket, at)
        left = ("open", "running")
        conversations.close_turns(connection, ticket.conversation, at, of=left, to="late")
        conversations.update(connection, ticket.conversation, owner="bot", resume=None)
        ticket = awaken(connection, self.rules, ticket, at)
        ticket = clocks.stop(connection, self.rules, ticket, at)
        return tickets.update(
            connection, ticket.ref, status=to, resolved_at=at, lost_at=None, **values
        )

    def _known_cause(self, cause: str) -> None:
        """Check a cause.

        Raises:
            DeskError: ``desk.yml`` does not know it, or it is empty.
        """
        known = self.rules.causes
        if cause not in known:
            hint = did_you_mean(cause, known)
            text = f"Unknown cause '{cause}': say why a person was needed.{hint}"
            raise DeskError(text, "cause", accepted=", ".join(known))


def _vows(promised: Iterable[Json], team: str, zone: tzinfo) -> list[Vow]:
    """An agent's promises, for the ledger: the team of the case keeps them."""
    return [
        Vow(f"note_{number}", str(each.get("text") or ""), instant(each.get("due"), zone), team)
        for number, each in enumerate(promised, start=1)
    ]


def _check_read(connection: Any, ticket: Ticket, seen: int) -> None:
    """Refuse to end a case over what the customer wrote a moment ago: nobody would answer it."""
    if not seen:
        return
    newer = [
        message
        for message in messages.listing(connection, ticket.conversation, after=seen)
        if message.author == "customer"
    ]
    if newer:
        said = " / ".join(message.text for message in newer if message.text)[-QUOTED:]
        number = newer[-1].id
        text = f"The customer has written message {number} since {seen}: read it before you end."
        raise Conflict(text, "unread", said=said or "…", newest=number)
