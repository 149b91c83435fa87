"""What agents point out to trainers: "the bot should have…"."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotAllowed, NotFound
from bot.handoff import people, tickets
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json
from bot.handoff.tables import messages
from bot.handoff.tables_desk import moments

TRAINERS = ("trainer", "supervisor", "admin")
"""Roles that look at the moments of every case."""
MOST = 200


class Moments:
    """Keeps moments until a trainer has seen to them.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, ref: str, agent: Agent, message: int | None, text: str) -> Change:
        """Point out what the bot should have done; the same words again, while they wait, are once.

        Args:
            ref: The ticket.
            agent: Who says so.
            message: At which message of the bot or the customer; None for the whole chat.
            text: What it should have done.

        Raises:
            DeskError: nothing is said.
            NotFound: the conversation has no such message.
        """
        if not text.strip():
            raise DeskError("Say what the bot should have done.", "empty")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            if message is not None and not _is_in(connection, ticket.conversation, message):
                raise NotFound(f"{ticket.ref} has no message {message} of customer or bot.")
            row = {
                "conversation": ticket.conversation,
                "ticket": ticket.ref,
                "message": message,
                "by": agent.username,
                "text": text.strip(),
            }
            waits = sa.select(moments.c.id).filter_by(**row, done_at=None)
            if connection.execute(waits).first():
                return Change(ticket)
            result = connection.execute(sa.insert(moments).values(**row, at=at))
            data = {"moment": int(result.inserted_primary_key[0]), "message": message}
            tickets.log(connection, ticket.ref, at, actor(agent), "moment", data)
            return Change(ticket)

    def listing(self, agent: Agent, *, done: bool = False) -> list[Json]:
        """Return moments, newest first: all of them to trainers, else the agent's own.

        Args:
            agent: Who looks.
            done: Those that trainers have seen to, instead of those that wait.
        """
        state = moments.c.done_at.is_not(None) if done else moments.c.done_at.is_(None)
        query = sa.select(moments, messages.c.text.label("said"))
        query = query.select_from(moments.outerjoin(messages, messages.c.id == moments.c.message))
        query = query.where(state).order_by(moments.c.id.desc()).limit(MOST)
        if agent.role not in TRAINERS:
            query = query.where(moments.c.by == agent.username)
        with self._desk.store.database.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
            names = people.by_name(connection, {row["by"] for row in rows})
        return [_moment(row, names) for row in rows]

    def done(self, number: int, agent: Agent) -> None:
        """Note that a trainer has seen to a moment; twice is once.

        Raises:
            NotAllowed: the agent is no trainer.
            NotFound: there is no such moment.
        """
        if agent.role not in TRAINERS:
            raise NotAllowed("Only a trainer closes a moment.")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            query = sa.select(moments.c.done_at).where(moments.c.id == number)
            if connection.execute(query).one_or_none() is None:
                raise NotFound(f"There is no moment {number}.")
            waits = sa.and_(moments.c.id == number, moments.c.done_at.is_(None))
            connection.execute(sa.update(moments).where(waits).values(done_at=at))


def _is_in(connection: Any, conversation: str, message: int) -> bool:
    query = sa.select(messages.c.id).where(
        messages.c.id == message,
        messages.c.conversation == conversation,
        messages.c.author.in_(("bot", "customer")),
    )
    return connection.execute(query).first() is not None


def _moment(row: Json, names: dict[str, str]) -> Json:
    return {
        "id": row["id"],
        "conversation": row["conversation"],
        "ticket": row["ticket"],
        "message": row["message"],
        "at": iso(row["at"]),
        "by": row["by"],
        "by_name": names[row["by"]],
        "text": row["text"],
        "said": row["said"],
        "done_at": iso(row["done_at"]),
    }
