"""The agents' API of follow-ups: in person or by survey, at a time the agent chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff.instants import instant
from bot.web import auth, ticket_wire, tickets, wire
from bot.web.openapi import Operation
from bot.web.tickets import ONE

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

FOLLOW_UP = ONE + "/follow-up"
NONE = "none"
"""The way that is no follow-up."""


class FollowUpIn(msgspec.Struct):
    """When (ISO 8601) and how: ``person`` reminds the agent, ``survey`` asks the customer then.

    ``none``, without a time, takes back the one in person.
    """

    at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    how: Annotated[str, msgspec.Meta(max_length=20)] = "person"


async def plan(request: Request) -> Response:
    """Plan the follow-up of a case, or take it back."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, FollowUpIn)
    follow_ups = gateway.clockwork.follow_ups
    if wish.how == NONE:
        return await tickets.change(request, follow_ups.cancel, agent)
    when = instant(wish.at, gateway.desk.rules.zone)
    return await tickets.change(request, follow_ups.plan, agent, when, wish.how)


routes = [Route(FOLLOW_UP, plan, methods=["POST"])]

OPERATIONS = (
    Operation(
        "POST",
        FOLLOW_UP,
        "Plan when and how a customer is asked whether all is well",
        body=FollowUpIn,
        answer=ticket_wire.ChangeOut,
        statuses=(200, 400, 401, 403, 404, 409, 413),
        security="agent",
    ),
)
