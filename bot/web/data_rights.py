"""Customers' rights over their data, for administrators: what we have of them, and its erasure."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotAllowed
from bot.handoff.erasure import Erased
from bot.handoff.presence import actor
from bot.handoff.records import Agent
from bot.handoff.subject import Subject
from bot.web import auth, wire
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/data"
ROLE = "admin"

Name = Annotated[str, msgspec.Meta(max_length=320)]


class SubjectIn(msgspec.Struct):
    """Whose data: exactly one of the three."""

    customer_id: Name = ""
    email: Name = ""
    conversation: Name = ""


class EraseIn(SubjectIn):
    """Whose data is erased; ``force`` closes a case that is open, instead of refusing."""

    force: bool = False


class ExportOut(msgspec.Struct):
    """Everything there is of a customer, row by row, and what is left out of it."""

    format: int
    made_at: str
    subject: dict[str, str]
    left_out: list[str]
    profile: list[dict[str, Any]]
    conversations: list[dict[str, Any]]


class TraceOut(msgspec.Struct):
    """A line in a file that trainers write, in which something of the customer is left."""

    file: str
    line: int
    what: str


class ErasedOut(msgspec.Struct):
    """What was erased. ``clean``: nothing is left in the database files' free pages either."""

    conversations: int
    tickets: list[str]
    files: int
    events: int
    clean: bool
    traces: list[TraceOut]
    not_covered: list[str]


NOT_COVERED = [
    "backups made before: delete them, or erase again after a restore",
    "e-mail and webhooks that were delivered",
    "orders, invoices, payments and cases in the company's own systems",
    "the engine's working memory, until 200 other conversations or a restart",
    "examples and stories made from the conversation, where traces names none",
]
"""What no erasure from here reaches."""


async def export(request: Request) -> Response:
    """Give an administrator everything there is of a customer: JSON, or a zip with their files."""
    agent = await _admin(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    form = request.query_params.get("format", "json")
    if form not in ("json", "zip"):
        raise Problem(400, "bad_format", accepted="json, zip")
    subject = _subject(await wire.body(request, SubjectIn))
    if form == "json":
        return wire.answer(await gateway.io(gateway.export.collect, subject, who=actor(agent)))
    target = io.BytesIO()
    await gateway.io(gateway.export.pack, subject, target, who=actor(agent))
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="customer.zip"',
    }
    return Response(target.getvalue(), headers=headers, media_type="application/zip")


async def erase(request: Request) -> Response:
    """Erase a customer, for an administrator."""
    agent = await _admin(request, auth.WRITE)
    gateway: Gateway = request.app.state.gateway
    wish = await wire.body(request, EraseIn)
    done = await gateway.io(
        gateway.erasure.erase, _subject(wish), who=actor(agent), force=wish.force
    )
    erased(gateway, done)
    answer: dict[str, Any] = {
        **done.__dict__,
        "conversations": len(done.conversations),
        "tickets": list(done.tickets),
        "traces": [each.__dict__ for each in done.traces],
        "not_covered": NOT_COVERED,
    }
    return wire.answer(msgspec.convert(answer, ErasedOut))


def erased(gateway: Gateway, done: Erased) -> None:
    """Tell open pages and consoles that there is nothing more to see."""
    for conversation in done.conversations:
        gateway.hub.changed(conversation)
    for reference in done.tickets:
        gateway.hub.ticket(reference)


async def _admin(request: Request, scope: str) -> Agent:
    agent = await auth.authenticated(request, scope)
    if agent.role != ROLE:
        raise NotAllowed(f"Only the role {ROLE} may do this.")
    return agent


def _subject(wish: SubjectIn) -> Subject:
    subject = Subject(wish.customer_id, wish.email, wish.conversation)
    subject.check()
    return subject


routes = [
    Route(PATH + "/export", export, methods=["POST"]),
    Route(PATH + "/erase", erase, methods=["POST"]),
]

OPERATIONS = (
    Operation(
        "POST",
        PATH + "/export",
        "Everything there is of a customer; administrators only, the read is logged",
        body=SubjectIn,
        answer=ExportOut,
        statuses=(200, 400, 401, 403, 404, 413),
        query={"format": "json, or zip with the files"},
        security="agent",
        media=("application/zip",),
    ),
    Operation(
        "POST",
        PATH + "/erase",
        "Erase a customer everywhere; administrators only. 409 while a case is open",
        body=EraseIn,
        answer=ErasedOut,
        statuses=(200, 400, 401, 403, 404, 409, 413),
        security="agent",
    ),
)
