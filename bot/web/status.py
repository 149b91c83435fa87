"""The status page's API: a case opened by reference and code, or by a signed link.

What opens is the case's conversation, for a while: the page then reads and writes there with the
customers' own API, live as in the chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotFound
from bot.handoff.case_view import OPEN
from bot.handoff.records import Ticket
from bot.handoff.status_page import plain_reference
from bot.web import status_wire, wire
from bot.web.customers import PATH as CONVERSATIONS
from bot.web.customers import bearer, opened
from bot.web.limits import Limiter, address
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

__all__ = ["OPEN", "bearer", "link", "opened_by_code", "routes"]

PATH = "/api/v1/status"
CASE = CONVERSATIONS + "/{conversation}/cases/{reference}"
HOURS = 12.0
"""Hours a page opened by code or link stays open without being opened again."""


def link(gateway: Gateway, reference: str) -> str:
    """Return the address that opens a case's status page; whoever has it can read the case.

    The key is in the fragment: browsers send it to no server and to no other site.
    """
    return f"{gateway.settings.public()}/status#l={gateway.tokens.sign_link(reference)}"


async def opened_by_code(request: Request, reference: str, code: str) -> Ticket:
    """Return the case that reference and code open; tries are counted by address and by case.

    Raises:
        Problem: the same one, whether the reference or the code is wrong; or too many tries.
    """
    gateway: Gateway = request.app.state.gateway
    limits = gateway.limits
    counted: tuple[tuple[Limiter, str], ...] = (
        (limits.status_addresses, address(request, gateway.settings)),
        (limits.status_references, plain_reference(reference)),
    )
    for limiter, key in counted:
        if wait := limiter.wait(key):
            seconds = int(wait) + 1
            headers = {"Retry-After": str(seconds)}
            raise Problem(429, "too_many_tries", headers=headers, seconds=seconds)
    ticket = await gateway.io(gateway.status_page.opened_by, reference, code)
    if ticket is None:
        raise Problem(404, "no_case")
    for limiter, key in counted:
        limiter.give_back(key)
    return ticket


async def enter(request: Request) -> Response:
    """Open a case, and give the key to its conversation for some hours."""
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, status_wire.StatusIn)
    if wish.link is not None:
        ticket = await _linked(gateway, wish.link)
    else:
        ticket = await opened_by_code(request, wish.reference, wish.code)
    body = status_wire.StatusOut(
        conversation=ticket.conversation,
        token=gateway.tokens.sign(ticket.conversation, hours=HOURS),
        case=await _case(request, ticket.ref, ticket.conversation),
    )
    return wire.answer(body)


async def show(request: Request) -> Response:
    """Tell where a case of a conversation stands."""
    _, conversation = await opened(request)
    reference = request.path_params["reference"]
    try:
        body = await _case(request, reference, conversation.id)
    except NotFound as error:
        raise Problem(404, "no_case", language=conversation.language) from error
    return wire.answer(body)


async def _linked(gateway: Gateway, token: str) -> Ticket:
    reference = gateway.tokens.read_link(token)
    if reference is None:
        raise Problem(401, "link")
    try:
        return await gateway.io(gateway.status_page.ticket, reference)
    except NotFound as error:
        raise Problem(401, "link") from error


async def _case(request: Request, reference: str, conversation: str) -> status_wire.CaseView:
    gateway: Gateway = request.app.state.gateway
    wish = request.query_params.get("language", "")
    language = wish or preferred_language(request.headers.get("accept-language", ""))
    view = await gateway.io(gateway.status_page.view, reference, conversation, language)
    return msgspec.convert(view, status_wire.CaseView)


routes = [
    Route(PATH, enter, methods=["POST"]),
    Route(CASE, show, methods=["GET"]),
]

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Open a case by reference and code, or by a signed link",
        body=status_wire.StatusIn,
        answer=status_wire.StatusOut,
        statuses=(200, 400, 401, 404, 413, 429),
        query={"language": "Of the names: es or en; the browser's by default"},
        tag="customers",
    ),
    Operation(
        "GET",
        CASE,
        "Where a case stands",
        answer=status_wire.CaseView,
        statuses=(200, 401, 404),
        query={"language": "Of the names: es or en; the browser's by default"},
        security="conversation",
        tag="customers",
    ),
)
