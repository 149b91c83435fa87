"""What supervisors say to agents about cases, and which cases they should look at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff import agents, people, tickets, views
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json, Ticket, record
from bot.handoff.tables import ticket_events
from bot.handoff.tables import tickets as ticket_table
from bot.handoff.tables_desk import reviews, surveys

WEEK = timedelta(days=7)
MANY = 2
"""Transfers from which a case is looked at."""
MOST = 100


class Reviews:
    """Supervisors' words about cases.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(
        self, ref: str, agent: Agent, text: str, about: str | None = None
    ) -> tuple[Change, str]:
        """Say something to an agent about a case; they find it in their mentions.

        Args:
            ref: The ticket.
            agent: The supervisor.
            text: What.
            about: To whom, by user name; by default who has the case or had it last.

        Returns:
            The change, and to whom it was said.

        Raises:
            NotAllowed: the agent is no supervisor.
            DeskError: nothing is said, or to nobody.
            Conflict: nobody ever had the case.
        """
        if agent.role not in agents.ALL_TEAMS:
            raise NotAllowed("Only a supervisor reviews a case.")
        if not text.strip():
            raise DeskError("An empty review says nothing.", "empty")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            named = people.account(connection, about).username if about else None
            who = named or _last_owner(connection, ticket)
            if who is None:
                raise Conflict(f"Nobody had {ticket.ref} yet.", "nobody_had_it")
            row = {"ticket": ticket.ref, "at": at, "by": agent.username, "agent": who}
            result = connection.execute(sa.insert(reviews).values(**row, text=text.strip()))
            people.mention(connection, ticket.ref, [who], at)
            data = {"review": int(result.inserted_primary_key[0]), "agent": who}
            tickets.log(connection, ticket.ref, at, actor(agent), "reviewed", data)
            return Change(ticket), who

    def of_case(self, ref: str, agent: Agent) -> list[Json]:
        """Return the reviews of a case that an agent may read: their own; all to supervisors."""
        with self._desk.store.database.read() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            return _found(connection, agent, reviews.c.ticket == ticket.ref)

    def mine(self, agent: Agent) -> list[Json]:
        """Return what supervisors said to an agent, newest first; to a supervisor, all."""
        with self._desk.store.database.read() as connection:
            return _found(connection, agent, sa.true())

    def queue(self, agent: Agent, *, language: str = "es") -> list[Json]:
        """Return closed cases of the last week that nobody has reviewed, the most telling first.

        A low score, a case that came back, and one that was passed on more than once are all
        there; of the others a sample, the same all day long.

        Returns:
            [{"why": ["low_score" | "reopened" | "transfers" | "sample"], "score", "ticket"}].

        Raises:
            NotAllowed: the agent is no supervisor.
        """
        if agent.role not in agents.ALL_TEAMS:
            raise NotAllowed("Only a supervisor has a review queue.")
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.read() as connection:
            closed = _unreviewed(connection, at - WEEK)
            scores = _scores(connection, [ticket.ref for ticket in closed])
            chosen = _chosen(closed, scores, desk.rules.survey.low, desk.rules.teamwork.sample, at)
            page = [ticket for ticket, _ in chosen]
            rows = views.rows(connection, desk.rules, page, at, language, agent.username)
        return [
            {"why": why, "score": scores.get(ticket.ref), "ticket": row}
            for (ticket, why), row in zip(chosen, rows, strict=True)
        ]


def _chosen(
    closed: Sequence[Ticket], scores: dict[str, int], low: int, sample: int, at: datetime
) -> list[tuple[Ticket, list[str]]]:
    """Return the cases to look at with why, the most reasons first."""
    telling: list[tuple[Ticket, list[str]]] = []
    others: list[tuple[Ticket, list[str]]] = []
    for ticket in closed:
        why = [
            name
            for name, true in (
                ("low_score", scores.get(ticket.ref, low + 1) <= low),
                ("reopened", ticket.reopened > 0),
                ("transfers", ticket.transfers >= MANY),
            )
            if true
        ]
        (telling if why else others).append((ticket, why))
    telling.sort(key=lambda each: (-len(each[1]), scores.get(each[0].ref, low + 1)))
    day = at.date().isoformat()
    others.sort(key=lambda each: hashlib.sha256(f"{day} {each[0].ref}".encode()).digest())
    return [*telling, *((ticket, ["sample"]) for ticket, _ in others[:sample])][:MOST]


def _unreviewed(connection: Any, since: datetime) -> list[Ticket]:
    reviewed = sa.exists().where(reviews.c.ticket == ticket_table.c.ref)
    query = sa.select(ticket_table).where(
        ticket_table.c.status.in_(("resolved", "returned")),
        ticket_table.c.resolved_at > since,
        ~reviewed,
    )
    rows = connection.execute(query.order_by(ticket_table.c.resolved_at.desc()))
    return [record(Ticket, row) for row in rows]


def _scores(connection: Any, refs: Sequence[str]) -> dict[str, int]:
    query = sa.select(surveys.c.ticket, surveys.c.score).where(
        surveys.c.ticket.in_(refs), surveys.c.score.is_not(None)
    )
    return {ref: score for ref, score in connection.execute(query.order_by(surveys.c.id))}


def _last_owner(connection: Any, ticket: Ticket) -> str | None:
    """Return who has a case, or had it last."""
    if ticket.owner_agent:
        return ticket.owner_agent
    query = sa.select(ticket_events.c.actor).where(
        ticket_events.c.ticket == ticket.ref, ticket_events.c.kind.in_(("claimed", "said"))
    )
    found = connection.execute(query.order_by(ticket_events.c.id.desc()).limit(1)).scalar()
    return str(found).removeprefix("agent:") if found else None


def _found(connection: Any, agent: Agent, where: Any) -> list[Json]:
    query = sa.select(reviews).where(where)
    if agent.role not in agents.ALL_TEAMS:
        query = query.where(reviews.c.agent == agent.username)
    rows = connection.execute(query.order_by(reviews.c.id.desc()).limit(MOST))
    found = [dict(row._mapping) for row in rows]
    everybody = {row["by"] for row in found} | {row["agent"] for row in found if row["agent"]}
    names = people.by_name(connection, everybody)
    return [
        {
            "id": row["id"],
            "ref": row["ticket"],
            "at": iso(row["at"]),
            "by": row["by"],
            "by_name": names[row["by"]],
            "agent": row["agent"],
            "agent_name": names.get(row["agent"]),
            "text": row["text"],
        }
        for row in found
    ]
