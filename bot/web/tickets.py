"""The agents' API over HTTP: the queue, one ticket, and all that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff import status
from bot.handoff.presence import Change
from bot.handoff.records import Agent, Json
from bot.handoff.rules_read import PRIORITIES, TIERS
from bot.handoff.search import VIEWS, Filters
from bot.web import auth, ticket_wire, wire
from bot.web.console_feed import spread
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.problems import Problem, unfit

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/tickets"
ONE = PATH + "/{ref}"
PAGE = 50
"""Tickets on a page unless told otherwise."""

Args = ParamSpec("Args")


async def listing(request: Request) -> Response:
    """List the tickets an agent sees."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    query = request.query_params
    limit = query.get("limit", str(PAGE))
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 5):
        raise unfit("limit", "A number from 1 to 1000.")
    filters = Filters(**{name: query[name] for name in Filters.names() if name in query})
    rows, following = await gateway.io(
        gateway.search.page,
        agent,
        filters,
        after=query.get("after"),
        limit=int(limit),
        language=_language(request),
    )
    kind, shown = "search" if filters.q else "queue", [row["ref"] for row in rows]
    await gateway.io(gateway.looks.note, agent, kind, shown, asdict(filters))
    return wire.answer({"tickets": rows, "next": following})


async def show(request: Request) -> Response:
    """Show all about a ticket; that it was read is logged."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    ref, language = request.path_params["ref"], _language(request)
    seen = await gateway.io(gateway.desk.view, ref, agent, language=language)
    left = await gateway.io(gateway.contacts.of, seen["ticket"]["conversation"])
    return wire.answer({**seen, "context": {**seen["context"], "contact": left}})


async def claim(request: Request) -> Response:
    """Take a waiting ticket."""
    agent = await auth.authenticated(request, auth.WRITE)
    return await change(request, _desk(request).claim, agent)


async def say(request: Request) -> Response:
    """Send the customer a message."""
    agent = await auth.authenticated(request, auth.WRITE)
    message = await wire.body(request, ticket_wire.Say)
    if not message.text.strip() and not message.attachments:
        raise Problem(400, "empty")
    text, files = message.text, message.attachments
    return await change(request, _desk(request).say, agent, text, message.client_id, files)


async def give_back(request: Request) -> Response:
    """Give the conversation back to the bot, with a note of what was agreed."""
    agent = await auth.authenticated(request, auth.WRITE)
    note = await wire.body(request, ticket_wire.Note)
    if not note.agreed.strip():
        raise Problem(400, "no_note")
    kept = msgspec.to_builtins(note)
    seen = kept.pop("seen")
    answer = await change(request, _desk(request).give_back, agent, kept, seen=seen)
    gateway: Gateway = request.app.state.gateway
    ticket = await gateway.io(gateway.desk.ticket, request.path_params["ref"])
    gateway.turns.wake(ticket.conversation)
    return answer


async def resolve(request: Request) -> Response:
    """Close a ticket."""
    agent = await auth.authenticated(request, auth.WRITE)
    end = await wire.body(request, ticket_wire.Resolve)
    return await change(
        request,
        _desk(request).resolve,
        agent,
        end.disposition,
        end.note,
        cause=end.cause,
        seen=end.seen,
    )


async def reopen(request: Request) -> Response:
    """Take a closed ticket up again."""
    agent = await auth.authenticated(request, auth.WRITE)
    return await change(request, _desk(request).reopen, agent)


async def release(request: Request) -> Response:
    """Put a claimed ticket back in the queue."""
    agent = await auth.authenticated(request, auth.WRITE)
    return await change(request, _desk(request).release, agent)


async def promise(request: Request) -> Response:
    """Note what was promised to the customer, and until when."""
    agent = await auth.authenticated(request, auth.WRITE)
    made = await wire.body(request, ticket_wire.PromiseIn)
    operation = request.app.state.gateway.vows.promise
    return await change(request, operation, agent, made.text, made.due, client_id=made.client_id)


async def keep(request: Request) -> Response:
    """Mark a promise as kept."""
    agent = await auth.authenticated(request, auth.WRITE)
    number = request.path_params["id"]
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem(404, "not_found")
    return await change(request, _desk(request).keep_promise, agent, int(number))


async def rules(request: Request) -> Response:
    """Tell what an agent chooses from: dispositions, teams, priorities, reasons."""
    await auth.authenticated(request, auth.READ)
    desk = _desk(request).rules
    return wire.answer(
        {
            "dispositions": desk.dispositions,
            "reasons": desk.reasons,
            "teams": {name: team.names for name, team in desk.teams.items()},
            "authority": desk.authority,
            "issues": list(desk.routing.get("issues") or ()),
            "causes": desk.causes,
            "labels": desk.labels,
            "needs": desk.needs,
            "priorities": list(PRIORITIES),
            "tiers": list(TIERS),
            "phases": {name: sorted(table) for name, table in status.TABLE.items()},
            "participants_write": desk.teamwork.participants_write,
        }
    )


def tell(gateway: Gateway, change: Change, *, by: str = "") -> None:
    """Tell the sockets what changed at the desk, at whose console; ring for who is called."""
    if not change.created:
        return
    if change.messages:
        gateway.hub.messages(change.ticket.conversation, change.messages)
    gateway.hub.changed(change.ticket.conversation)
    gateway.hub.ticket(change.ticket.ref, by=by)
    if change.call:
        frame = {"type": "mention", "ref": change.ticket.ref, "why": change.call.why}
        spread(gateway.hub, frame, to=change.call.to)


async def change(
    request: Request,
    operation: Callable[Concatenate[str, Agent, Args], Change],
    agent: Agent,
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Response:
    """Do something with the ticket of the path, tell the sockets, and answer with its row."""
    gateway: Gateway = request.app.state.gateway
    made = await gateway.io(operation, request.path_params["ref"], agent, *args, **kwargs)
    return await changed(request, made, agent)


async def changed(request: Request, change: Change, agent: Agent | None = None) -> Response:
    """Tell the sockets of a change, and answer who made it."""
    row, said = await outcome(request, change, agent)
    return wire.answer({"ticket": row, "messages": said})


async def outcome(
    request: Request, change: Change, agent: Agent | None = None
) -> tuple[Json, list[Json]]:
    """Tell the sockets of a change; return the row as the agent sees it, and what was said."""
    gateway: Gateway = request.app.state.gateway
    viewer = agent.username if agent else ""
    program = "authorization" in request.headers  # what it does is news to the agent
    tell(gateway, change, by="" if program else viewer)
    row = await gateway.io(
        gateway.desk.row, change.ticket.ref, language=_language(request), viewer=viewer
    )
    return row, [message.for_agent() for message in change.messages]


def _desk(request: Request) -> Any:
    return request.app.state.gateway.desk


def _language(request: Request) -> str:
    return preferred_language(request.headers.get("accept-language", ""))


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE + "/claim", claim, methods=["POST"]),
    Route(ONE + "/messages", say, methods=["POST"]),
    Route(ONE + "/return", give_back, methods=["POST"]),
    Route(ONE + "/resolve", resolve, methods=["POST"]),
    Route(ONE + "/reopen", reopen, methods=["POST"]),
    Route(ONE + "/release", release, methods=["POST"]),
    Route(ONE + "/promises", promise, methods=["POST"]),
    Route(ONE + "/promises/{id}/keep", keep, methods=["POST"]),
    Route("/api/v1/desk", rules, methods=["GET"]),
]


def _operation(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, summary, security="agent", **more)


def _action(path: str, summary: str, body: Any = None) -> Operation:
    answer = ticket_wire.ChangeOut
    statuses = (200, 401, 403, 404, 409) if body is None else (200, 400, 401, 403, 404, 409, 413)
    return _operation("POST", path, summary, body=body, answer=answer, statuses=statuses)


OPERATIONS = (
    _operation(
        "GET",
        PATH,
        "Tickets of the agent's teams",
        answer=ticket_wire.TicketsOut,
        statuses=(200, 400, 401, 403),
        query={
            "view": ", ".join(VIEWS),
            "team": "Code of a team",
            "priority": "urgent, high, medium or low",
            "language": "Of the customer: es or en",
            "label": "One of the labels",
            "phase": "queued, open, waiting, snoozed, returned or resolved",
            "owner": "User name of the agent who has it; me is who asks",
            "q": "Words in reference, customer, messages or notes; accents and case do not matter",
            "sort": "risk or age",
            "after": "What the page before gave as next",
            "limit": "Tickets at most, 1 to 1000",
        },
    ),
    _operation(
        "GET",
        ONE,
        "The whole context of a ticket; the read is logged",
        answer=ticket_wire.TicketOut,
        statuses=(200, 401, 403, 404),
    ),
    _action(ONE + "/claim", "Take a waiting ticket"),
    _action(ONE + "/messages", "Write to the customer", ticket_wire.Say),
    _action(ONE + "/return", "Give the conversation back to the bot", ticket_wire.Note),
    _action(ONE + "/resolve", "Close a ticket", ticket_wire.Resolve),
    _action(ONE + "/reopen", "Take a closed ticket up again"),
    _action(ONE + "/release", "Put a claimed ticket back in the queue"),
    _action(
        ONE + "/promises", "Note a promise, with its time; an alarm tells", ticket_wire.PromiseIn
    ),
    _action(ONE + "/promises/{id}/keep", "Mark a promise as kept; twice is once"),
    _operation(
        "GET",
        "/api/v1/desk",
        "Dispositions, reasons, teams and authority limits",
        answer=ticket_wire.DeskOut,
        statuses=(200, 401, 403),
    ),
)
