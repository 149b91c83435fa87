"""Who is involved in a case beside its owner: participants, mentions, notes.

Every function works inside the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, did_you_mean
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json, record
from bot.handoff.tables import agents
from bot.handoff.tables_desk import mentions, notes, participants

MENTION = re.compile(r"(?<![\w.@-])@([\w.-]*\w)")
"""``@username``; an e-mail address is none."""


def by_name(connection: Any, usernames: Collection[str]) -> dict[str, str]:
    """Return user names with the names that people read."""
    if not usernames:
        return {}
    query = sa.select(agents.c.username, agents.c.name).where(agents.c.username.in_(usernames))
    found: dict[str, str] = {username: name for username, name in connection.execute(query)}
    return {username: found.get(username, username) for username in usernames}


def active(connection: Any) -> list[Agent]:
    """Return all accounts that may work, by user name."""
    query = sa.select(agents).where(agents.c.active.is_(True)).order_by(agents.c.username)
    return [record(Agent, row) for row in connection.execute(query)]


def account(connection: Any, username: str) -> Agent:
    """Return a colleague's account.

    Raises:
        DeskError: nobody who may work has this user name.
    """
    found = {agent.username: agent for agent in active(connection)}
    wanted = username.strip().lower().lstrip("@")
    if wanted not in found:
        raise DeskError(
            f"There is no agent '{username}'.{did_you_mean(wanted, found)}",
            "no_agent",
            agent=username,
        )
    return found[wanted]


def mentioned_in(connection: Any, text: str) -> list[Agent]:
    """Return the colleagues that a note names with ``@``.

    Raises:
        DeskError: a name is nobody's; all such names are in the error.
    """
    names = list(dict.fromkeys(name.lower() for name in MENTION.findall(text)))
    if not names:
        return []
    known = {agent.username: agent for agent in active(connection)}
    unknown = [name for name in names if name not in known]
    if unknown:
        hints = " ".join(f"'@{name}' is nobody.{did_you_mean(name, known)}" for name in unknown)
        raise DeskError(hints, "mention", agent=", ".join(f"@{name}" for name in unknown))
    return [known[name] for name in names]


# Mentions


def mention(
    connection: Any, ref: str, agents_: Sequence[str], at: datetime, *, note: int | None = None
) -> None:
    """Let a case wait for some agents' eyes."""
    for username in dict.fromkeys(agents_):
        row = {"ticket": ref, "agent": username, "note": note, "at": at}
        connection.execute(sa.insert(mentions).values(**row))


def read_mentions(connection: Any, ref: str, agent: str, at: datetime) -> int:
    """Mark what waited for an agent in a case as read; return how many there were."""
    mine = sa.and_(
        mentions.c.ticket == ref, mentions.c.agent == agent, mentions.c.read_at.is_(None)
    )
    return int(connection.execute(sa.update(mentions).where(mine).values(read_at=at)).rowcount)


def unread(connection: Any, agent: str, refs: Collection[str]) -> set[str]:
    """Return which of some cases wait for an agent's eyes."""
    if not agent or not refs:
        return set()
    query = sa.select(mentions.c.ticket).where(
        mentions.c.agent == agent, mentions.c.read_at.is_(None), mentions.c.ticket.in_(refs)
    )
    return set(connection.execute(query).scalars())


def unread_by(connection: Any, ref: str) -> list[str]:
    """Return the agents for whose eyes a case waits."""
    query = sa.select(mentions.c.agent).where(
        mentions.c.ticket == ref, mentions.c.read_at.is_(None)
    )
    return sorted(set(connection.execute(query).scalars()))


def inbox(connection: Any, agent: str) -> list[Json]:
    """Return what waits for an agent's eyes, newest first."""
    query = (
        sa.select(mentions.c.id, mentions.c.ticket, mentions.c.at, notes.c.kind, notes.c.agent)
        .select_from(mentions.outerjoin(notes, notes.c.id == mentions.c.note))
        .where(mentions.c.agent == agent, mentions.c.read_at.is_(None))
        .order_by(mentions.c.id.desc())
    )
    return [
        {"id": number, "ref": ref, "at": iso(at), "kind": kind or "invited", "by": by}
        for number, ref, at, kind, by in connection.execute(query)
    ]


# Participants


def participants_of(connection: Any, refs: Collection[str]) -> dict[str, list[str]]:
    """Return who takes part in some cases: reference to user names, in the order they came."""
    if not refs:
        return {}
    query = (
        sa.select(participants.c.ticket, participants.c.agent)
        .where(participants.c.ticket.in_(refs), participants.c.left_at.is_(None))
        .order_by(participants.c.added_at, participants.c.agent)
    )
    found: dict[str, list[str]] = {}
    for ref, agent in connection.execute(query):
        found.setdefault(ref, []).append(agent)
    return found


def takes_part(connection: Any, ref: str, agent: str) -> bool:
    """Whether an agent takes part in a case."""
    return agent in participants_of(connection, [ref]).get(ref, [])


def join(connection: Any, ref: str, agent: str, by: str, at: datetime) -> None:
    """Let an agent take part."""
    mine = sa.and_(participants.c.ticket == ref, participants.c.agent == agent)
    values = {"added_by": by, "added_at": at, "left_at": None}
    if not connection.execute(sa.update(participants).where(mine).values(**values)).rowcount:
        connection.execute(sa.insert(participants).values(ticket=ref, agent=agent, **values))


def leave(connection: Any, ref: str, agent: str, at: datetime) -> bool:
    """Let an agent take part no longer; False if they did not."""
    mine = sa.and_(
        participants.c.ticket == ref,
        participants.c.agent == agent,
        participants.c.left_at.is_(None),
    )
    return bool(connection.execute(sa.update(participants).where(mine).values(left_at=at)).rowcount)


def forget_mentions(connection: Any, ref: str, agent: str) -> None:
    """Forget that an agent was drawn into a case: it is none of their business any more."""
    mine = sa.and_(mentions.c.ticket == ref, mentions.c.agent == agent)
    connection.execute(sa.delete(mentions).where(mine))


def drawn_in(connection: Any, refs: Collection[str]) -> dict[str, list[str]]:
    """Return whom colleagues drew into some cases, as :func:`invited` says it of one."""
    found = participants_of(connection, refs)
    if refs:
        query = sa.select(mentions.c.ticket, mentions.c.agent).where(mentions.c.ticket.in_(refs))
        for ref, agent in connection.execute(query.distinct()):
            found.setdefault(ref, []).append(agent)
    return found


def invited(connection: Any, ref: str, agent: str) -> bool:
    """Whether a colleague drew an agent into a case: takes part, or was named in a note."""
    if takes_part(connection, ref, agent):
        return True
    query = sa.select(mentions.c.id).where(mentions.c.ticket == ref, mentions.c.agent == agent)
    return connection.execute(query.limit(1)).first() is not None


# Notes


def add_note(
    connection: Any,
    ref: str,
    agent: Agent,
    at: datetime,
    kind: str,
    text: str,
    to: Sequence[str],
    client_id: str | None = None,
) -> Json:
    """Store an internal note that waits for some agents' eyes; return it as JSON.

    Args:
        connection: The caller's.
        ref: The case.
        agent: Who wrote it.
        at: This instant.
        kind: note, transfer, consult, answer or call.
        text: What they wrote; no customer ever reads it.
        to: User names.
        client_id: The sender's own, if there is one; see :func:`note_as`.
    """
    others = [username for username in dict.fromkeys(to) if username != agent.username]
    row = {
        "ticket": ref,
        "at": at,
        "agent": agent.username,
        "kind": kind,
        "text": text.strip(),
        "mentions": others,
        "client_id": client_id,
    }
    number = int(connection.execute(sa.insert(notes).values(**row)).inserted_primary_key[0])
    mention(connection, ref, others, at, note=number)
    return _note({"id": number, **row}, {agent.username: agent.name})


def note_as(connection: Any, ref: str, agent: Agent, client_id: str | None) -> Json | None:
    """Return the note that its sender gave this id, if it is already here."""
    if client_id is None:
        return None
    query = sa.select(notes).where(
        notes.c.ticket == ref, notes.c.agent == agent.username, notes.c.client_id == client_id
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _note(dict(row._mapping), {agent.username: agent.name})


def notes_of(connection: Any, ref: str) -> list[Json]:
    """Return a case's notes, oldest first."""
    query = sa.select(notes).where(notes.c.ticket == ref).order_by(notes.c.id)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    names = by_name(connection, {row["agent"] for row in rows})
    return [_note(row, names) for row in rows]


def asker(connection: Any, ref: str) -> str | None:
    """Return who last consulted a supervisor about a case."""
    query = sa.select(notes.c.agent).where(notes.c.ticket == ref, notes.c.kind == "consult")
    found: str | None = connection.execute(query.order_by(notes.c.id.desc()).limit(1)).scalar()
    return found


def _note(row: Json, names: dict[str, str]) -> Json:
    return {
        "id": row["id"],
        "at": iso(row["at"]),
        "agent": row["agent"],
        "agent_name": names.get(row["agent"], row["agent"]),
        "kind": row["kind"],
        "text": row["text"],
        "mentions": row["mentions"],
    }
