"""Who has which case open in a console, so that two agents do not answer at once.

Nothing is stored: it is true only while the consoles are open. Whoever has a case open is told who
else does, by a frame ``{"type": "viewing", "ref", "agents": [{username, name, typing}]}``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import DeskError
from bot.handoff.records import Agent
from bot.web.console_feed import spread

if TYPE_CHECKING:
    from bot.web.gateway import Gateway


@dataclass(frozen=True)
class _Look:
    """What one console shows: whose it is, the case, whether they write there."""

    agent: Agent
    ref: str
    typing: bool


class Viewing:
    """Keeps note of what every console shows.

    Args:
        gateway: The parts to work with.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._looks: dict[object, _Look] = {}
        self._lock = asyncio.Lock()

    async def show(self, console: object, agent: Agent, ref: str | None, typing: bool) -> None:
        """Take note that a console shows a case, or none; a case of others' counts as none."""
        async with self._lock:
            before = self._looks.pop(console, None)
            if ref is not None and (await self._sees(agent, ref)):
                self._looks[console] = _Look(agent, ref, typing)
            now = self._looks.get(console)
            for changed in {look.ref for look in (before, now) if look is not None}:
                if before != now:
                    self._tell(changed)

    def gone(self, console: object) -> None:
        """Forget a console that was closed; nothing of it may be under way any more."""
        look = self._looks.pop(console, None)
        if look is not None:
            self._tell(look.ref)

    def agents(self, ref: str) -> list[dict[str, Any]]:
        """Return who has a case open, each once: {username, name, typing}."""
        found: dict[str, dict[str, Any]] = {}
        for look in self._looks.values():
            if look.ref != ref:
                continue
            agent = look.agent
            row = {"username": agent.username, "name": agent.name, "typing": look.typing}
            known = found.setdefault(agent.username, row)
            known["typing"] = known["typing"] or look.typing
        return sorted(found.values(), key=lambda row: row["username"])

    def _tell(self, ref: str) -> None:
        there = self.agents(ref)
        frame = {"type": "viewing", "ref": ref, "agents": there}
        spread(self._gateway.hub, frame, to={row["username"] for row in there})

    async def _sees(self, agent: Agent, ref: str) -> bool:
        def look() -> bool:
            desk = self._gateway.desk
            with desk.store.database.read() as connection:
                desk.visible(connection, ref, agent)
            return True

        try:
            return await self._gateway.io(look)
        except DeskError:
            return False
