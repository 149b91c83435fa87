"""The agents' API of what is learnt from cases: moments for trainers, supervisors' reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import auth, teamwork_wire, ticket_wire, tickets, wire
from bot.web.console_feed import spread
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.problems import Problem, unfit
from bot.web.tickets import ONE

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

MOMENTS = "/api/v1/moments"
REVIEWS = "/api/v1/reviews"


async def point_out(request: Request) -> Response:
    """Point out what the bot should have done."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, teamwork_wire.MomentIn)
    return await tickets.change(request, gateway.moments.add, agent, wish.message, wish.text)


async def moments(request: Request) -> Response:
    """List the moments that wait for a trainer, or with ``done=1`` those seen to."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    done = request.query_params.get("done", "0")
    if done not in ("0", "1"):
        raise unfit("done", "Accepted: 0, 1.", "0, 1")
    found = await gateway.io(gateway.moments.listing, agent, done=done == "1")
    shown = [each["ticket"] or each["conversation"] for each in found]
    await gateway.io(gateway.looks.note, agent, "moments", shown, {"done": done == "1"})
    return wire.answer({"moments": found})


async def seen(request: Request) -> Response:
    """Note that a trainer has seen to a moment."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    number = request.path_params["id"]
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem(404, "not_found")
    await gateway.io(gateway.moments.done, int(number), agent)
    return Response(status_code=204)


async def review(request: Request) -> Response:
    """Say something to an agent about a case; supervisors only."""
    agent = await auth.authenticated(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, teamwork_wire.ReviewIn)
    ref = request.path_params["ref"]
    change, about = await gateway.io(gateway.reviews.add, ref, agent, wish.text, wish.agent)
    spread(gateway.hub, {"type": "mention", "ref": change.ticket.ref}, to=[about])
    return await tickets.changed(request, change, agent)


async def of_case(request: Request) -> Response:
    """List a case's reviews: the agent's own; all to supervisors."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    found = await gateway.io(gateway.reviews.of_case, request.path_params["ref"], agent)
    return wire.answer({"reviews": found})


async def mine(request: Request) -> Response:
    """List what supervisors said to the agent; all to supervisors."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    return wire.answer({"reviews": await gateway.io(gateway.reviews.mine, agent)})


async def queue(request: Request) -> Response:
    """List closed cases that a supervisor should look at."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    language = preferred_language(request.headers.get("accept-language", ""))
    found = await gateway.io(gateway.reviews.queue, agent, language=language)
    shown = [each["ticket"]["ref"] for each in found]
    await gateway.io(gateway.looks.note, agent, "reviews", shown)
    return wire.answer({"cases": found})


routes = [
    Route(ONE + "/moments", point_out, methods=["POST"]),
    Route(ONE + "/reviews", review, methods=["POST"]),
    Route(ONE + "/reviews", of_case, methods=["GET"]),
    Route(MOMENTS, moments, methods=["GET"]),
    Route(MOMENTS + "/{id}/done", seen, methods=["POST"]),
    Route(REVIEWS, mine, methods=["GET"]),
    Route(REVIEWS + "/queue", queue, methods=["GET"]),
]

_CHANGES = (200, 400, 401, 403, 404, 409, 413)

OPERATIONS = (
    Operation(
        "POST",
        ONE + "/moments",
        "Point out to trainers what the bot should have done",
        body=teamwork_wire.MomentIn,
        answer=ticket_wire.ChangeOut,
        statuses=_CHANGES,
        security="agent",
    ),
    Operation(
        "POST",
        ONE + "/reviews",
        "Say something to an agent about a case; supervisors only",
        body=teamwork_wire.ReviewIn,
        answer=ticket_wire.ChangeOut,
        statuses=_CHANGES,
        security="agent",
    ),
    Operation(
        "GET",
        ONE + "/reviews",
        "A case's reviews: the agent's own; all to supervisors",
        answer=teamwork_wire.ReviewsOut,
        statuses=(200, 401, 403, 404),
        security="agent",
    ),
    Operation(
        "GET",
        MOMENTS,
        "Moments for trainers; to other agents their own",
        answer=teamwork_wire.MomentsOut,
        statuses=(200, 400, 401, 403),
        query={"done": "1 for those that a trainer has seen to"},
        security="agent",
    ),
    Operation(
        "POST",
        MOMENTS + "/{id}/done",
        "A trainer has seen to a moment",
        statuses=(204, 401, 403, 404),
        security="agent",
    ),
    Operation(
        "GET",
        REVIEWS,
        "What supervisors said to the agent; all to supervisors",
        answer=teamwork_wire.ReviewsOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
    Operation(
        "GET",
        REVIEWS + "/queue",
        "Closed cases that a supervisor should look at, and why",
        answer=teamwork_wire.ReviewQueueOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
)
