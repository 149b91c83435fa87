"""Ends that a case waits for its customer, or is put aside; inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.handoff import clocks, jobs, status, tickets
from bot.handoff.records import Ticket
from bot.handoff.rules import DeskRules

WAKE = "wake"
"""Kind of the job that ends a snooze; its key is the case's reference."""


def awaken(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> Ticket:
    """End waiting and snoozing: the clocks run again, and no job wakes the case any more."""
    if status.phase(ticket) not in ("waiting", "snoozed"):
        return ticket
    jobs.cancel(connection, WAKE, ticket.ref, at)
    ticket = clocks.resume(connection, rules, ticket, at)
    return tickets.update(connection, ticket.ref, **status.awake())
