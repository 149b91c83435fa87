"""Instants: as the desk keeps them (UTC, aware) and as JSON writes them."""

from __future__ import annotations

from datetime import datetime, time, timezone, tzinfo
from typing import Any


def utc_now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(timezone.utc)


def iso(at: datetime | None) -> str | None:
    """Return an instant as JSON writes it: ``2026-11-21T22:14:00.123Z``."""
    if at is None:
        return None
    text = at.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def instant(text: Any, zone: tzinfo | None = None) -> datetime | None:
    """Return the instant that ISO 8601 names, in UTC; None for anything else.

    A day alone is its end. What names no time zone is in ``zone``, and is no instant without one.
    """
    words = str(text).strip().replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return None
    if len(words) == len("2026-11-30"):
        at = datetime.combine(at, time(23, 59, 59))
    if at.tzinfo is None and zone is not None:
        at = at.replace(tzinfo=zone)
    return at.astimezone(timezone.utc) if at.tzinfo else None
