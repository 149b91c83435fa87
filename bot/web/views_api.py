"""The agents' API of their own views of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, queue_wire, wire
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/views"
ONE = PATH + "/{id}"


async def listing(request: Request) -> Response:
    """List the agent's views."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    return wire.answer({"views": await gateway.io(gateway.saved_views.listing, agent)})


async def save(request: Request) -> Response:
    """Keep filters under a name."""
    agent = await auth.authenticated(request, auth.WRITE)
    wish = await wire.body(request, queue_wire.ViewIn)
    gateway: Gateway = request.app.state.gateway
    kept = await gateway.io(gateway.saved_views.save, agent, wish.name, wish.query)
    return wire.answer(kept)


async def delete(request: Request) -> Response:
    """Forget a view."""
    agent = await auth.authenticated(request, auth.WRITE)
    number = request.path_params["id"]
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem(404, "not_found")
    gateway: Gateway = request.app.state.gateway
    await gateway.io(gateway.saved_views.delete, agent, int(number))
    return Response(status_code=204)


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(PATH, save, methods=["POST"]),
    Route(ONE, delete, methods=["DELETE"]),
]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "The agent's own views of the queue",
        answer=queue_wire.ViewsOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
    Operation(
        "POST",
        PATH,
        "Keep filters under a name; the same name again changes them",
        body=queue_wire.ViewIn,
        answer=queue_wire.ViewOut,
        statuses=(200, 400, 401, 403, 413),
        security="agent",
    ),
    Operation(
        "DELETE",
        ONE,
        "Forget a view",
        statuses=(204, 401, 403, 404),
        security="agent",
    ),
)
