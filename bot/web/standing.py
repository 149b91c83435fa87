"""Where a conversation stands, as the customer's page shows it around the messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

from bot.web import wire

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

UPSET = ("frustrated", "angry")
"""Levels at which the page becomes plainer."""


def standing(gateway: Gateway, name: str) -> wire.ConversationOut:
    """Return who has a conversation, its place in the queue, its case, and what is asked.

    Raises:
        NotFound: there is no such conversation.
    """
    desk = gateway.desk
    conversation = gateway.store.conversation(name)
    ticket, agent = desk.current(name) or (None, None)
    place = desk.place(name) if conversation.owner == "queue" else None
    agent_name = agent.name if agent and conversation.owner == "agent" else None
    view = {
        "conversation": conversation.id,
        "owner": conversation.owner,
        "status": conversation.status,
        "agent": {"name": agent_name} if agent_name else None,
        "reference": ticket.ref if ticket else None,
        "queue": asdict(place) if place else None,
        "language": conversation.language,
        "identity": conversation.identity_status,
        "messages_limit": gateway.settings.message_limit,
        "mood": _mood(gateway.store.last_parse(name)),
        "attachment_limit": gateway.settings.attachment_bytes,
        **gateway.status_page.standing(name),
    }
    return msgspec.convert(view, wire.ConversationOut)


def _mood(parse: dict[str, Any] | None) -> str | None:
    level = ((parse or {}).get("frustration") or {}).get("level")
    return "high" if level in UPSET else None
