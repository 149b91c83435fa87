"""The customer's socket: the same as the HTTP API, with typing and live messages.

The first frame proves who it is and says what it has; from then on the socket sends what is new.
It reads new messages from the store, by its own cursor, so none is missed and none comes twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.handoff.records import Conversation
from bot.web import wire
from bot.web.customers import PATH
from bot.web.hub import Watcher
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

HELLO_SECONDS = 10.0
"""Seconds a new socket has to say who it is."""
REFUSED = 4401
"""Close code: the first frame did not hold."""
COME_BACK = 1013
"""Close code: too far behind, connect again."""

_frames = msgspec.json.Decoder(wire.Frame)


class Socket:
    """One tab of a customer.

    Args:
        websocket: Accepted already.
        gateway: The parts to work with.
        conversation: The one its token opens.
        watcher: Wakes this socket.
        after: Id of the last message it has.
    """

    def __init__(
        self,
        websocket: WebSocket,
        gateway: Gateway,
        conversation: Conversation,
        watcher: Watcher,
        after: int,
    ) -> None:
        self._websocket = websocket
        self._gateway = gateway
        self._conversation = conversation
        self._watcher = watcher
        self._cursor = after
        self._acknowledged: set[int] = set()

    async def ready(self) -> None:
        """Send where the conversation stands and what this tab has missed."""
        missed = await self._missed()
        view = await self._gateway.chat.view(self._conversation.id)
        frame = msgspec.to_builtins(view)
        await self.send({"type": "ready", **frame, "messages": missed})

    async def listen(self) -> None:
        """Take the customer's frames until the socket closes."""
        while True:
            text = await self._websocket.receive_text()
            await self._take(text)

    async def speak(self) -> None:
        """Send what is new until the socket closes."""
        while True:
            event = await self._watcher.next()
            if self._watcher.lagging:
                await self._websocket.close(COME_BACK)
                return
            await self._tell(event)

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        await self._websocket.send_text(msgspec.json.encode(frame).decode())

    async def _tell(self, event: dict[str, Any]) -> None:
        if event["type"] == "news":
            for message in await self._missed():
                if message.id not in self._acknowledged:
                    await self.send({"type": "message", "message": message})
                self._acknowledged.discard(message.id)
        elif event["type"] == "changed":
            view = await self._gateway.chat.view(self._conversation.id)
            await self.send({"type": "conversation", "conversation": view})
        else:
            await self.send(event)

    async def _missed(self) -> list[wire.MessageOut]:
        messages = await self._gateway.chat.messages(self._conversation.id, self._cursor)
        if messages:
            self._cursor = messages[-1].id
        return messages

    async def _take(self, text: str) -> None:
        client_id: str | None = None
        try:
            frame = _frames.decode(text)
            client_id = getattr(frame, "client_id", None)
            await self._do(frame)
        except (msgspec.DecodeError, RecursionError):
            await self._refuse(Problem(400, "bad_request"), client_id)
        except Problem as problem:
            await self._refuse(problem, client_id)

    async def _do(self, frame: wire.Frame) -> None:
        chat = self._gateway.chat
        if isinstance(frame, wire.Send):
            conversation = await self._gateway.io(
                self._gateway.store.conversation, self._conversation.id
            )
            posted = await chat.post(conversation, frame)
            message = wire.message(posted.message)
            if message.id > self._cursor:
                self._acknowledged.add(message.id)
            await self.send({"type": "ack", "client_id": frame.client_id, "message": message})
        elif isinstance(frame, wire.Typing):
            chat.typing(self._conversation.id, frame.on)
        elif isinstance(frame, wire.AskPerson):
            await chat.person(self._conversation)
        elif isinstance(frame, wire.Seen):
            self._gateway.hub.look(self._conversation.id, self._watcher, frame.on)
        elif isinstance(frame, wire.Ping):
            await self.send({"type": "pong"})

    async def _refuse(self, problem: Problem, client_id: str | None) -> None:
        text = self._gateway.notices.text(
            problem.key,
            language=problem.language or self._conversation.language,
            facts=problem.facts,
        )
        frame = {"type": "error", "code": problem.code, "text": text}
        await self.send({**frame, "client_id": client_id} if client_id else frame)


async def socket(websocket: WebSocket) -> None:
    """Serve one socket. Its origin was checked before (:mod:`bot.web.origins`)."""
    gateway: Gateway = websocket.app.state.gateway
    await websocket.accept()
    try:
        hello, conversation = await _greeted(websocket, gateway)
        with gateway.hub.watch(conversation.id, looking=hello.seen) as watcher:
            tab = Socket(websocket, gateway, conversation, watcher, hello.after)
            await tab.ready()
            await _until_one_ends(tab.listen, tab.speak)
    except WebSocketDisconnect:
        return  # the tab went away
    except Problem as problem:
        await _close(websocket, gateway, problem)


async def _greeted(websocket: WebSocket, gateway: Gateway) -> tuple[wire.Hello, Conversation]:
    """Wait for the first frame and check it.

    Raises:
        Problem: it is late, something else, or its token does not open this conversation.
    """
    try:
        text = await asyncio.wait_for(websocket.receive_text(), HELLO_SECONDS)
        hello = _frames.decode(text)
    except (asyncio.TimeoutError, msgspec.DecodeError, RecursionError) as error:
        raise Problem(401, "token") from error
    if not isinstance(hello, wire.Hello):
        raise Problem(401, "token")
    name = websocket.path_params["conversation"]
    return hello, await gateway.chat.conversation(name, hello.token)


async def _close(websocket: WebSocket, gateway: Gateway, problem: Problem) -> None:
    text = gateway.notices.text(problem.key, language=problem.language or "es")
    frame = {"type": "error", "code": problem.code, "text": text}
    await websocket.send_text(msgspec.json.encode(frame).decode())
    await websocket.close(REFUSED)


async def _until_one_ends(*works: Callable[[], Awaitable[None]]) -> None:
    """Run several functions until the first one ends or the customer goes; stop the others."""
    async with anyio.create_task_group() as group:

        async def run(work: Callable[[], Awaitable[None]]) -> None:
            with contextlib.suppress(WebSocketDisconnect):
                await work()
            group.cancel_scope.cancel()

        for work in works:
            group.start_soon(run, work)


routes = [WebSocketRoute(PATH + "/{conversation}/socket", socket)]
