"""The customers' API over HTTP: requests in, :class:`bot.web.chat.Chat` asked, answers out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff.records import Conversation
from bot.web import wire
from bot.web.chat import Chat
from bot.web.limits import address
from bot.web.notices import preferred_language
from bot.web.problems import Problem, unfit

PATH = "/api/v1/conversations"
HIDDEN = "X-Remanso-Hidden"
"""A page in the background sends this header with what it asks: nobody reads the answer."""


async def begin(request: Request) -> Response:
    """Begin a conversation."""
    gateway = request.app.state.gateway
    wait = gateway.limits.conversations.wait(address(request, gateway.settings))
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        raise Problem(429, "too_fast", key="utter_notice_too_fast", headers=headers)
    wish = await wire.body(request, wire.NewConversation)
    language = wish.language or preferred_language(request.headers.get("accept-language", ""))
    chat: Chat = gateway.chat
    origin = request.headers.get("origin")
    return wire.answer(await chat.begin(wish, language=language, origin=origin), 201)


async def show(request: Request) -> Response:
    """Tell where a conversation stands."""
    chat, conversation = await opened(request)
    return wire.answer(await chat.view(conversation.id))


async def post(request: Request) -> Response:
    """Store a message and, unless ``wait=0``, wait for the bot's replies."""
    chat, conversation = await opened(request)
    posted = await chat.post(conversation, await wire.body(request, wire.NewMessage))
    wait = request.query_params.get("wait", "1") != "0"
    replies = await chat.replies(posted) if wait else []
    body = wire.PostedOut(
        message=wire.message(posted.message),
        turn=posted.message.turn,
        replies=replies,
        conversation=await chat.view(conversation.id),
    )
    return wire.answer(body, 200 if wait else 202)


async def messages(request: Request) -> Response:
    """List the messages after one."""
    chat, conversation = await opened(request)
    after = request.query_params.get("after", "0")
    if not after.isdecimal() or len(after) > 18:
        raise unfit("after", "The id of a message, a number.")
    body = wire.MessagesOut(
        messages=await chat.messages(conversation.id, int(after)),
        conversation=await chat.view(conversation.id),
    )
    return wire.answer(body)


async def person(request: Request) -> Response:
    """Ask for a person."""
    chat, conversation = await opened(request)
    return wire.answer(await chat.person(conversation))


async def identify(request: Request) -> Response:
    """Prove who the customer is."""
    chat, conversation = await opened(request)
    await chat.identify(conversation, (await wire.body(request, wire.IdentityIn)).token)
    return wire.answer(await chat.view(conversation.id))


async def opened(request: Request) -> tuple[Chat, Conversation]:
    """Return the conversation that a request's token opens, and what can be done in it."""
    gateway = request.app.state.gateway
    chat: Chat = gateway.chat
    conversation = await chat.conversation(request.path_params["conversation"], bearer(request))
    if request.headers.get(HIDDEN) is None:
        gateway.reaching.sightings.asked(conversation.id)
    return chat, conversation


def bearer(request: Request) -> str:
    """Return the token that a request carries; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


routes = [
    Route(PATH, begin, methods=["POST"]),
    Route(PATH + "/{conversation}", show, methods=["GET"]),
    Route(PATH + "/{conversation}/messages", messages, methods=["GET"]),
    Route(PATH + "/{conversation}/messages", post, methods=["POST"]),
    Route(PATH + "/{conversation}/person", person, methods=["POST"]),
    Route(PATH + "/{conversation}/identity", identify, methods=["POST"]),
]
