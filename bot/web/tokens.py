"""Signed tokens that open one conversation each: knowing its id is not enough."""

from __future__ import annotations

import time

import jwt

from bot.settings import Settings

AUDIENCE = "remanso-conversation"
DAYS = 30
"""Days a conversation can be opened again with its token."""


class Tokens:
    """Signs and reads conversation tokens (JWT, HS256)."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.key("conversation")

    def sign(self, conversation: str) -> str:
        """Return a token for a conversation."""
        claims = {
            "sub": conversation,
            "aud": AUDIENCE,
            "exp": int(time.time()) + DAYS * 86_400,
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
