"""The desk's side of promises: kept by a person, or found due and not kept.

A promise that is due wakes somebody: with an open ticket it presses there, without one it opens a
ticket. That it did is stored with the promise, so it happens once, across restarts too.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from bot.errors import NotFound
from bot.handoff import clocks, opening, people, tickets
from bot.handoff.instants import iso
from bot.handoff.presence import Call, Change, PresenceDesk, actor
from bot.handoff.records import Agent, Json, Message, Promise, Ticket
from bot.handoff.store import conversations, promises

logger = logging.getLogger("remanso.desk")

LEAST = "high"
"""Priority of a ticket with a promise that is due, at least."""


class LedgerDesk(PresenceDesk):
    """Sees to it that what was promised is done, or that a person looks."""

    def keep_promise(self, ref: str, agent: Agent, number: int) -> Change:
        """Mark a promise made in a ticket's conversation as kept; twice is once.

        Raises:
            NotAllowed: the ticket is another team's.
            NotFound: nothing was promised there under this id.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            ticket = self.visible(connection, ref, agent, lock=True)
            promise = promises.get(connection, number)
            if promise.conversation != ticket.conversation:
                raise NotFound(f"{ticket.ref} has no promise {number}.")
            if promise.kept_at is not None:
                return Change(ticket, created=False)
            promises.update(connection, number, kept_at=at)
            data = _told(promise)
            tickets.log(connection, ticket.ref, at, actor(agent), "promise_kept", data)
            return Change(ticket)

    def alarm_promises(self) -> list[Change]:
        """Tell of every promise that is due and not kept; each in a transaction of its own.

        One that cannot be told of is logged and tried again at the next look: it holds up no other.
        """
        with self.store.database.read() as connection:
            found = promises.overdue(connection, self.clock())
        changes = []
        for promise in found:
            try:
                change = self._alarm(promise)
            except Exception as error:
                logger.error("promise %d is due and nobody was told", promise.id, exc_info=error)
                continue
            if change is not None:
                changes.append(change)
        return changes

    def _alarm(self, promise: Promise) -> Change | None:
        """Tell of one; None when somebody kept it, or told of it, in this very moment."""
        at = self.clock()
        with self.store.database.write() as connection:
            conversation = conversations.get(connection, promise.conversation, lock=True)
            promise = promises.get(connection, promise.id)
            settled = (promise.kept_at, promise.alarmed_at, conversation.erased_at)
            if any(each is not None for each in settled):
                return None
            ticket = tickets.current(connection, conversation.id)
            said: tuple[Message, ...] = ()
            if ticket is None:
                payload = _payload(promise)
                facts = {"promise": promise.text}
                ticket, notice = self.hand_over(
                    connection, conversation, payload, opening.PROMISE, at, **facts
                )
                said = (notice,)
            else:
                ticket = self._press(connection, ticket, at)
            data = {**_told(promise), "priority": ticket.priority}
            tickets.log(connection, ticket.ref, at, "system", opening.PROMISE, data)
            promises.update(
                connection, promise.id, alarmed_at=at, ticket=promise.ticket or ticket.ref
            )
            return Change(ticket, said, call=self._call(connection, ticket, at))

    def _call(self, connection: Any, ticket: Ticket, at: datetime) -> Call | None:
        """Let the case wait for its owner's eyes; without one its line in the queue tells."""
        if ticket.owner_agent is None:
            return None
        people.mention(connection, ticket.ref, [ticket.owner_agent], at)
        return Call((ticket.owner_agent,), "promise")

    def _press(self, connection: Any, ticket: Ticket, at: datetime) -> Ticket:
        """Raise a ticket's priority to the least it must have; never lower it."""
        wanted = self.rules.priorities[LEAST]
        if ticket.rank <= wanted.rank:
            return ticket
        data = {"from": ticket.priority, "to": LEAST, "reason": opening.PROMISE}
        ticket = clocks.retarget(connection, self.rules, ticket, at, priority=LEAST)
        tickets.log(connection, ticket.ref, at, "system", "priority", data)
        return ticket


def _payload(promise: Promise) -> Json:
    """What the ticket of a promise says; a team that owns the promise receives it."""
    return {
        "trigger": opening.PROMISE,
        "reason_code": opening.PROMISE,
        "rule": promise.name,
        "evidence": promise.text,
        "initiator": "system",
        "priority": LEAST,
        "team": promise.owner,
    }


def _told(promise: Promise) -> Json:
    """What the log says of a promise: never its words."""
    return {
        "promise": promise.id,
        "name": promise.name,
        "owner": promise.owner,
        "due": iso(promise.due),
    }
