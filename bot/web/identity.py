"""Who the customer is, as the embedding site's server signs it.

The site passes a JWT (HS256, key of :meth:`bot.settings.Settings.identity_secret`) with ``sub``
(the customer's id), ``aud`` = ``remanso``, ``exp`` at most ten minutes ahead, ``jti`` used once,
and if it likes ``name`` and ``email``. See ``docs/embedding.md``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import jwt

from bot.errors import IdentityError

AUDIENCE = "remanso"
MINUTES = 10
"""Longest life of an identity token."""
LEEWAY = 30
"""Seconds that the clocks of the two servers may differ."""
LENGTH = 200
"""Characters a claim may have."""


@dataclass(frozen=True)
class Identity:
    """A customer whom the embedding site vouches for."""

    customer_id: str
    name: str | None
    email: str | None
    jti: str  # the token's own id, good for one use
    expires_at: datetime  # UTC


class IdentityRefused(IdentityError):
    """A proof that does not hold.

    Args:
        code: ``identity_expired``, ``identity_replayed``, ``identity_conflict`` or
            ``identity_invalid`` (forged, unsigned, for somebody else, incomplete).
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def read(token: str, key: str) -> Identity:
    """Return who the token speaks of.

    Raises:
        IdentityRefused: it is expired, forged, signed otherwise, incomplete or lives too long.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=AUDIENCE,
            leeway=LEEWAY,
            options={"require": ["exp", "sub", "aud", "jti"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise IdentityRefused("identity_expired", "The identity token has expired.") from error
    except jwt.InvalidTokenError as error:
        raise IdentityRefused("identity_invalid", f"Identity token: {error}.") from error
    if claims["exp"] > time.time() + MINUTES * 60 + LEEWAY:
        raise IdentityRefused("identity_invalid", f"It lives longer than {MINUTES} minutes.")
    return Identity(
        customer_id=_claim(claims, "sub"),
        name=_claim(claims, "name") or None,
        email=_claim(claims, "email") or None,
        jti=_claim(claims, "jti"),
        expires_at=datetime.fromtimestamp(claims["exp"], timezone.utc),
    )


def _claim(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if value is None and name not in ("sub", "jti"):
        return ""
    if not isinstance(value, str) or len(value) > LENGTH or (not value and name in ("sub", "jti")):
        raise IdentityRefused("identity_invalid", f"'{name}' is not a text of 1 to {LENGTH}.")
    return value
