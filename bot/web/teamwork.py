"""The agents' API of working together: phases, notes, mentions, participants, transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff.presence import Change
from bot.handoff.records import Agent, Json
from bot.web import auth, teamwork_wire, ticket_wire, tickets, wire
from bot.web.console_feed import spread
from bot.web.openapi import Operation
from bot.web.tickets import ONE

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

AGENTS = "/api/v1/agents"
MENTIONS = "/api/v1/mentions"


async def waiting(request: Request) -> Response:
    """Note that it is the customer's turn."""
    agent, gateway = await _who(request)
    return await tickets.change(request, gateway.progress.waiting, agent)


async def resume(request: Request) -> Response:
    """Go on with a case that waits or is snoozed."""
    agent, gateway = await _who(request)
    return await tickets.change(request, gateway.progress.resume, agent)


async def snooze(request: Request) -> Response:
    """Put a case aside until a time."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.Snooze)
    return await tickets.change(request, gateway.progress.snooze, agent, wish.until, wish.note)


async def priority(request: Request) -> Response:
    """Make a case more or less pressing."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.PriorityIn)
    operation = gateway.progress.priority
    return await tickets.change(request, operation, agent, wish.priority, wish.reason)


async def tier(request: Request) -> Response:
    """Say which level of support a case needs."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.TierIn)
    return await tickets.change(request, gateway.progress.tier, agent, wish.tier, wish.reason)


async def labels(request: Request) -> Response:
    """Give a case its labels."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.LabelsIn)
    return await tickets.change(request, gateway.progress.label, agent, wish.labels)


async def notes(request: Request) -> Response:
    """List a case's internal notes."""
    agent, gateway = await _who(request, auth.READ)
    found = await gateway.io(gateway.teamwork.notes, request.path_params["ref"], agent)
    return wire.answer({"notes": found})


async def note(request: Request) -> Response:
    """Write an internal note, or answer who consulted."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.NoteIn)
    change, written = await gateway.io(
        gateway.teamwork.note,
        request.path_params["ref"],
        agent,
        wish.text,
        kind=wish.kind,
        client_id=wish.client_id,
    )
    return await _noted(request, agent, change, written)


async def consult(request: Request) -> Response:
    """Ask the supervisors, without giving the case away."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.Consult)
    change, written = await gateway.io(
        gateway.teamwork.consult,
        request.path_params["ref"],
        agent,
        wish.text,
        client_id=wish.client_id,
    )
    return await _noted(request, agent, change, written)


async def called(request: Request) -> Response:
    """Note that the agent has spoken with the customer on the telephone."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.CallIn)
    operation, ref = gateway.calls.called, request.path_params["ref"]
    change, written = await gateway.io(operation, ref, agent, wish.text, client_id=wish.client_id)
    return await _noted(request, agent, change, written)


async def transfer(request: Request) -> Response:
    """Give a case to another team, colleague or level of support."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.Transfer)
    change, written = await gateway.io(
        gateway.transfers.transfer,
        request.path_params["ref"],
        agent,
        note=wish.note,
        team=wish.team,
        to=wish.agent,
        tier=wish.tier,
        confirmed=wish.confirmed,
    )
    return await _noted(request, agent, change, written)


async def invite(request: Request) -> Response:
    """Let a colleague take part in a case."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, teamwork_wire.ParticipantIn)
    change, guest = await gateway.io(
        gateway.teamwork.invite, request.path_params["ref"], agent, wish.agent
    )
    if guest is not None:
        _call(gateway, change, [guest["username"]])
    return await tickets.changed(request, change, agent)


async def leave(request: Request) -> Response:
    """Let somebody take part no longer."""
    agent, gateway = await _who(request)
    colleague = request.path_params["agent"]
    return await tickets.change(request, gateway.teamwork.leave, agent, colleague)


async def read(request: Request) -> Response:
    """Mark what waits for the agent's eyes in a case as read."""
    agent, gateway = await _who(request)
    return await tickets.change(request, gateway.teamwork.read, agent)


async def mentions(request: Request) -> Response:
    """List what waits for the agent's eyes."""
    agent, gateway = await _who(request, auth.READ)
    return wire.answer({"mentions": await gateway.io(gateway.teamwork.inbox, agent)})


async def colleagues(request: Request) -> Response:
    """List who works at the desk."""
    _, gateway = await _who(request, auth.READ)
    return wire.answer({"agents": await gateway.io(gateway.colleagues.listing)})


async def _who(request: Request, scope: str = auth.WRITE) -> tuple[Agent, Gateway]:
    return await auth.authenticated(request, scope), request.app.state.gateway


async def _noted(request: Request, agent: Agent, change: Change, written: Json) -> Response:
    """Tell the consoles of a new note, and those it names; answer with ticket and note."""
    gateway: Gateway = request.app.state.gateway
    ticket = change.ticket
    if change.created:
        beside, unread = await gateway.io(gateway.teamwork.involved, ticket.ref)
        frame = {"type": "note", "ref": ticket.ref, "note": written}
        spread(gateway.hub, frame, team=ticket.team, to=[*beside, *unread, str(ticket.owner_agent)])
        _call(gateway, change, written["mentions"])
    row, said = await tickets.outcome(request, change, agent)
    return wire.answer({"ticket": row, "messages": said, "note": written})


def _call(gateway: Gateway, change: Change, usernames: list[str]) -> None:
    """Ring in the consoles of some agents: a colleague wants their eyes."""
    if usernames:
        spread(gateway.hub, {"type": "mention", "ref": change.ticket.ref}, to=usernames)


routes = [
    Route(ONE + "/waiting", waiting, methods=["POST"]),
    Route(ONE + "/resume", resume, methods=["POST"]),
    Route(ONE + "/snooze", snooze, methods=["POST"]),
    Route(ONE + "/priority", priority, methods=["POST"]),
    Route(ONE + "/tier", tier, methods=["POST"]),
    Route(ONE + "/labels", labels, methods=["POST"]),
    Route(ONE + "/notes", notes, methods=["GET"]),
    Route(ONE + "/notes", note, methods=["POST"]),
    Route(ONE + "/consult", consult, methods=["POST"]),
    Route(ONE + "/calls", called, methods=["POST"]),
    Route(ONE + "/transfer", transfer, methods=["POST"]),
    Route(ONE + "/participants", invite, methods=["POST"]),
    Route(ONE + "/participants/{agent}", leave, methods=["DELETE"]),
    Route(ONE + "/mentions/read", read, methods=["POST"]),
    Route(MENTIONS, mentions, methods=["GET"]),
    Route(AGENTS, colleagues, methods=["GET"]),
]


def _action(path: str, summary: str, body: Any = None, answer: Any = None) -> Operation:
    statuses = (200, 401, 403, 404, 409) if body is None else (200, 400, 401, 403, 404, 409, 413)
    kind = answer or ticket_wire.ChangeOut
    return Operation(
        "POST", ONE + path, summary, body=body, answer=kind, statuses=statuses, security="agent"
    )


def _look(path: str, summary: str, answer: Any, statuses: tuple[int, ...]) -> Operation:
    return Operation("GET", path, summary, answer=answer, statuses=statuses, security="agent")


_LISTS = (200, 401, 403)
_NOTED = teamwork_wire.NotedOut

OPERATIONS = (
    _action("/waiting", "It is the customer's turn: clocks stand still until they write"),
    _action("/resume", "Go on with a case that waits or is snoozed"),
    _action("/snooze", "Put a case aside until a time", teamwork_wire.Snooze),
    _action(
        "/priority", "Make a case more or less pressing, with a reason", teamwork_wire.PriorityIn
    ),
    _action("/tier", "Which level of support a case needs, with a reason", teamwork_wire.TierIn),
    _action("/labels", "The labels of a case from now on", teamwork_wire.LabelsIn),
    _look(ONE + "/notes", "A case's internal notes", teamwork_wire.NotesOut, (*_LISTS, 404)),
    _action("/notes", "Write an internal note; @username mentions", teamwork_wire.NoteIn, _NOTED),
    _action("/consult", "Ask a supervisor; the case stays here", teamwork_wire.Consult, _NOTED),
    _action("/calls", "Note a call to the customer: news", teamwork_wire.CallIn, _NOTED),
    _action(
        "/transfer",
        "Give a case to a team or colleague, with a note",
        teamwork_wire.Transfer,
        _NOTED,
    ),
    _action("/participants", "Let a colleague take part", teamwork_wire.ParticipantIn),
    Operation(
        "DELETE",
        ONE + "/participants/{agent}",
        "Let somebody take part no longer",
        answer=ticket_wire.ChangeOut,
        statuses=(200, 401, 403, 404, 409),
        security="agent",
    ),
    _action("/mentions/read", "What waited for the agent's eyes here is read"),
    _look(MENTIONS, "What waits for the agent's eyes", teamwork_wire.MentionsOut, _LISTS),
    _look(AGENTS, "Who works at the desk, and how busy", teamwork_wire.AgentsOut, _LISTS),
)
