"""Files over HTTP: the raw content is the body, its name is in the query.

A file is only given to who may read its conversation. It always comes as a download; pictures may
be shown in the page (``?inline=1``), where a sandbox keeps them from running anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.errors import DeskError
from bot.handoff.attachments import size_text
from bot.handoff.filetypes import IMAGES
from bot.handoff.presence import actor
from bot.handoff.store.files import Attachment
from bot.web import auth, cases, customers, tickets, wire
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

_CHAT = customers.PATH + "/{conversation}/attachments"
_CASE = tickets.ONE + "/attachments"
_BOTS = cases.BOT_CHAT + "/attachments"
_SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
NAME = 300
"""Characters of a name that are looked at."""


class AttachmentIn(msgspec.Struct):
    """An upload; its id goes with the message that is sent next."""

    id: str
    name: str
    type: str
    size: int
    url: str


async def upload(request: Request) -> Response:
    """Take a file of the customer's."""
    _, conversation = await customers.opened(request)
    gateway: Gateway = request.app.state.gateway
    language = conversation.language
    if wait := gateway.limits.messages.wait(conversation.id):
        headers = {"Retry-After": str(int(wait) + 1)}
        key = "utter_notice_too_fast"
        raise Problem(429, "too_fast", key=key, language=language, headers=headers)
    made = await _keep(request, conversation.id, "customer", language)
    return _answer(made, _CHAT.format(conversation=conversation.id))


async def download(request: Request) -> Response:
    """Give the customer a file of their conversation."""
    _, conversation = await customers.opened(request)
    return await _give(request, conversation.id)


async def upload_for_agent(request: Request) -> Response:
    """Take a file of an agent's, for the customer of a ticket they may see."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    ticket = await gateway.io(gateway.attachments.case, request.path_params["ref"], agent)
    made = await _keep(request, ticket.conversation, actor(agent), None)
    gateway.hub.ticket(ticket.ref)
    return _answer(made, _CASE.format(ref=ticket.ref))


async def download_for_agent(request: Request) -> Response:
    """Give an agent a file of a ticket they may see; that it was read is logged."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    number = request.path_params["attachment"]
    ref = request.path_params["ref"]
    ticket = await gateway.io(gateway.attachments.case, ref, agent, read=number)
    return await _give(request, ticket.conversation, number)


async def download_before(request: Request) -> Response:
    """Give an agent a file of a chat that the bot has; the look is kept."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    conversation = request.path_params["conversation"]
    await gateway.io(gateway.cases.look, conversation, agent)
    return await _give(request, conversation)


async def _keep(
    request: Request, conversation: str, author: str, language: str | None
) -> Attachment:
    gateway: Gateway = request.app.state.gateway
    content = await _body(request, gateway.attachments.limit, language)
    name = request.query_params.get("name", "")[:NAME]
    try:
        return await gateway.io(gateway.attachments.keep, conversation, author, name, content)
    except DeskError as error:
        if not error.code:
            raise
        status = {"attachment_size": 413, "attachment_many": 409}.get(error.code, 400)
        raise Problem(status, error.code, language=language, **error.facts) from error


async def _body(request: Request, limit: int, language: str | None) -> bytes:
    """Read a body, giving up as soon as it is too long.

    Raises:
        Problem: 413, it is longer than ``limit`` bytes.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise Problem(413, "attachment_size", language=language, limit=size_text(limit))
    return bytes(content)


def _answer(made: Attachment, base: str) -> Response:
    return wire.answer(AttachmentIn(**made.as_dict(), url=f"{base}/{made.id}"), 201)


async def _give(request: Request, conversation: str, number: str = "") -> Response:
    gateway: Gateway = request.app.state.gateway
    wanted = number or request.path_params["attachment"]
    found, path = await gateway.io(gateway.attachments.get, wanted, conversation)
    inline = request.query_params.get("inline") == "1" and found.type in IMAGES
    return served(found, path, inline=inline)


def served(found: Attachment, path: Path, *, inline: bool) -> Response:
    """Return the answer that gives a file, so that no browser runs it."""
    how = "inline" if inline else "attachment"
    kind = "text/plain; charset=utf-8" if found.type == "text/plain" else found.type
    disposition = f"{how}; filename*=UTF-8''{quote(found.name)}"
    return FileResponse(
        path, media_type=kind, headers={**_SAFE, "Content-Disposition": disposition}
    )


routes = [
    Route(_CHAT, upload, methods=["POST"]),
    Route(_CHAT + "/{attachment}", download, methods=["GET"]),
    Route(_CASE, upload_for_agent, methods=["POST"]),
    Route(_CASE + "/{attachment}", download_for_agent, methods=["GET"]),
    Route(_BOTS + "/{attachment}", download_before, methods=["GET"]),
]

_REFUSALS = (400, 401, 404, 409, 413, 429)
_BODY = "The file's content is the body; at most REMANSO_ATTACHMENT_BYTES"

OPERATIONS = (
    Operation(
        "POST",
        _CHAT,
        f"Upload a file, to send it with a message. {_BODY}",
        answer=AttachmentIn,
        statuses=(201, *_REFUSALS),
        query={"name": "What the file is called"},
        security="conversation",
        tag="customers",
    ),
    Operation(
        "GET",
        _CHAT + "/{attachment}",
        "A file of the conversation",
        statuses=(200, 401, 404),
        query={"inline": "1 shows a picture instead of downloading it"},
        security="conversation",
        tag="customers",
    ),
    Operation(
        "POST",
        _CASE,
        f"Upload a file for the customer of a ticket. {_BODY}",
        answer=AttachmentIn,
        statuses=(201, 400, 401, 403, 404, 409, 413),
        query={"name": "What the file is called"},
        security="agent",
    ),
    Operation(
        "GET",
        _CASE + "/{attachment}",
        "A file of a ticket's conversation; the read is logged",
        statuses=(200, 401, 403, 404),
        query={"inline": "1 shows a picture instead of downloading it"},
        security="agent",
    ),
    Operation(
        "GET",
        _BOTS + "/{attachment}",
        "A file of a chat that the bot has, before it is taken; the look is kept",
        statuses=(200, 401, 403, 404, 409),
        query={"inline": "1 shows a picture instead of downloading it"},
        security="agent",
    ),
)
