"""Waiting tickets find an agent: one after the other is asked, and nobody is forgotten.

``round`` is called whenever something changed and every second: it takes back what was not
answered and asks the best agent for each ticket. All it goes by is in the database, so it may be
called by several processes and after any restart. What comes when nobody accepts is in
:mod:`bot.handoff.unaccepted`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict
from bot.handoff import staff, tickets
from bot.handoff.desk import JOINED, Desk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, record
from bot.handoff.routing import ONLINE, Candidate, Need, able, best_agent, fits, is_free
from bot.handoff.scheduler import Frame, Outcome
from bot.handoff.sla import open_seconds
from bot.handoff.store import conversations
from bot.handoff.tables import ticket_events
from bot.handoff.tables import tickets as table

EVERYONE = "everyone"
"""Whom a ticket is routed to that its own team did not take in time, in the log."""
PASSED = ("offer_timeout", "declined", "released", "requeued", "transferred")
"""Log lines that say that an agent let a ticket go."""


@dataclass(frozen=True)
class Waiting:
    """What the round needs to know of a waiting ticket, and no more: the context is large."""

    ref: str
    conversation: str
    team: str
    language: str
    issue: str | None
    tier: str
    queued_at: datetime
    offered_to: str | None
    offered_at: datetime | None


def offer_frame(ref: str, seconds: float) -> dict[str, Any]:
    """Return what the console of the agent who is asked receives; 0 seconds: it is over."""
    return {"type": "offer", "ref": ref, "seconds": round(seconds)}


class Assignment:
    """Offers waiting tickets to agents.

    Args:
        desk: Whose tickets, agents, rules and clock.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def round(self) -> list[Outcome]:
        """Take back unanswered offers and make new ones; return what changed, to tell it."""
        desk, at = self._desk, self._desk.clock()
        rules = desk.rules.assignment
        with desk.store.database.read() as connection:
            queue = waiting(connection)
            people = staff.candidates(connection, rules, at)
        self._settle(people, at)
        known = {one.agent.username: one for one in people}
        done = [
            self._lapse(one, at)
            for one in queue
            if one.offered_to and self._is_over(one, known, at)
        ]
        free = [one for one in queue if not one.offered_to and one.team in desk.rules.teams]
        if rules.mode == "offer" and any(is_free(one) for one in people):
            done += self._ask(free, known, at)
        return [outcome for outcome in done if outcome is not None]

    def accept(self, ref: str, agent: Agent) -> Change:
        """Take a ticket that was offered; the customer reads who is there now.

        Raises:
            Conflict: it is not offered to this agent (any more), or they have as much as they may.
        """
        desk, at = self._desk, self._desk.clock()
        rules = desk.rules.assignment
        with desk.store.database.write() as connection:
            ticket = desk.visible(connection, ref, agent, lock=True)
            if ticket.status == "claimed" and ticket.owner_agent == agent.username:
                return Change(ticket, created=False)
            if ticket.status != "queued" or ticket.offered_to != agent.username:
                raise Conflict(f"{ticket.ref} is not offered to you any more.", "offer_over")
            (one,) = staff.candidates(connection, rules, at, only=agent.username)
            if one.load >= one.capacity:
                raise Conflict(
                    f"You have {one.load} of {one.capacity} chats.",
                    "at_capacity",
                    limit=one.capacity,
                )
            ticket = desk.take(connection, ticket, agent, at)
            tickets.log(connection, ticket.ref, at, actor(agent), "claimed", {"type": "offer"})
            said = desk.tell(connection, ticket, JOINED, at, agent=agent.name)
            return Change(ticket, (said,))

    def decline(self, ref: str, agent: Agent) -> Change:
        """Let an offered ticket pass: the next agent is asked.

        Raises:
            Conflict: it is not offered to this agent (any more).
        """
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.write() as connection:
            ticket = desk.visible(connection, ref, agent, lock=True)
            if ticket.status != "queued" or ticket.offered_to != agent.username:
                raise Conflict(f"{ticket.ref} is not offered to you any more.", "offer_over")
            ticket = tickets.update(connection, ticket.ref, offered_to=None, offered_at=None)
            data = {"agent": agent.username}
            tickets.log(connection, ticket.ref, at, actor(agent), "declined", data)
            return Change(ticket)

    def offers(self, agent: Agent) -> list[dict[str, Any]]:
        """Return the offers that wait for an agent, as frames for a console that has opened."""
        at, rules = self._desk.clock(), self._desk.rules.assignment
        with self._desk.store.database.read() as connection:
            mine = [one for one in waiting(connection) if one.offered_to == agent.username]
        left = [(one.ref, rules.offer_seconds - _age(one, at)) for one in mine]
        return [offer_frame(ref, seconds) for ref, seconds in left if seconds > 0]

    def _ask(
        self, queue: Sequence[Waiting], known: dict[str, Candidate], at: datetime
    ) -> list[Outcome | None]:
        """Offer each ticket to the best agent, the most pressing first; nobody is asked twice."""
        rules = self._desk.rules.assignment
        with self._desk.store.database.read() as connection:
            passed = passed_by(connection, queue, at - timedelta(seconds=rules.again_seconds))
            hot = staff.heated(connection, rules, [(one.ref, one.conversation) for one in queue])
        made = []
        for one in queue:
            need = self._need(one, one.ref in hot, passed.get(one.ref, frozenset()), known, at)
            best = best_agent(rules, need, known.values())
            if best is not None:
                known[best.agent.username] = replace(best, pending=True)
                made.append(self._offer(one, need, best.agent.username, at))
        return made

    def _is_over(self, one: Waiting, known: Mapping[str, Candidate], at: datetime) -> bool:
        """Whether an offer's time is up, or it is not for this agent any more."""
        who = known.get(one.offered_to or "")
        if who is None or who.presence != ONLINE or one.team not in self._desk.rules.teams:
            return True
        need = self._need(one, False, frozenset(), known, at)
        return (
            not able(need, who.agent) or _age(one, at) >= self._desk.rules.assignment.offer_seconds
        )

    def _need(
        self,
        one: Waiting,
        hot: bool,
        refused: frozenset[str],
        known: Mapping[str, Candidate],
        at: datetime,
    ) -> Need:
        rules = self._desk.rules
        waited = open_seconds(one.queued_at, at, rules.teams[one.team].hours)
        need = Need(
            team=one.team,
            language=one.language,
            issue=one.issue,
            tier=one.tier,
            heated=hot,
            anyone=waited >= rules.assignment.others_after,
            refused=refused,
        )
        # Where no account can serve the tier at all, waiting for one would help nobody.
        return replace(
            need,
            lower=need.anyone
            or not any(who.agent.active and able(need, who.agent) for who in known.values()),
        )

    def _offer(self, one: Waiting, need: Need, username: str, at: datetime) -> Outcome | None:
        """Ask an agent, unless something has changed meanwhile."""
        desk = self._desk
        rules = desk.rules.assignment
        with desk.store.database.write() as connection:
            conversations.get(connection, one.conversation, lock=True)
            ticket = tickets.get(connection, one.ref)
            if ticket.status != "queued" or ticket.offered_to or ticket.queued_at != one.queued_at:
                return None
            found = staff.candidates(connection, rules, at, only=username)
            if not found or not fits(rules, need, found[0]):
                return None
            ticket = tickets.update(connection, one.ref, offered_to=username, offered_at=at)
            tickets.log(connection, one.ref, at, "system", "offered", {"agent": username})
        frame = offer_frame(one.ref, rules.offer_seconds)
        return Outcome((Change(ticket),), (Frame(frame, to=username),))

    def _lapse(self, one: Waiting, at: datetime) -> Outcome | None:
        """Take an offer back; an agent who lets several pass counts as away."""
        desk = self._desk
        rules, username = desk.rules.assignment, one.offered_to or ""
        with desk.store.database.write() as connection:
            conversations.get(connection, one.conversation, lock=True)
            ticket = tickets.get(connection, one.ref)
            if ticket.offered_to != username or ticket.offered_at != one.offered_at:
                return None
            ticket = tickets.update(connection, one.ref, offered_to=None, offered_at=None)
            late = _age(one, at) >= rules.offer_seconds
            data = {"agent": username} if late else {"agent": username, "why": "not_there"}
            tickets.log(connection, one.ref, at, "system", "offer_timeout", data)
            for who in staff.candidates(connection, rules, at, only=username) if late else ():
                since = at - timedelta(days=1)
                missed = staff.missed_in_a_row(connection, who.agent, since)
                if missed >= rules.away_after_missed and who.presence == ONLINE:
                    values = {"presence": "away", "presence_since": at}
                    staff.update(connection, username, **values)
        return Outcome((Change(ticket),), (Frame(offer_frame(one.ref, 0), to=username),))

    def _settle(self, people: Collection[Candidate], at: datetime) -> None:
        """Keep note of who has nothing to do, and since when."""
        if any(staff.unsettled(one) for one in people):
            with self._desk.store.database.write() as connection:
                staff.settle_idle(connection, people, at)


def waiting(connection: Any) -> list[Waiting]:
    """Return all waiting tickets in the order of the queue."""
    columns = [getattr(table.c, name) for name in Waiting.__dataclass_fields__]
    query = sa.select(*columns).where(table.c.status == "queued")
    rows = connection.execute(query.order_by(table.c.rank, table.c.created_at, table.c.ref))
    return [record(Waiting, row) for row in rows]


def passed_by(
    connection: Any, queue: Sequence[Waiting], since: datetime
) -> dict[str, frozenset[str]]:
    """Return who has let each waiting ticket go since an instant: reference to user names."""
    refs = [one.ref for one in queue]
    query = sa.select(ticket_events.c.ticket, ticket_events.c.actor, ticket_events.c.data).where(
        ticket_events.c.ticket.in_(refs),
        ticket_events.c.kind.in_(PASSED),
        ticket_events.c.at > since,
    )
    found: dict[str, set[str]] = {}
    for ref, who, data in connection.execute(query) if refs else ():
        username = data.get("agent") or str(who).removeprefix("agent:")
        found.setdefault(ref, set()).add(username)
    return {ref: frozenset(names) for ref, names in found.items()}


def asked_everyone() -> Any:
    """Return the condition that a ticket waits and agents of every team were told of it."""
    told = sa.exists().where(
        ticket_events.c.ticket == table.c.ref,
        ticket_events.c.kind == "routed",
        ticket_events.c.data["to"].as_string() == EVERYONE,
        ticket_events.c.at >= table.c.queued_at,
    )
    return sa.and_(table.c.status == "queued", told)


def _age(one: Waiting, at: datetime) -> float:
    """Seconds since an offer was made."""
    return (at - (one.offered_at or at)).total_seconds()
