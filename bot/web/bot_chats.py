"""The agents' API of chats that the bot has: which ones are live, and taking one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, ticket_wire, tickets, wire
from bot.web.customers import PATH
from bot.web.openapi import Operation
from bot.web.problems import unfit

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

TAKE = PATH + "/{conversation}/takeover"


async def listing(request: Request) -> Response:
    """List the live chats of the bot that an agent may take."""
    agent = await auth.authenticated(request, auth.READ)
    if request.query_params.get("owner") != "bot":
        raise unfit("owner", "Accepted: bot.", "bot")
    gateway: Gateway = request.app.state.gateway
    chats = await gateway.io(gateway.desk.bot_chats, agent)
    shown = [chat["conversation"] for chat in chats]
    await gateway.io(gateway.looks.note, agent, "bot_chats", shown)
    return wire.answer({"conversations": chats})


async def take(request: Request) -> Response:
    """Take a chat from the bot."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    conversation = request.path_params["conversation"]
    change = await gateway.io(gateway.desk.take_over, conversation, agent)
    return await tickets.changed(request, change, agent)


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(TAKE, take, methods=["POST"]),
]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Live chats of the bot that the agent may take",
        answer=ticket_wire.BotChatsOut,
        statuses=(200, 400, 401, 403),
        query={"owner": "bot, and nothing else"},
        security="agent",
    ),
    Operation(
        "POST",
        TAKE,
        "Take a chat from the bot: a ticket that is the agent's already",
        answer=ticket_wire.ChangeOut,
        statuses=(200, 401, 403, 404, 409),
        security="agent",
    ),
)
