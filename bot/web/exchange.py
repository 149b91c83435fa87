"""What goes to the engine with a turn, and what comes back, in the words of the desk."""

from __future__ import annotations

import logging
from datetime import datetime, timezone, tzinfo
from typing import Any

import msgspec

from bot.engine import TurnReply
from bot.handoff.records import Conversation, Identity, Reply, Vow

logger = logging.getLogger("remanso.web")


def context(conversation: Conversation, history: dict[str, Any]) -> dict[str, Any]:
    """Return what the engine may know of the customer: proved things, never their own words."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {
        "identity": {
            "status": conversation.identity_status,
            "customer_id": conversation.customer_id,
            "name": conversation.customer_name,
        },
        "language": conversation.language,
        "now": now.replace("+00:00", "Z"),
        "history": history,
    }


def replies(reply: TurnReply) -> list[Reply]:
    """Return what the bot says in this turn."""
    return [Reply.from_engine(msgspec.to_builtins(said)) for said in reply.messages]


def vows(reply: TurnReply, zone: tzinfo) -> list[Vow]:
    """Return what the bot promised in this turn; one that names no time is told to the log."""
    made = [Vow.from_engine(msgspec.to_builtins(each), zone) for each in reply.promises]
    for vow in made:
        if vow.due is None:
            logger.warning("promise '%s' has no due time: it raises no alarm", vow.name)
    return made


def identity(reply: TurnReply) -> Identity | None:
    """Return who a guest proved to be in this turn, if they did."""
    if not reply.identity:
        return None
    known = {key: reply.identity.get(key) for key in ("customer_id", "name", "email")}
    order = reply.identity.get("order")
    return Identity(
        status=reply.identity.get("status") or "claimed",
        **known,
        orders=(str(order),) if order else (),
    )
