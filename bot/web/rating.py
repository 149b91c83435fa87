"""How the customer was served, in their own eyes: a score and a comment, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import Conflict, DeskError
from bot.handoff.surveys import LONGEST
from bot.web import wire
from bot.web.customers import PATH, opened
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

RATING = PATH + "/{conversation}/rating"


class RatingIn(msgspec.Struct):
    """A score of 1 to 5 with a comment, or ``skip``: the customer would rather not say."""

    score: int | None = None
    comment: str = ""
    skip: bool = False


async def rate(request: Request) -> Response:
    """Take a rating; it is asked for once for each case, and taken once."""
    chat, conversation = await opened(request)
    gateway: Gateway = request.app.state.gateway
    language = conversation.language
    wish = await wire.body(request, RatingIn)
    if not wish.skip and wish.score is None:
        raise Problem(400, "bad_score", language=language, limit=LONGEST)
    comment = wish.comment.replace("\x00", "")
    score = None if wish.skip else wish.score
    try:
        ticket = await gateway.io(gateway.status_page.rate, conversation.id, score, comment)
    except DeskError as error:
        status = 409 if isinstance(error, Conflict) else 400
        code = error.code or "bad_score"
        raise Problem(status, code, language=language, limit=LONGEST) from error
    gateway.hub.changed(conversation.id)
    gateway.hub.ticket(ticket)
    return wire.answer(await chat.view(conversation.id))


routes = [Route(RATING, rate, methods=["POST"])]

OPERATIONS = (
    Operation(
        "POST",
        RATING,
        "Say how one was served, or that one would rather not",
        body=RatingIn,
        answer=wire.ConversationOut,
        statuses=(200, 400, 401, 404, 409, 413),
        security="conversation",
        tag="customers",
    ),
)
