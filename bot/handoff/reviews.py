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
from bot.handoff.tables import conversations, ticket_events
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

        What the customer had said of it by then is reviewed with it. The same words again are
        once, unless they answer something new.

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
            row = {"ticket": ticket.ref, "by": agent.username, "agent": who, "text": text.strip()}
            said = connection.execute(sa.select(reviews.c.id).filter_by(**row)).first()
            if not _seen(connection, ticket.ref, agent.username, at) and said:
                return Change(ticket), who
            result = connection.execute(sa.insert(reviews).values(**row, at=at))
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
        """Return closed cases that nobody has reviewed, the most telling first.

        A low score is there until somebody has, whenever it came; a case that came back or was
        passed on more than once for a week. Of the week's others a sample, the same all day long.

        Returns:
            [{"why": ["low_score" | "reopened" | "transfers" | "sample"], "score", "comment",
            "ticket"}], with the customer's lowest score and the words they wrote to it.

        Raises:
            NotAllowed: the agent is no supervisor.
        """
        if agent.role not in agents.ALL_TEAMS:
            raise NotAllowed("Only a supervisor has a review queue.")
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.read() as connection:
            low = desk.rules.survey.low
            closed = _unreviewed(connection, at - WEEK, low)
            answers = _answers(connection, [ticket.ref for ticket in closed])
            scores = {ref: score for ref, (score, _) in answers.items()}
            chosen = _chosen(closed, scores, low, desk.rules.teamwork.sample, at)
            page = [ticket for ticket, _ in chosen]
            rows = views.rows(connection, desk.rules, page, at, language, agent.username)
        told = (answers.get(ticket.ref, (None, None)) for ticket, _ in chosen)
        return [
            {"why": why, "score": score, "comment": comment, "ticket": row}
            for (_, why), (score, comment), row in zip(chosen, told, rows, strict=True)
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


_OPEN_ANSWER = sa.and_(surveys.c.score.is_not(None), surveys.c.reviewed_at.is_(None))


def _unreviewed(connection: Any, since: datetime, low: int) -> list[Ticket]:
    """Return closed cases rated ``low`` or lower, and the others closed ``since`` then."""
    ref = ticket_table.c.ref
    rated_low = sa.exists().where(surveys.c.ticket == ref, _OPEN_ANSWER, surveys.c.score <= low)
    reviewed = sa.exists().where(reviews.c.ticket == ref)
    erased = sa.exists().where(
        conversations.c.id == ticket_table.c.conversation, conversations.c.erased_at.is_not(None)
    )
    query = sa.select(ticket_table).where(
        ticket_table.c.status.in_(("resolved", "returned")),
        sa.or_(rated_low, sa.and_(ticket_table.c.resolved_at > since, ~reviewed)),
        ~erased,  # nothing is left to be looked at
    )
    rows = connection.execute(query.order_by(ticket_table.c.resolved_at.desc()))
    return [record(Ticket, row) for row in rows]


def _answers(connection: Any, refs: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    """Return the lowest score of each case that nobody has reviewed, with its comment."""
    query = sa.select(surveys.c.ticket, surveys.c.score, surveys.c.comment)
    query = query.where(surveys.c.ticket.in_(refs), _OPEN_ANSWER)
    rows = connection.execute(query.order_by(surveys.c.score.desc(), surveys.c.id))
    return {ref: (score, comment) for ref, score, comment in rows}


def _seen(connection: Any, ref: str, by: str, at: datetime) -> bool:
    """Note that what a customer has said of a case until now is reviewed; whether some was not."""
    open_answer = sa.update(surveys).where(surveys.c.ticket == ref, _OPEN_ANSWER)
    answered = connection.execute(open_answer.values(reviewed_by=by, reviewed_at=at))
    return bool(answered.rowcount)


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
