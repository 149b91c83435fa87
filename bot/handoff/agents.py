"""The accounts of the people who receive handoffs: passwords, sessions, tokens.

Passwords are hashed with Argon2id. Of sessions and tokens only a SHA-256 is stored; they are long
and random, so that is enough.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import Conflict, DeskError, NotFound, did_you_mean
from bot.handoff.records import Agent, record
from bot.handoff.store import Store, ids
from bot.handoff.tables import agent_sessions, agent_tokens, agents

ROLES = ("agent", "supervisor", "trainer", "admin")
ALL_TEAMS = ("supervisor", "admin")
"""Roles that see the tickets of every team."""
SCOPES = ("tickets:read", "tickets:write")
SHORTEST = 8
"""Characters a password needs."""

# Argon2id as OWASP recommends where many may log in at once: 19 MiB a try, two tries at a time.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(2)


def sees(agent: Agent, team: str) -> bool:
    """Whether an agent may see a team's tickets."""
    return agent.role in ALL_TEAMS or team in agent.teams


def visible_teams(agent: Agent) -> list[str] | None:
    """Return the teams whose tickets an agent sees; None means every team."""
    return None if agent.role in ALL_TEAMS else agent.teams


def add(
    store: Store,
    username: str,
    *,
    name: str,
    password: str,
    teams: Sequence[str] = (),
    role: str = "agent",
    known_teams: Collection[str] | None = None,
) -> Agent:
    """Make an account.

    Args:
        store: Where it is kept.
        username: Short name to log in with; letters are lowered.
        name: What customers read.
        password: At least 8 characters.
        teams: Teams of ``desk.yml`` whose tickets the agent sees.
        role: agent, supervisor, trainer or admin.
        known_teams: The teams of ``desk.yml``, to refuse a misspelt one.

    Raises:
        Conflict: the user name is taken.
        DeskError: the password is too short, or role, team or user name make no sense.
    """
    username = username.strip().lower()
    if not name.strip():
        raise DeskError("The name is empty. Customers read it when this person joins.")
    if not username or len(username) > 60 or not username.isprintable() or " " in username:
        raise DeskError(f"'{username}' is no user name: 1 to 60 characters without spaces.")
    if role not in ROLES:
        raise DeskError(f"Unknown role '{role}'.{did_you_mean(role, ROLES)}")
    for team in teams if known_teams is not None else ():
        if team not in (known_teams or ()):
            raise DeskError(f"Unknown team '{team}'.{did_you_mean(team, known_teams or ())}")
    row = {
        "username": username,
        "name": name.strip(),
        "password_hash": _hashed(password),
        "teams": list(teams),
        "role": role,
        "active": True,
        "created_at": store.clock(),
    }
    with store.database.write() as connection:
        if _row(connection, username) is not None:
            raise Conflict(f"There is an account '{username}' already.")
        connection.execute(sa.insert(agents).values(**row))
        return record(Agent, _row(connection, username))


def get(store: Store, username: str) -> Agent:
    """Return an account.

    Raises:
        NotFound: there is none with this user name.
    """
    with store.database.read() as connection:
        return account(connection, username)


def all_agents(store: Store) -> list[Agent]:
    """Return all accounts, by user name."""
    with store.database.read() as connection:
        rows = connection.execute(sa.select(agents).order_by(agents.c.username))
        return [record(Agent, row) for row in rows]


def set_password(store: Store, username: str, password: str, *, keep: str = "") -> None:
    """Change a password; the agent's sessions end, but for the one whose token is ``keep``."""
    hashed = _hashed(password)
    with store.database.write() as connection:
        agent = account(connection, username)
        mine = agents.c.id == agent.id
        connection.execute(sa.update(agents).where(mine).values(password_hash=hashed))
        others = agent_sessions.c.token_hash != ids.digest(keep)
        ended = sa.delete(agent_sessions).where(agent_sessions.c.agent == agent.id, others)
        connection.execute(ended)


def disable(store: Store, username: str) -> None:
    """Take an account's access away: sessions and tokens end, its history stays."""
    with store.database.write() as connection:
        agent = account(connection, username)
        mine = agents.c.id == agent.id
        connection.execute(sa.update(agents).where(mine).values(active=False))
        connection.execute(sa.delete(agent_sessions).where(agent_sessions.c.agent == agent.id))
        ended = sa.update(agent_tokens).where(agent_tokens.c.agent == agent.id)
        connection.execute(ended.values(revoked_at=store.clock()))


def check_password(store: Store, username: str, password: str) -> Agent | None:
    """Return the agent if the password is theirs; takes as long for an unknown user name."""
    with store.database.read() as connection:
        row = _row(connection, username.strip().lower())
    hashed = row._mapping["password_hash"] if row is not None else _nobody()
    try:
        with _at_once:
            _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return None
    agent = record(Agent, row) if row is not None else None
    return agent if agent and agent.active else None


def new_token(store: Store, username: str, *, scopes: Sequence[str]) -> str:
    """Make a token for a program that works as an agent; it is shown once.

    Raises:
        DeskError: a scope does not exist, or the account is disabled.
    """
    for scope in scopes:
        if scope not in SCOPES:
            raise DeskError(f"Unknown scope '{scope}'.{did_you_mean(scope, SCOPES)}")
    token = "rt_" + secrets.token_urlsafe(32)
    with store.database.write() as connection:
        agent = account(connection, username)
        if not agent.active:
            raise DeskError(f"The account '{username}' is disabled: it gets no token.")
        row = {
            "token_hash": ids.digest(token),
            "agent": agent.id,
            "scopes": sorted(set(scopes)),
            "created_at": store.clock(),
        }
        connection.execute(sa.insert(agent_tokens).values(**row))
    return token


def token_owner(store: Store, token: str) -> tuple[Agent, list[str]] | None:
    """Return whom a token works for and its scopes; None when it is unknown or revoked."""
    query = (
        sa.select(agents, agent_tokens.c.scopes)
        .join(agent_tokens, agent_tokens.c.agent == agents.c.id)
        .where(
            agent_tokens.c.token_hash == ids.digest(token),
            agent_tokens.c.revoked_at.is_(None),
            agents.c.active.is_(True),
        )
    )
    with store.database.read() as connection:
        row = connection.execute(query).one_or_none()
        return None if row is None else (record(Agent, row), row._mapping["scopes"])


def by_username(connection: Any, username: str) -> Agent | None:
    """Return an account inside the caller's transaction, if there is one."""
    row = _row(connection, username)
    return None if row is None else record(Agent, row)


def set_live(connection: Any, username: str, since: Any) -> None:
    """Note that an agent is connected to the console since then, or (None) no longer."""
    mine = agents.c.username == username
    connection.execute(sa.update(agents).where(mine).values(live_since=since))


def live(connection: Any) -> list[Agent]:
    """Return the agents connected to the console."""
    query = sa.select(agents).where(agents.c.live_since.is_not(None), agents.c.active.is_(True))
    return [record(Agent, row) for row in connection.execute(query)]


def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise DeskError(f"A password needs at least {SHORTEST} characters.")
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(12))


def _row(connection: Any, username: str) -> Any:
    return connection.execute(sa.select(agents).where(agents.c.username == username)).one_or_none()


def account(connection: Any, username: str) -> Agent:
    """Return an account inside the caller's transaction.

    Raises:
        NotFound: there is none with this user name.
    """
    row = _row(connection, username.strip().lower())
    if row is None:
        raise NotFound(f"There is no account '{username}'.")
    return record(Agent, row)
