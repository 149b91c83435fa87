"""Logins that are open: a token in a cookie, good for some hours and not for long unused.

Of a token only the SHA-256 is stored; its first digits name the session to its owner.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import NotFound
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json, record
from bot.handoff.store import Store, ids
from bot.handoff.tables import agent_sessions, agents

NAMED = 16
"""Digits of a token's SHA-256 that name a session."""
MINUTE = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""


@dataclass(frozen=True)
class Opened:
    """A session that holds."""

    agent: Agent
    csrf: str
    seen_at: datetime | None


def new_session(store: Store, agent: Agent, hours: float, device: str = "") -> tuple[str, str]:
    """Log an agent in.

    Args:
        store: Where it is kept.
        agent: Who.
        hours: Until it is over.
        device: What they log in with, in at most 60 characters; empty if unknown.

    Returns:
        The session's token, for the cookie, and its CSRF token.
    """
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    at = store.clock()
    row = {
        "token_hash": ids.digest(token),
        "agent": agent.id,
        "csrf": csrf,
        "created_at": at,
        "expires_at": at + timedelta(hours=hours),
        "seen_at": at,
        "device": device[:60] or None,
    }
    with store.database.write() as connection:
        connection.execute(sa.delete(agent_sessions).where(agent_sessions.c.expires_at < at))
        connection.execute(sa.insert(agent_sessions).values(**row))
    return token, csrf


def session(store: Store, token: str, *, idle: float = 0.0) -> Opened | None:
    """Return the session of a token; None when it is over.

    Args:
        store: Where it is kept.
        token: From the cookie.
        idle: Minutes after whose end an unused one is over; 0 leaves it open.
    """
    at = store.clock()
    query = (
        sa.select(agents, agent_sessions.c.csrf, agent_sessions.c.seen_at)
        .join(agent_sessions, agent_sessions.c.agent == agents.c.id)
        .where(
            agent_sessions.c.token_hash == ids.digest(token),
            agent_sessions.c.expires_at > at,
            agents.c.active.is_(True),
        )
    )
    if idle:
        used = sa.func.coalesce(agent_sessions.c.seen_at, agent_sessions.c.created_at)
        query = query.where(used > at - timedelta(minutes=idle))
    with store.database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Opened(record(Agent, row), row.csrf, row.seen_at)


def used(store: Store, token: str, opened: Opened) -> None:
    """Note that somebody works with a session; written down once a minute at most."""
    at = store.clock()
    if opened.seen_at is not None and at - opened.seen_at < MINUTE:
        return
    mine = agent_sessions.c.token_hash == ids.digest(token)
    with store.database.write() as connection:
        connection.execute(sa.update(agent_sessions).where(mine).values(seen_at=at))


def end_session(store: Store, token: str) -> None:
    """Log out."""
    mine = agent_sessions.c.token_hash == ids.digest(token)
    with store.database.write() as connection:
        connection.execute(sa.delete(agent_sessions).where(mine))


def of_agent(store: Store, agent: Agent, *, token: str = "") -> list[Json]:
    """Return an agent's sessions, newest first; ``current`` is the one of ``token``."""
    mine = sa.select(agent_sessions).where(
        agent_sessions.c.agent == agent.id, agent_sessions.c.expires_at > store.clock()
    )
    with store.database.read() as connection:
        rows = connection.execute(mine.order_by(agent_sessions.c.created_at.desc())).all()
    return [_told(row, ids.digest(token)) for row in rows]


def end(store: Store, agent: Agent, name: str) -> None:
    """End one of an agent's own sessions.

    Raises:
        NotFound: the agent has none of this name.
    """
    named = sa.func.substr(agent_sessions.c.token_hash, 1, NAMED) == name
    with store.database.write() as connection:
        gone = sa.delete(agent_sessions).where(agent_sessions.c.agent == agent.id, named)
        if not connection.execute(gone).rowcount:
            raise NotFound(f"There is no session '{name}' of yours.")


def end_all(store: Store, agent: Agent, *, but: str = "") -> int:
    """End an agent's sessions, but for the one whose token is given; return how many."""
    others = agent_sessions.c.token_hash != ids.digest(but)
    with store.database.write() as connection:
        gone = sa.delete(agent_sessions).where(agent_sessions.c.agent == agent.id, others)
        return int(connection.execute(gone).rowcount)


def _told(row: Any, current: str) -> Json:
    return {
        "id": row.token_hash[:NAMED],
        "device": row.device or "",
        "since": iso(row.created_at),
        "used": iso(row.seen_at or row.created_at),
        "until": iso(row.expires_at),
        "current": row.token_hash == current,
    }
