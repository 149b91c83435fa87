"""Where a case stands, and what can be done with it there: one table, and nothing else decides.

A case is ``queued`` (nobody has it), ``open`` (an agent has it and it is their turn), ``waiting``
(it is the customer's), ``snoozed`` (looked at again later), ``returned`` (the bot goes on) or
``resolved``. An operation that the table does not name for a phase is refused with a conflict that
says what is possible.
"""

from __future__ import annotations

from typing import Any

from bot.errors import Conflict
from bot.handoff.records import Ticket

PHASES = ("queued", "open", "waiting", "snoozed", "returned", "resolved")

_ALWAYS = ("labels", "notes", "moments", "reviews", "leave", "read")
_ALIVE = (*_ALWAYS, "priority", "tier", "transfer", "participants", "consult")
_HELD = (
    *_ALIVE,
    "messages",
    "money",
    "promises",
    "release",
    "resolve",
    "return",
    "snooze",
)

TABLE: dict[str, frozenset[str]] = {
    "queued": frozenset((*_ALIVE, "claim")),
    "open": frozenset((*_HELD, "waiting")),
    "waiting": frozenset((*_HELD, "resume")),
    "snoozed": frozenset((*_HELD, "waiting", "resume")),
    "returned": frozenset((*_ALWAYS, "reopen")),
    "resolved": frozenset((*_ALWAYS, "reopen")),
}
"""Phase to the operations that are legal in it."""

OPERATIONS = frozenset().union(*TABLE.values())


def phase(ticket: Ticket) -> str:
    """Return where a case stands: one of :data:`PHASES`."""
    if ticket.status != "claimed":
        return ticket.status
    if ticket.snoozed_until is not None:
        return "snoozed"
    return "waiting" if ticket.waiting_since is not None else "open"


def possible(ticket: Ticket) -> list[str]:
    """Return what can be done with a case now, by name."""
    return sorted(TABLE[phase(ticket)])


def check(ticket: Ticket, operation: str) -> None:
    """Check that an operation is legal.

    Args:
        ticket: As it is now, locked by the caller.
        operation: One of :data:`OPERATIONS`.

    Raises:
        Conflict: it is not; the error says what is.
    """
    now = phase(ticket)
    if operation not in TABLE[now]:
        accepted = possible(ticket)
        raise Conflict(
            f"{ticket.ref} is {now}{_with(ticket)}: '{operation}' is not possible. "
            f"Possible now: {', '.join(accepted)}.",
            f"phase_{now}",
            phase=now,
            possible=accepted,
        )


def awake() -> dict[str, Any]:
    """Return the columns of a case that neither waits for the customer nor sleeps."""
    return {"waiting_since": None, "snoozed_until": None}


def _with(ticket: Ticket) -> str:
    return f" by {ticket.owner_agent}" if ticket.owner_agent else ""
