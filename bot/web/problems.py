"""What went wrong, told to a person: every error of the API leaves through here.

A :class:`Problem` names a response key; its sentence comes from ``data/responses/``.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import Conflict, DeskError, NotAllowed, NotFound, RequestError, StoreError
from bot.web import wire
from bot.web.notices import preferred_language

logger = logging.getLogger("remanso.web")

DESK_ERRORS: dict[type[DeskError], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    NotAllowed: (403, "not_allowed"),
    Conflict: (409, "conflict"),
}


PLAIN = {403: "not_allowed", 404: "not_found", 409: "conflict", 500: "server"}
"""Statuses to the sentence that needs no facts."""


class Problem(RequestError):
    """A request that is refused.

    Args:
        status: HTTP status.
        code: Short name for programs, such as ``too_long``.
        key: Response key of the sentence; ``utter_error_<code>`` by default.
        language: Of the sentence; the browser's when unknown.
        headers: Extra headers of the answer.
        facts: Values for the sentence's ``{facts}``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        key: str = "",
        language: str | None = None,
        headers: dict[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.key = key or f"utter_error_{code}"
        self.language = language
        self.headers = headers or {}
        self.facts = facts


def refusal(
    status: int,
    code: str,
    text: str,
    headers: dict[str, str] | None = None,
    facts: dict[str, Any] | None = None,
) -> Response:
    """Return the JSON answer of an error; ``facts`` say for programs what is accepted."""
    body = wire.ErrorOut(error=wire.ErrorBody(code=code, text=text, facts=facts or None))
    return wire.answer(body, status, headers)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a :class:`Problem` with its sentence."""
    if not isinstance(error, Problem):
        raise error
    language = error.language or preferred_language(request.headers.get("accept-language", ""))
    notices = request.app.state.gateway.notices
    text = notices.text(error.key, language=language, facts=error.facts)
    if not text:  # it lacks a fact, such as a name that was left empty
        key = f"utter_error_{PLAIN.get(error.status, 'bad_request')}"
        text = notices.text(key, language=language)
    return refusal(error.status, error.code, text, error.headers, error.facts)


async def on_desk_error(request: Request, error: Exception) -> Response:
    """Answer a refusal of the desk: its own sentence, or its kind's, and what is accepted."""
    status, code = next(
        (found for kind, found in DESK_ERRORS.items() if isinstance(error, kind)),
        (400, "bad_request"),
    )
    facts = {"detail": str(error), **getattr(error, "facts", {})}
    return await on_problem(request, Problem(status, getattr(error, "code", "") or code, **facts))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what Starlette itself refuses: unknown paths, wrong methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    code = {404: "not_found", 405: "bad_method"}.get(status, "bad_request")
    return await on_problem(request, Problem(status, code, headers=headers))


async def on_too_large(request: Request, error: Exception) -> Response:
    """Answer a body that is longer than anything we take."""
    limit = request.app.state.gateway.settings.message_limit
    return await on_problem(
        request, Problem(413, "too_long", key="utter_notice_too_long", limit=limit)
    )


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a body that is not what the operation takes: the field is named, where it is one."""
    if isinstance(error, wire.Unfit) and error.field:
        return await on_problem(request, unfit(error.field, str(error), error.accepted))
    return await on_problem(request, Problem(400, "bad_request", detail=str(error)))


def unfit(field: str, detail: str, accepted: str = "") -> Problem:
    """Return the refusal of a field, of a body or a query.

    Args:
        field: Its name.
        detail: What is wrong and what is accepted, for programs.
        accepted: The values that are, where they are few.
    """
    facts: dict[str, Any] = {"field": field, "detail": detail}
    if accepted:
        facts["accepted"] = accepted
    return Problem(400, "bad_request", key="utter_error_bad_field", **facts)


async def on_crash(request: Request, error: Exception) -> Response:
    """Answer an unforeseen failure without telling its inside."""
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await on_problem(request, Problem(500, "server"))


HANDLERS: dict[Any, Any] = {
    Problem: on_problem,
    DeskError: on_desk_error,
    StoreError: on_crash,
    HTTPException: on_http_error,
    wire.TooLarge: on_too_large,
    msgspec.ValidationError: on_invalid,
    msgspec.DecodeError: on_invalid,
    Exception: on_crash,
}
