"""The end of a conversation on the customer's wish, and how they say they were served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import wire
from bot.web.customers import PATH, opened
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

END = PATH + "/{conversation}/end"


async def end(request: Request) -> Response:
    """End a conversation; an open case stays with the team."""
    chat, conversation = await opened(request)
    gateway: Gateway = request.app.state.gateway
    ticket, told = await gateway.io(gateway.leaving.leave, conversation.id)
    if told is not None:
        gateway.hub.messages(conversation.id, [told])
        gateway.hub.changed(conversation.id)
    if ticket is not None:
        gateway.hub.ticket(ticket.ref)
    return wire.answer(await chat.view(conversation.id))


routes = [Route(END, end, methods=["POST"])]

OPERATIONS = (
    Operation(
        "POST",
        END,
        "End the conversation; an open case stays with the team",
        answer=wire.ConversationOut,
        statuses=(200, 401, 404),
        security="conversation",
        tag="customers",
    ),
)
