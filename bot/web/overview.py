"""The supervisors' API: what goes on at the desk, at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, queue_wire, wire
from bot.web.notices import preferred_language
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/overview"


async def show(request: Request) -> Response:
    """Tell what goes on in every team; supervisors only."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    language = preferred_language(request.headers.get("accept-language", ""))
    found = await gateway.io(gateway.overview.look, agent, language=language)
    listed = [*found["missed"]["tickets"], *found["unaccepted"]["tickets"]]
    await gateway.io(gateway.looks.note, agent, "overview", [row["ref"] for row in listed])
    return wire.answer(found)


routes = [Route(PATH, show, methods=["GET"])]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Every team and agent now, missed deadlines and cases that nobody took; supervisors only",
        answer=queue_wire.OverviewOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
)
