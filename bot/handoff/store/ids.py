"""New ids: random, never guessable, and tickets' so that they can be dictated."""

from __future__ import annotations

import hashlib
import secrets

DICTATABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: what is easily misheard or misread is left out."""


def conversation_id() -> str:
    """Return a new conversation's id."""
    return "c_" + secrets.token_urlsafe(16)


def turn_id() -> str:
    """Return a new turn's id."""
    return "t_" + secrets.token_urlsafe(12)


def choice_id() -> str:
    """Return a new quick reply's id: all that a customer's page knows of it."""
    return "ch_" + secrets.token_urlsafe(9)


def reference() -> str:
    """Return a new ticket's reference, such as ``R-7KM2QX``."""
    return "R-" + "".join(secrets.choice(DICTATABLE) for _ in range(6))


def digest(token: str) -> str:
    """Return what is stored of a secret token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def code() -> str:
    """Return the code that opens a ticket's status page: 31**8, dictatable, tries are limited."""
    return "".join(secrets.choice(DICTATABLE) for _ in range(8))


def attachment_id() -> str:
    """Return a new attachment's id."""
    return "a_" + secrets.token_urlsafe(18)
