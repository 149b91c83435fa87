"""Codes that change every 30 seconds (TOTP, RFC 6238), beside the password.

The database keeps a random number, not the secret: the secret is made of that number and a key of
the installation, so neither a copy of the database nor a backup can make codes. A new
``REMANSO_SECRET`` therefore ends all second factors; they are turned off and on again.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyotp
import segno
import sqlalchemy as sa
from pyotp.utils import strings_equal

from bot.errors import Conflict, DeskError
from bot.handoff import agents as accounts
from bot.handoff.records import Agent
from bot.handoff.store import Store
from bot.handoff.tables import agents

STEP = 30
"""Seconds a code is good for; the one before and the one after are taken too."""


@dataclass(frozen=True)
class Enrolment:
    """What a telephone needs to make codes: typed, or read from the picture."""

    secret: str
    uri: str
    qr: str  # data: URI of an SVG picture


def begin(store: Store, agent: Agent, *, key: str, issuer: str) -> Enrolment:
    """Make a new secret; it counts once a code of it was given to :func:`confirm`.

    Raises:
        Conflict: the account has a second factor already.
    """
    number = secrets.token_hex(16)
    with store.database.write() as connection:
        mine = sa.and_(agents.c.id == agent.id, agents.c.totp_at.is_(None))
        values = {"totp_secret": number, "totp_step": None}
        if not connection.execute(sa.update(agents).where(mine).values(**values)).rowcount:
            raise Conflict("The second factor is on already: turn it off first.", "factor_on")
    secret = _secret(number, key)
    uri = pyotp.TOTP(secret).provisioning_uri(name=agent.username, issuer_name=issuer)
    return Enrolment(secret, uri, segno.make(uri, error="m").svg_data_uri(scale=4, border=4))


def confirm(store: Store, agent: Agent, code: str, *, key: str) -> None:
    """Turn the second factor on.

    Raises:
        Conflict: it is on already, or nothing was begun.
        DeskError: the code is not the one of now.
    """
    at = store.clock()
    with store.database.write() as connection:
        query = sa.select(agents).where(agents.c.id == agent.id).with_for_update()
        row = connection.execute(query).one()
        if row.totp_at is not None:
            raise Conflict("The second factor is on already.", "factor_on")
        if not row.totp_secret:
            raise Conflict("Ask for a secret first.", "factor_none")
        if not use(connection, row, code, key, at):
            raise DeskError("The code is not the one of now: six digits.", "wrong_code")
        mine = agents.c.id == agent.id
        connection.execute(sa.update(agents).where(mine).values(totp_at=at))


def off(store: Store, username: str) -> None:
    """Turn an account's second factor off: the telephone is lost, or no longer wanted.

    Raises:
        NotFound: there is no such account.
    """
    with store.database.write() as connection:
        mine = agents.c.id == accounts.account(connection, username).id
        values = {"totp_secret": None, "totp_at": None, "totp_step": None}
        connection.execute(sa.update(agents).where(mine).values(**values))


def use(connection: Any, row: Any, code: str, key: str, at: datetime) -> bool:
    """Whether a code is one of now; each is good once.

    Args:
        connection: The caller's transaction.
        row: Of the account, locked.
        code: As it was typed; spaces do not matter.
        key: From which secrets are made.
        at: This instant.
    """
    code = "".join(code.split())
    if not row.totp_secret or not (code.isascii() and code.isdecimal()):
        return False
    totp = pyotp.TOTP(_secret(row.totp_secret, key))
    now = int(at.timestamp()) // STEP
    last = -1 if row.totp_step is None else row.totp_step
    fits = [
        step for step in (now - 1, now, now + 1) if strings_equal(totp.generate_otp(step), code)
    ]
    fresh = [step for step in fits if step > last]
    if not fresh:
        return False
    mine = agents.c.id == row.id
    connection.execute(sa.update(agents).where(mine).values(totp_step=fresh[-1]))
    return True


def _secret(number: str, key: str) -> str:
    made = hmac.new(key.encode(), number.encode(), sha256).digest()
    return base64.b32encode(made[:20]).decode()
