"""What happens at the desk, turned once into frames for all consoles.

The feed listens to the hub, knows which conversations have an open ticket, and publishes on a
topic of its own what :func:`spread` describes; each console takes what its agent may see. It also
tells waiting customers when the queue moved.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from bot.errors import RemansoError
from bot.handoff import agents
from bot.handoff.records import Agent, Ticket
from bot.web.hub import DESK, Hub

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

TOPIC = "console"
OPEN = ("queued", "claimed")
SETTLE = 0.5
"""Seconds in which changes of the queue are gathered before waiting customers are told."""
WAITED = 60.0
"""Seconds after which they are told anyway: what is left of the wait has become shorter."""


def spread(
    hub: Hub,
    frame: dict[str, Any],
    *,
    team: str | None = None,
    to: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> None:
    """Send a frame to consoles.

    Args:
        hub: Brings it there.
        frame: ``{"type": …}`` as the console reads it.
        team: Only to those who see this team's tickets, and to who is named in ``to``.
        to: Without a team, only to the agents with these user names.
        roles: Only to agents of these roles. With nothing given, everybody receives it.
    """
    hub.publish(TOPIC, {"frame": frame, "team": team, "to": to, "roles": roles})


def hears(agent: Agent, event: dict[str, Any]) -> bool:
    """Whether an event of :func:`spread` is for an agent."""
    team, to, roles = event.get("team"), event.get("to"), event.get("roles")
    if roles is not None and agent.role not in roles:
        return False
    if to is not None and agent.username in to:
        return True
    if team is not None:
        return agents.sees(agent, team)
    return to is None


class Feed:
    """Knows the open tickets and spreads what concerns them.

    Args:
        gateway: The parts to work with.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._open: dict[str, Ticket] = {}  # by conversation
        self._concerned: dict[str, frozenset[str]] = {}  # agents beyond the team, by conversation
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
        """Tell waiting customers their place when the queue has moved, and how long still."""
        while True:
            timer = asyncio.get_running_loop().call_later(WAITED, self._moved.set)
            await self._moved.wait()
            timer.cancel()
            await asyncio.sleep(SETTLE)
            self._moved.clear()
            for conversation, ticket in tuple(self._open.items()):
                if ticket.status == "queued" and self._gateway.hub.watched(conversation):
                    self._gateway.hub.changed(conversation)

    async def _learn(self) -> None:
        found = await self._gateway.io(self._gateway.desk.open_cases)
        self._open = {ticket.conversation: ticket for ticket in found}
        self._concerned = await self._gateway.io(self._gateway.desk.concerned, found)

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "ticket":
            await self._ticket(event["ref"], event.get("by", ""))
        elif (ticket := self._open.get(event.get("conversation", ""))) is not None:
            if event["type"] == "message":
                message = event["message"].for_agent()
                self._publish(ticket, {"type": "message", "ref": ticket.ref, "message": message})
            elif event["type"] == "typing":
                self._publish(ticket, {"type": "typing", "ref": ticket.ref, "on": event["on"]})

    async def _ticket(self, ref: str, by: str) -> None:
        desk = self._gateway.desk
        ticket = await self._gateway.io(desk.ticket, ref)
        row = await self._gateway.io(desk.row, ref)
        concerned = await self._gateway.io(desk.concerned, [ticket])
        before = self._open.pop(ticket.conversation, None)
        self._leave(ticket, before, concerned[ticket.conversation])
        self._concerned.update(concerned)
        if ticket.status in OPEN:
            self._open[ticket.conversation] = ticket
        if before is None or before.status != ticket.status:
            self._moved.set()
        _, unread = await self._gateway.io(self._gateway.teamwork.involved, ref)
        self._publish(ticket, {"type": "ticket", "ticket": row, "unread": unread, "by": by})

    def _leave(self, ticket: Ticket, before: Ticket | None, concerned: frozenset[str]) -> None:
        """Take a ticket from the consoles it is none of the business of any more.

        Who still sees it for another reason receives it anew right after.
        """
        frame = {"type": "gone", "ref": ticket.ref}
        gone = self._concerned.get(ticket.conversation, frozenset()) - concerned
        if gone:
            spread(self._gateway.hub, frame, to=gone)
        if before is not None and before.team != ticket.team:
            spread(self._gateway.hub, frame, team=before.team)

    def _publish(self, ticket: Ticket, frame: dict[str, Any]) -> None:
        concerned = self._concerned.get(ticket.conversation, frozenset())
        spread(self._gateway.hub, frame, team=ticket.team, to=concerned)
