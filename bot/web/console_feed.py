"""What happens at the desk, turned once into frames for all consoles.

The feed listens to the hub, knows which conversations have an open ticket, and publishes
``{"team", "owner", "frame"}`` on a topic of its own; each console takes what its agent may see.
It also tells waiting customers when the queue moved.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from bot.errors import RemansoError
from bot.handoff.records import Ticket
from bot.web.hub import DESK

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

TOPIC = "console"
OPEN = ("queued", "claimed")
SETTLE = 0.5
"""Seconds in which changes of the queue are gathered before waiting customers are told."""


class Feed:
    """Knows the open tickets and spreads what concerns them.

    Args:
        gateway: The parts to work with.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._open: dict[str, Ticket] = {}  # by conversation
        self._moved = asyncio.Event()

    def ticket_of(self, conversation: str) -> Ticket | None:
        """Return the open ticket of a conversation."""
        return self._open.get(conversation)

    def owned(self, ref: str, username: str) -> Ticket | None:
        """Return an agent's own open ticket."""
        found = (each for each in self._open.values() if each.ref == ref)
        ticket = next(found, None)
        return ticket if ticket and ticket.owner_agent == username else None

    async def run(self) -> None:
        """Listen until cancelled."""
        with self._gateway.hub.watch(DESK) as watcher:
            await self._learn()
            while True:
                event = await watcher.next()
                try:
                    if watcher.lagging:
                        watcher.lagging = False
                        await self._learn()
                    await self._take(event)
                except RemansoError as error:
                    logger.error("console feed: %s", type(error).__name__)

    async def tell_waiting(self) -> None:
        """Tell waiting customers their new place whenever the queue has moved."""
        while True:
            await self._moved.wait()
            await asyncio.sleep(SETTLE)
            self._moved.clear()
            for conversation, ticket in tuple(self._open.items()):
                if ticket.status == "queued" and self._gateway.hub.watched(conversation):
                    self._gateway.hub.changed(conversation)

    async def _learn(self) -> None:
        found = await self._gateway.io(self._gateway.desk.open_cases)
        self._open = {ticket.conversation: ticket for ticket in found}

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "ticket":
            await self._ticket(event["ref"])
        elif (ticket := self._open.get(event.get("conversation", ""))) is not None:
            if event["type"] == "message":
                message = event["message"].for_agent()
                self._publish(ticket, {"type": "message", "ref": ticket.ref, "message": message})
            elif event["type"] == "typing":
                self._publish(ticket, {"type": "typing", "ref": ticket.ref, "on": event["on"]})

    async def _ticket(self, ref: str) -> None:
        desk = self._gateway.desk
        ticket = await self._gateway.io(desk.ticket, ref)
        row = await self._gateway.io(desk.row, ref)
        before = self._open.pop(ticket.conversation, None)
        if ticket.status in OPEN:
            self._open[ticket.conversation] = ticket
        if before is None or before.status != ticket.status:
            self._moved.set()
        self._publish(ticket, {"type": "ticket", "ticket": row})

    def _publish(self, ticket: Ticket, frame: dict[str, Any]) -> None:
        self._gateway.hub.publish(TOPIC, {"team": ticket.team, "frame": frame})
