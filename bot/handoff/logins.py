"""Logging in: the password, the lock after many wrong tries, and the second factor.

A refusal is the same for an unknown user name, a wrong password and a locked account, so nobody
learns which accounts there are. That a code is asked for is said after the right password only:
who gets that far knows the password already, and wrong codes lock like wrong passwords.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff import agents as accounts
from bot.handoff import second_factor
from bot.handoff.records import Agent
from bot.handoff.store import Store
from bot.handoff.tables import agents

LONGEST = timedelta(hours=1)
"""An account is never locked for longer at once."""

WRONG, ASKED, WRONG_CODE = "login", "second_factor", "wrong_code"
"""Why a login is refused: name or password, the code is missing, the code is wrong."""


@dataclass(frozen=True)
class Lock:
    """When an account is locked.

    Args:
        tries: Wrong ones in a row that are free; 0 never locks.
        minutes: Of the first lock; every further wrong try doubles it, up to an hour.
    """

    tries: int = 10
    minutes: float = 1.0

    def until(self, failed: int, at: datetime) -> datetime | None:
        """Return until when an account is locked after so many wrong tries; None is not."""
        if not self.tries or failed < self.tries:
            return None
        doubled = 1 << min(failed - self.tries, 20)
        return at + min(timedelta(minutes=self.minutes * doubled), LONGEST)


@dataclass(frozen=True)
class Login:
    """What came of a try: the agent, or why not."""

    agent: Agent | None
    why: str = ""


def log_in(
    store: Store, username: str, password: str, *, code: str = "", key: str, lock: Lock
) -> Login:
    """Try to log in.

    Args:
        store: Where accounts are kept.
        username: As it was typed.
        password: As it was typed.
        code: Of the second factor; empty when none was given.
        key: From which the secrets of second factors are made.
        lock: When an account is locked.
    """
    username = username.strip().lower()
    right = accounts.check_password(store, username, password) is not None
    with store.database.write() as connection:
        query = sa.select(agents).where(agents.c.username == username).with_for_update()
        row = connection.execute(query).one_or_none()
        at = store.clock()
        if row is None or not row.active or (row.locked_until and row.locked_until > at):
            return Login(None, WRONG)  # what is tried while it is locked does not count
        if not right:
            return _failed(connection, row, at, lock, WRONG)
        if row.totp_at is not None and not code:
            return Login(None, ASKED)
        if row.totp_at is not None and not second_factor.use(connection, row, code, key, at):
            return _failed(connection, row, at, lock, WRONG_CODE)
        mine = agents.c.id == row.id
        connection.execute(sa.update(agents).where(mine).values(failed_logins=0, locked_until=None))
        return Login(accounts.account(connection, username))


def unlock(store: Store, username: str) -> None:
    """Let an account try again at once.

    Raises:
        NotFound: there is none with this user name.
    """
    with store.database.write() as connection:
        mine = agents.c.id == accounts.account(connection, username).id
        connection.execute(sa.update(agents).where(mine).values(failed_logins=0, locked_until=None))


def _failed(connection: Any, row: Any, at: datetime, lock: Lock, why: str) -> Login:
    failed = row.failed_logins + 1
    values = {"failed_logins": failed, "locked_until": lock.until(failed, at)}
    connection.execute(sa.update(agents).where(agents.c.id == row.id).values(**values))
    return Login(None, why)
