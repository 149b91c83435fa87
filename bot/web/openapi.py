"""The OpenAPI document of the API, made from the very classes that read and write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import customers, health, wire

PATH = "/api/v1/openapi.json"
VERSION = "1"
JSON = "application/json"

STATUSES = {
    101: "The socket is open",
    200: "Done",
    201: "Created",
    202: "Stored; the answer comes by the socket or by asking again",
    204: "Done, nothing to say",
    400: "The request cannot be read",
    401: "Not authenticated",
    403: "Not allowed, or the proof of identity does not hold",
    404: "There is no such thing",
    409: "Something else has happened meanwhile",
    413: "Too long",
    429: "Too many in a minute; Retry-After says how long to wait",
    503: "Not now",
}


def _example(code: str, text: str, **facts: str) -> dict[str, Any]:
    return {"error": {"code": code, "text": text, **({"facts": facts} if facts else {})}}


EXAMPLES = {
    400: _example(
        "bad_request",
        "The field “presence” is not of the expected form.",
        field="presence",
        detail="Invalid enum value 'here' - at `$.presence`",
        accepted="online, busy, away",
    ),
    401: _example("session", "The session is over. Please log in again."),
    403: _example("not_allowed", "This account may not do that."),
    404: _example("not_found", "There is nothing at that address."),
    409: _example(
        "conflict",
        "The case has changed meanwhile and that can no longer be done. Please reload the page.",
    ),
    413: _example("too_long", "Up to 4000 characters fit in one message.", limit="4000"),
    429: _example(
        "too_many_logins", "Too many tries in a row. Please try again in 42 seconds.", seconds="42"
    ),
}
"""What a refusal of each status looks like; the text is in the reader's language."""


@dataclass(frozen=True)
class Operation:
    """One operation of the API, as the document describes it.

    Args:
        method: GET, POST, PUT, DELETE.
        path: With ``{parameters}``.
        summary: One line.
        body: Class of the request's body.
        answer: Class of a successful answer's body.
        statuses: Statuses it may answer with; every one of 400 and more is an error object.
        query: Names of query parameters to what they mean.
        security: ``conversation``, ``agent``, ``session`` (a person, no program) or None.
        tag: Group in the document.
        media: Content types of a successful answer that is no JSON.
        errors: Content type of refusals.
    """

    method: str
    path: str
    summary: str
    body: Any = None
    answer: Any = None
    statuses: tuple[int, ...] = (200,)
    query: dict[str, str] = field(default_factory=dict)
    security: str | None = None
    tag: str = "agents"
    media: tuple[str, ...] = ()
    errors: str = JSON


_ONE = customers.PATH + "/{conversation}"


def _chat(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, summary, security="conversation", tag="customers", **more)


CUSTOMERS = (
    Operation(
        "POST",
        customers.PATH,
        "Begin a conversation",
        body=wire.NewConversation,
        answer=wire.CreatedOut,
        statuses=(201, 400, 403, 413, 429),
        tag="customers",
    ),
    _chat("GET", _ONE, "Where it stands", answer=wire.ConversationOut, statuses=(200, 401, 404)),
    _chat(
        "GET",
        _ONE + "/messages",
        "Messages after one",
        answer=wire.MessagesOut,
        statuses=(200, 400, 401, 404),
        query={"after": "Id of the last message known; 0 for all"},
    ),
    _chat(
        "POST",
        _ONE + "/messages",
        "Send a message; the same client_id twice is one message",
        body=wire.NewMessage,
        answer=wire.PostedOut,
        statuses=(200, 202, 400, 401, 404, 413, 429),
        query={"wait": "0 returns at once; otherwise the bot's replies are waited for"},
    ),
    _chat(
        "POST",
        _ONE + "/person",
        "Ask for a person; asking twice is asking once",
        answer=wire.PersonOut,
        statuses=(200, 401, 404),
    ),
    _chat(
        "POST",
        _ONE + "/identity",
        "Prove who the customer is, with a token signed by the site's server",
        body=wire.IdentityIn,
        answer=wire.ConversationOut,
        statuses=(200, 400, 401, 403, 404, 409, 429),
    ),
    Operation(
        "GET",
        _ONE + "/socket",
        "WebSocket of the same: the first frame is hello with the token",
        statuses=(101, 403),
        tag="customers",
    ),
)

OPERATORS = (
    Operation(
        "GET",
        "/health",
        "The process answers",
        answer=health.Alive,
        tag="operators",
    ),
    Operation(
        "GET",
        "/ready",
        "Whether customers can be served now",
        answer=health.Ready,
        statuses=(200, 503),
        tag="operators",
    ),
    Operation("GET", PATH, "This document", tag="operators"),
)


def document(operations: Iterable[Operation], public_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of some operations."""
    operations = list(operations)
    kinds = {wire.ErrorOut}
    for operation in operations:
        kinds |= {kind for kind in (operation.body, operation.answer) if kind is not None}
    ordered = sorted(kinds, key=lambda kind: str(kind.__name__))
    schemas, components = msgspec.json.schema_components(
        ordered, ref_template="#/components/schemas/{name}"
    )
    schema = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _described(operation, schema)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Remanso", "version": VERSION},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


_SECURITY = {
    "conversation": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that came with the conversation; a page in the background "
        f"also sends the header {customers.HIDDEN}",
    },
    "agent": {
        "type": "http",
        "scheme": "bearer",
        "description": "An agent's token with the scopes tickets:read and tickets:write",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "remanso_session",
        "description": "An agent's login; changes also need the header X-CSRF-Token",
    },
}


def _described(operation: Operation, schema: dict[Any, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", operation.path)
    described: dict[str, Any] = {
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
        + [
            {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
            for name, text in operation.query.items()
        ],
        "responses": {
            str(status): _response(status, operation, schema) for status in operation.statuses
        },
    }
    if operation.body is not None:
        described["requestBody"] = {"content": _json(schema[operation.body])}
    if operation.security:
        described["security"] = [{operation.security: []}]
        if operation.security == "agent":
            described["security"].append({"session": []})
    return described


def _response(status: int, operation: Operation, schema: dict[Any, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": STATUSES[status]}
    answer, failed = operation.answer, 400 <= status < 500
    if failed and operation.errors != JSON:
        response["content"] = {operation.errors: {}}
    elif failed:
        response["content"] = _json(schema[wire.ErrorOut])
        response["content"][JSON]["example"] = EXAMPLES[status]
    elif status not in (101, 204) and (answer is not None or operation.media):
        response["content"] = _json(schema[answer]) if answer is not None else {}
        response["content"].update({media: {} for media in operation.media})
    return response


def _json(schema: Any) -> dict[str, Any]:
    return {JSON: {"schema": schema}}


async def show(request: Request) -> Response:
    """Serve the document."""
    state = request.app.state
    return wire.answer(document(state.operations, state.gateway.settings.public()))


routes = [Route(PATH, show)]
