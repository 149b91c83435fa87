"""Limits against floods: how often one key may do something in a sliding minute."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from bot.settings import Settings

KEYS = 50_000
"""Keys remembered at once; past it, the ones that rest are forgotten."""


class Limiter:
    """Counts what each key did in the last ``seconds``.

    Args:
        limit: Times allowed in the window; 0 allows any number.
        seconds: Length of the window.
        clock: Seconds that only grow.
    """

    def __init__(
        self, limit: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}

    def wait(self, key: str) -> float:
        """Count one more for ``key``; return 0, or the seconds to wait when it is too much."""
        if not self._limit:
            return 0.0
        now = self._clock()
        if len(self._seen) > KEYS:
            self._forget(now)
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - self._seconds:
            seen.popleft()
        if len(seen) >= self._limit:
            return seen[0] + self._seconds - now
        seen.append(now)
        return 0.0

    def give_back(self, key: str) -> None:
        """Undo the last count of ``key``: what it did was nothing new."""
        if self._seen.get(key):
            self._seen[key].pop()

    def _forget(self, now: float) -> None:
        resting = now - self._seconds
        for key in [key for key, seen in self._seen.items() if not seen or seen[-1] <= resting]:
            del self._seen[key]


@dataclass(frozen=True)
class Limits:
    """All limits of the gateway."""

    messages: Limiter  # per conversation
    conversations: Limiter  # new ones, per address
    logins: Limiter  # per address and user name
    login_addresses: Limiter  # per address, ten times as many
    identities: Limiter  # proofs of identity, per conversation
    status_addresses: Limiter  # wrong codes of the status page, per address
    practice: Limiter  # replays, per agent
    status_references: Limiter  # the same per case and hour, from anywhere


def limits(settings: Settings) -> Limits:
    """Return the limits that the settings ask for."""
    return Limits(
        messages=Limiter(settings.messages_per_minute),
        conversations=Limiter(settings.conversations_per_minute),
        logins=Limiter(settings.logins_per_minute),
        login_addresses=Limiter(10 * settings.logins_per_minute),
        identities=Limiter(settings.messages_per_minute),
        status_addresses=Limiter(2 * settings.logins_per_minute),
        practice=Limiter(2 * settings.messages_per_minute),
        status_references=Limiter(4 * settings.logins_per_minute, 3600.0),
    )


def address(connection: HTTPConnection, settings: Settings) -> str:
    """Return the address a request comes from.

    Behind a proxy of ours it is the last entry of ``X-Forwarded-For``: the one the proxy wrote.
    """
    if settings.trust_proxy:
        forwarded = connection.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return connection.client.host if connection.client else ""
