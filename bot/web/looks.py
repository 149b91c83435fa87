"""The administrators' API of who looked at customers' data outside a case, lists included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, wire
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/reads"


class LookOut(msgspec.Struct):
    """A look: at one customer, or at a list of cases with its filters.

    ``query`` holds the filters of a list, ``refs`` what it showed that was not noted within the
    hour before.
    """

    id: int
    at: str
    agent: str
    kind: str
    conversation: str | None
    customer_id: str | None
    query: dict[str, Any]
    refs: list[str]


class LooksOut(msgspec.Struct):
    """Looks, the latest first; ``next`` is the ``after`` of the next page."""

    reads: list[LookOut]
    next: str | None


async def listing(request: Request) -> Response:
    """List who looked at what."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    query = request.query_params
    found, following = await gateway.io(
        gateway.looks.listing,
        agent,
        of=query.get("agent", ""),
        kind=query.get("kind", ""),
        after=query.get("after"),
    )
    return wire.answer({"reads": found, "next": following})


routes = [Route(PATH, listing, methods=["GET"])]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Who looked at customers' data outside a case, and at which lists (admin)",
        answer=LooksOut,
        statuses=(200, 400, 401, 403),
        query={
            "agent": "A user name; all by default",
            "kind": "queue, search, live, overview, bot_chats, approvals, reviews, moments, "
            "measures, bot_chat, profile or history; all by default",
            "after": "What the page before gave as its next",
        },
        security="agent",
    ),
)
