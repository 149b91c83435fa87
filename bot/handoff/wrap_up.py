"""Time for an agent to gather after a heated chat: first nothing new, then nothing heated."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.handoff import agents, staff
from bot.handoff.records import Ticket
from bot.handoff.rules import DeskRules


def begin(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> bool:
    """Give the owner of a case that ends for them their wrap-up, if the chat was heated.

    Args:
        connection: The caller's.
        rules: What is heated, and how long wrap-up and cool-down are.
        ticket: The case while it still has its owner.
        at: This instant.

    Returns:
        Whether a wrap-up begins.
    """
    times = rules.assignment
    agent = agents.by_username(connection, ticket.owner_agent or "")
    if agent is None or not staff.heated(connection, times, [(ticket.ref, ticket.conversation)]):
        return False
    until = at + timedelta(minutes=times.wrap_up_minutes)
    cool = until + timedelta(minutes=times.cool_minutes)
    staff.update(connection, agent.username, wrap_up_until=until, cool_until=cool)
    return True
