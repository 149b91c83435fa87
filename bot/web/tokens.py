"""Signed tokens that open one conversation each: knowing its id is not enough."""

from __future__ import annotations

import time

import jwt

from bot.settings import Settings

AUDIENCE = "remanso-conversation"
DAYS = 30
"""Days a conversation can be opened again with its token."""
LINK_AUDIENCE = "remanso-case"
LINK_DAYS = 30
"""Days a link to a case's status page opens it."""


class Tokens:
    """Signs and reads conversation tokens, and links to cases (JWT, HS256)."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.key("conversation")

    def sign(self, conversation: str, *, hours: float = DAYS * 24) -> str:
        """Return a token for a conversation, good for so many hours."""
        claims = {
            "sub": conversation,
            "aud": AUDIENCE,
            "exp": int(time.time() + hours * 3600),
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def opens(self, token: str, conversation: str) -> bool:
        """Whether the token is ours, still good, and made for this conversation."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=AUDIENCE,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.InvalidTokenError:
            return False
        return bool(claims["sub"] == conversation)

    def sign_link(self, reference: str, *, days: float = LINK_DAYS) -> str:
        """Return a token that opens the status page of one case, to be put into a link."""
        claims = {
            "sub": reference,
            "aud": LINK_AUDIENCE,
            "exp": int(time.time() + days * 86_400),
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read_link(self, token: str) -> str | None:
        """Return the reference of the case that a link's token opens; None if it opens none."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=LINK_AUDIENCE,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"])
