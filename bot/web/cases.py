"""The agents' API of cases opened by hand, and of what is known of a customer beyond one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, teamwork_wire, ticket_wire, tickets, wire
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

CUSTOMER = "/api/v1/customers/{id}"
BOT_CHAT = "/api/v1/bot-chats/{conversation}"


async def open_case(request: Request) -> Response:
    """Open a case by hand, from any text."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, teamwork_wire.CaseIn)
    change = await gateway.io(
        gateway.cases.open,
        agent,
        wish.text,
        channel=wish.channel,
        team=wish.team,
        email=wish.customer_email,
        name=wish.customer_name,
        phone=wish.customer_phone,
        issue=wish.issue,
        language=wish.language,
        client_id=wish.client_id,
    )
    return await tickets.changed(request, change, agent)


async def bot_chat(request: Request) -> Response:
    """Show a chat that the bot has, before somebody takes it; the look is kept."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    conversation = request.path_params["conversation"]
    return wire.answer(await gateway.io(gateway.cases.bot_chat, conversation, agent))


async def profile(request: Request) -> Response:
    """Show what agents know of a customer; the look is kept."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    return wire.answer(await gateway.io(gateway.profiles.profile, request.path_params["id"], agent))


async def write_profile(request: Request) -> Response:
    """Write what agents know of a customer."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, teamwork_wire.ProfileIn)
    written = await gateway.io(
        gateway.profiles.write, request.path_params["id"], agent, wish.text, wish.needs
    )
    return wire.answer(written)


async def history(request: Request) -> Response:
    """Show a customer's cases and chats; the look is kept."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    return wire.answer(await gateway.io(gateway.profiles.history, request.path_params["id"], agent))


routes = [
    Route(tickets.PATH, open_case, methods=["POST"]),
    Route(BOT_CHAT, bot_chat, methods=["GET"]),
    Route(CUSTOMER + "/profile", profile, methods=["GET"]),
    Route(CUSTOMER + "/profile", write_profile, methods=["PUT"]),
    Route(CUSTOMER + "/history", history, methods=["GET"]),
]

_LOOKS = (200, 401, 403, 404)

OPERATIONS = (
    Operation(
        "POST",
        tickets.PATH,
        "Open a case by hand; without a team the agent has it at once",
        body=teamwork_wire.CaseIn,
        answer=ticket_wire.ChangeOut,
        statuses=(200, 400, 401, 403, 413),
        security="agent",
    ),
    Operation(
        "GET",
        BOT_CHAT,
        "A chat that the bot has, to read before taking it; the look is kept",
        answer=teamwork_wire.BotChatTextOut,
        statuses=(*_LOOKS, 409),
        security="agent",
    ),
    Operation(
        "GET",
        CUSTOMER + "/profile",
        "What agents know of a customer; the look is kept",
        answer=teamwork_wire.ProfileOut,
        statuses=_LOOKS,
        security="agent",
    ),
    Operation(
        "PUT",
        CUSTOMER + "/profile",
        "Write what agents know of a customer, and what they declared to need",
        body=teamwork_wire.ProfileIn,
        answer=teamwork_wire.ProfileOut,
        statuses=(*_LOOKS, 400, 413),
        security="agent",
    ),
    Operation(
        "GET",
        CUSTOMER + "/history",
        "A customer's cases and chats, of every team; the look is kept",
        answer=teamwork_wire.CustomerHistoryOut,
        statuses=_LOOKS,
        security="agent",
    ),
)
