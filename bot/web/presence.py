"""The agents' API of presence and offers: online, busy or away; ready again; accept or decline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, ticket_wire, wire
from bot.web.openapi import Operation
from bot.web.tickets import ONE, change

if TYPE_CHECKING:
    from bot.web.assigning import Assigning
    from bot.web.gateway import Gateway

PATH = "/api/v1/presence"


class PresenceIn(msgspec.Struct):
    """What the agent wants to be."""

    presence: Literal["online", "busy", "away"]


class PresenceOut(msgspec.Struct):
    """What the agent is now, and chose to be.

    ``busy`` also means as many chats as ``capacity``; ``offline`` means no open console. Nothing
    new comes before ``wrap_up_until``, and nothing heated before ``cool_until``.
    """

    presence: Literal["online", "busy", "away", "wrap_up", "offline"]
    chosen: Literal["online", "busy", "away"]
    wrap_up_until: str | None
    cool_until: str | None
    load: int
    capacity: int


async def show(request: Request) -> Response:
    """Tell what the agent is now."""
    agent = await auth.authenticated(request, auth.READ)
    gateway = _gateway(request)
    return wire.answer(await gateway.io(_parts(request).availability.of, agent))


async def choose(request: Request) -> Response:
    """Be online, busy or away."""
    agent = await auth.authenticated(request, auth.WRITE)
    wish = await wire.body(request, PresenceIn)
    parts = _parts(request)
    now = await _gateway(request).io(parts.availability.choose, agent, wish.presence)
    parts.stir()
    return wire.answer(now)


async def ready(request: Request) -> Response:
    """End a wrap-up."""
    agent = await auth.authenticated(request, auth.WRITE)
    parts = _parts(request)
    now = await _gateway(request).io(parts.availability.ready, agent)
    parts.stir()
    return wire.answer(now)


async def accept(request: Request) -> Response:
    """Take an offered ticket."""
    agent = await auth.authenticated(request, auth.WRITE)
    return await change(request, _parts(request).assignment.accept, agent)


async def decline(request: Request) -> Response:
    """Let an offered ticket pass."""
    agent = await auth.authenticated(request, auth.WRITE)
    return await change(request, _parts(request).assignment.decline, agent)


def _gateway(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def _parts(request: Request) -> Assigning:
    return _gateway(request).assigning


routes = [
    Route(PATH, show, methods=["GET"]),
    Route(PATH, choose, methods=["PUT"]),
    Route(PATH + "/ready", ready, methods=["POST"]),
    Route(ONE + "/accept", accept, methods=["POST"]),
    Route(ONE + "/decline", decline, methods=["POST"]),
]


def _operation(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, summary, security="agent", **more)


_ERRORS = (200, 401, 403, 404, 409)

OPERATIONS = (
    _operation(
        "GET", PATH, "What the agent is now", answer=PresenceOut, statuses=(200, 401, 403, 409)
    ),
    _operation(
        "PUT",
        PATH,
        "Be online, busy or away",
        body=PresenceIn,
        answer=PresenceOut,
        statuses=(200, 400, 401, 403, 409, 413),
    ),
    _operation(
        "POST",
        PATH + "/ready",
        "End the wrap-up after a heated chat",
        answer=PresenceOut,
        statuses=(200, 401, 403, 409),
    ),
    _operation(
        "POST",
        ONE + "/accept",
        "Take a ticket that was offered to the agent",
        answer=ticket_wire.ChangeOut,
        statuses=_ERRORS,
    ),
    _operation(
        "POST",
        ONE + "/decline",
        "Let a ticket pass that was offered; the next agent is asked",
        answer=ticket_wire.ChangeOut,
        statuses=_ERRORS,
    ),
)
