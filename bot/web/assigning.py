"""Assignment at work: offers are made, taken back and told to the consoles as things change.

A round runs as soon as a ticket or somebody's presence has changed, and every second: offers run
out by the clock. What is left to nobody is looked for less often.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.handoff.assignment import Assignment
from bot.handoff.availability import Availability
from bot.handoff.callback import Callbacks
from bot.handoff.contact import Contacts
from bot.handoff.desk import Desk
from bot.handoff.orphans import Orphans
from bot.handoff.presence import Change
from bot.handoff.records import Message
from bot.handoff.scheduler import Outcome, Scheduler
from bot.handoff.unaccepted import Unaccepted
from bot.web.console_feed import spread
from bot.web.hub import DESK, Hub
from bot.web.tickets import tell

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PAUSE = 1.0
"""Seconds between two rounds while nothing changes."""
LEAST = 0.1
"""Seconds between two rounds at least."""
SWEEP = 30.0
"""Seconds between two looks for what is nobody's."""


class Assigning:
    """The parts that assign work, and the loop that runs them.

    Args:
        desk: Tickets and agents.
        scheduler: Keeps the time of what happens when nobody accepts.
        contacts: Where customers leave addresses.
    """

    def __init__(self, desk: Desk, scheduler: Scheduler, contacts: Contacts) -> None:
        self.availability = Availability(desk)
        self.assignment = Assignment(desk)
        self.unaccepted = Unaccepted(desk, scheduler)
        self.orphans = Orphans(desk)
        self.callbacks = Callbacks(desk, contacts)
        self._stirred = asyncio.Event()
        self._presence: dict[str, dict[str, Any]] = {}
        self._swept = float("-inf")

    def stir(self) -> None:
        """Run a round now: somebody's presence has changed."""
        self._stirred.set()

    async def run(self, gateway: Gateway) -> None:
        """Assign until cancelled."""
        listening = asyncio.create_task(self._listen(gateway.hub))
        try:
            while True:
                await self._round(gateway)
                await asyncio.sleep(LEAST)
                await _within(self._stirred, PAUSE)
        finally:
            listening.cancel()

    async def heard(self, gateway: Gateway, message: Message) -> bool:
        """Answer a waiting customer's message if it is about where to reach them."""
        change = await gateway.io(self.callbacks.heard, message)
        if change is not None:
            tell(gateway, change)
        return change is not None

    async def _listen(self, hub: Hub) -> None:
        with hub.watch(DESK) as watcher:
            while True:
                event = await watcher.next()
                if event["type"] == "ticket" or watcher.lagging:
                    watcher.lagging = False
                    self._stirred.set()

    async def _round(self, gateway: Gateway) -> None:
        self._stirred.clear()
        await self._look(gateway, self.unaccepted.plan)
        await self._look(gateway, self.assignment.round)
        if time.monotonic() - self._swept >= SWEEP:
            self._swept = time.monotonic()
            await self._look(gateway, self.orphans.sweep)
        await self._look(gateway, self.availability.everybody)

    async def _look(self, gateway: Gateway, look: Callable[[], Any]) -> None:
        """Do one part of a round and tell what came of it; whatever fails, the next part runs."""
        try:
            found = await gateway.io(look)
        except Exception as error:
            logger.error("%s failed", look.__qualname__, exc_info=error)
            return
        if isinstance(found, dict):
            self._tell_presence(gateway.hub, found)
        for each in found if isinstance(found, list) else ():
            told(gateway, each)

    def _tell_presence(self, hub: Hub, now: dict[str, dict[str, Any]]) -> None:
        for username, state in now.items():
            if self._presence.get(username) != state:
                spread(hub, {"type": "presence", "agent": username, **state})
        self._presence = now


def told(gateway: Gateway, what: Outcome | Change) -> None:
    """Tell customers and consoles what changed at the desk, and show the consoles its frames."""
    if isinstance(what, Change):
        tell(gateway, what)
        return
    for change in what.changes:
        tell(gateway, change)
    for frame in what.frames:
        to = (frame.to,) if frame.to else None
        roles = frame.roles or None
        spread(gateway.hub, frame.data, team=frame.team, to=to, roles=roles)


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return
