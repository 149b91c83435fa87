"""The console's socket: the queue and the chats of an agent, live.

Who has a console open is there; whose last one closes has ``agent_grace`` seconds to come back
before the chats return to the queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.handoff.records import Agent
from bot.web import ticket_wire
from bot.web.auth import Session, session_of
from bot.web.console_feed import TOPIC, Feed, hears
from bot.web.hub import Watcher
from bot.web.notices import preferred_language
from bot.web.origins import same_origin

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PATH = "/console/live"
LOGGED_OUT = 4401
"""Close code: log in again."""
COME_BACK = 1013
"""Close code: too far behind, connect again."""
FOREIGN = 4403
"""Close code: the page is another site's."""
RECHECK = 20.0
"""Seconds between two looks at whether the login still holds."""

_frames = msgspec.json.Decoder(ticket_wire.Frame)


class Presence:
    """Counts each agent's open consoles and tells the desk who comes and goes, in order."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._consoles: Counter[str] = Counter()
        self._there: set[str] = set()
        self._lock = asyncio.Lock()

    async def opened(self, agent: Agent) -> None:
        """Take note of one more console."""
        self._consoles[agent.username] += 1
        await self._settle(agent)

    async def closed(self, agent: Agent) -> None:
        """Take note of one console less."""
        self._consoles[agent.username] -= 1
        await self._settle(agent)

    async def _settle(self, agent: Agent) -> None:
        async with self._lock:
            there = self._consoles[agent.username] > 0
            if there == (agent.username in self._there):
                return
            desk = self._gateway.desk
            changed = await self._gateway.io(desk.agent_back if there else desk.agent_lost, agent)
            (self._there.add if there else self._there.discard)(agent.username)
            self._gateway.assigning.stir()
            for ticket in changed:
                self._gateway.hub.ticket(ticket.ref)


class Console:
    """One open console.

    Args:
        websocket: Accepted already.
        gateway: The parts to work with.
        feed: What happens at the desk.
        session: The login it came with.
        watcher: Of the feed.
    """

    def __init__(
        self,
        websocket: WebSocket,
        gateway: Gateway,
        feed: Feed,
        session: Session,
        watcher: Watcher,
    ) -> None:
        self._websocket = websocket
        self._gateway = gateway
        self._feed = feed
        self._agent = session.agent
        self._watcher = watcher
        self._shown: set[str] = set()  # cases shown since the last note
        self._language = preferred_language(websocket.headers.get("accept-language", ""))

    async def speak(self) -> None:
        """Send what happens until the socket closes or the login ends."""
        await self._send({"type": "ready", "agent": self._agent.as_dict()})
        offers = self._gateway.assigning.assignment.offers
        for frame in await self._gateway.io(offers, self._agent):
            await self._send(frame)
        while True:
            event = await self._watcher.next()
            if self._watcher.lagging:
                await self._websocket.close(COME_BACK)
                return
            if hears(self._agent, event):
                await self._send(self._worded(event["frame"]))

    async def watch_login(self) -> None:
        """Close the socket when its login has ended."""
        while True:
            await asyncio.sleep(RECHECK)
            session = await session_of(self._websocket)
            if session is None or session.incomplete:
                await self._websocket.close(LOGGED_OUT)
                return
            self._agent = session.agent  # teams may have changed
            await self.note_shown()

    async def note_shown(self) -> None:
        """Keep which cases came to the agent's queue without being asked for."""
        shown, self._shown = self._shown, set()
        if shown:
            await self._gateway.io(self._gateway.looks.note, self._agent, "live", sorted(shown))

    async def listen(self) -> None:
        """Take the agent's frames until the socket closes."""
        while True:
            try:
                frame = _frames.decode(await self._websocket.receive_text())
            except (msgspec.DecodeError, RecursionError):
                continue
            if isinstance(frame, ticket_wire.Ping):
                await self._send({"type": "pong"})
            elif isinstance(frame, ticket_wire.Viewing):
                await session_of(self._websocket, working=True)
                viewing = self._gateway.viewing
                await viewing.show(self, self._agent, frame.ref, frame.typing)
            else:
                self._typing(frame)

    def _typing(self, frame: ticket_wire.Typing) -> None:
        ticket = self._feed.owned(frame.ref, self._agent.username)
        if ticket is not None:
            name = self._agent.name
            self._gateway.hub.typing(ticket.conversation, "agent", frame.on, name=name)

    def _worded(self, frame: dict[str, Any]) -> dict[str, Any]:
        if frame["type"] != "ticket":
            return frame
        row = frame["ticket"]
        self._shown.add(row["ref"])
        rules = self._gateway.desk.rules
        reason = rules.label("reasons", row["reason_code"], self._language)
        mine = {"reason": reason, "mentioned": self._agent.username in frame.get("unread", ())}
        return {"type": "ticket", "ticket": {**row, **mine}, "by": frame["by"]}

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._websocket.send_text(msgspec.json.encode(frame).decode())


async def live(websocket: WebSocket) -> None:
    """Serve one console."""
    state = websocket.app.state
    gateway: Gateway = state.gateway
    session = await session_of(websocket)
    foreign = not same_origin(websocket.scope)
    await websocket.accept()
    if foreign or session is None or session.incomplete:
        await websocket.close(FOREIGN if foreign else LOGGED_OUT)
        return
    presence, feed = _parts(gateway)
    with gateway.hub.watch(TOPIC) as watcher:
        console = Console(websocket, gateway, feed, session, watcher)
        try:
            await presence.opened(session.agent)
            await _first_of(console.speak(), console.listen(), console.watch_login())
        finally:
            gateway.viewing.gone(console)
            await asyncio.shield(presence.closed(session.agent))
            await asyncio.shield(console.note_shown())


async def _first_of(*works: Any) -> None:
    """Run several until one ends; a closed socket is an end like any other."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            known = (WebSocketDisconnect, asyncio.CancelledError, RuntimeError)
            if isinstance(outcome, Exception) and not isinstance(outcome, known):
                logger.error("a console failed", exc_info=outcome)


_running: dict[int, tuple[Presence, Feed]] = {}


def _parts(gateway: Gateway) -> tuple[Presence, Feed]:
    return _running[id(gateway)]


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[None]:
    """Serve consoles for as long as the block runs; the gateway's lifespan does it."""
    feed = Feed(gateway)
    _running[id(gateway)] = Presence(gateway), feed
    for ticket in await gateway.io(gateway.desk.all_lost):
        gateway.hub.ticket(ticket.ref)
    assigning = gateway.assigning.run(gateway)
    clockwork = gateway.clockwork.run(gateway)
    works = (feed.run(), feed.tell_waiting(), clockwork, assigning)
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        pending = set(tasks)
        while pending:  # Python 3.10's wait_for may swallow a cancellation: ask again
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.5)
        del _running[id(gateway)]


routes = [WebSocketRoute(PATH, live)]
