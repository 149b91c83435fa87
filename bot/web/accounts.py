"""An agent's own account: password, second factor, open logins.

A person does this: a program's token opens none of it. Making the secret of a second factor is a
change and therefore no GET: another page could cause it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import DeskError, NotAllowed
from bot.handoff import agents, logins, second_factor, sessions
from bot.web import auth, wire
from bot.web.openapi import Operation
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/account"
FACTOR = PATH + "/second-factor"

Typed = Annotated[str, msgspec.Meta(max_length=auth.LONGEST)]


class PasswordIn(msgspec.Struct):
    """The password there is and the new one; with a second factor, its code too."""

    password: Typed
    new: Typed
    code: Typed = ""


class ProofIn(msgspec.Struct):
    """The password of who asks; with a second factor, its code too."""

    password: Typed
    code: Typed = ""


class CodeIn(msgspec.Struct):
    """A code of the new second factor."""

    code: Typed


class FactorOut(msgspec.Struct):
    """Whether the second factor is on, off, or missing though the role requires it."""

    second_factor: Literal["on", "off", "required"]


class EnrolmentOut(msgspec.Struct):
    """A new secret, shown once: typed into the telephone, or read from the picture."""

    secret: str
    uri: str
    qr: str  # data: URI of an SVG picture


class LoginOut(msgspec.Struct):
    """An open login; ``device`` is browser and system, empty if unknown."""

    id: str
    device: str
    since: str
    used: str
    until: str
    current: bool


class LoginsOut(msgspec.Struct):
    """The agent's open logins, newest first."""

    sessions: list[LoginOut]


async def new_password(request: Request) -> Response:
    """Change the password; every other login of the agent ends."""
    session, gateway = await _person(request)
    wish = await wire.body(request, PasswordIn)
    if len(wish.new) < agents.SHORTEST:
        raise DeskError(
            f"A password needs at least {agents.SHORTEST} characters.",
            "password_short",
            shortest=agents.SHORTEST,
        )
    await _proved(request, session, ProofIn(wish.password, wish.code))
    username = session.agent.username
    await gateway.io(agents.set_password, gateway.store, username, wish.new, keep=session.token)
    return Response(status_code=204)


async def list_logins(request: Request) -> Response:
    """List the agent's open logins."""
    session, gateway = await _person(request)
    found = await gateway.io(sessions.of_agent, gateway.store, session.agent, token=session.token)
    return wire.answer({"sessions": found})


async def end_others(request: Request) -> Response:
    """End every login of the agent but this one."""
    session, gateway = await _person(request)
    await gateway.io(sessions.end_all, gateway.store, session.agent, but=session.token)
    return Response(status_code=204)


async def end_login(request: Request) -> Response:
    """End one login of the agent."""
    session, gateway = await _person(request)
    await gateway.io(sessions.end, gateway.store, session.agent, request.path_params["id"])
    return Response(status_code=204)


async def factor(request: Request) -> Response:
    """Tell whether the second factor is on."""
    session, gateway = await _person(request)
    return wire.answer(FactorOut(auth.standing(gateway, session.agent)))


async def begin_factor(request: Request) -> Response:
    """Make a secret; the second factor is on once a code of it is confirmed."""
    session, gateway = await _person(request)
    await _proved(request, session, await wire.body(request, ProofIn))
    made = await gateway.io(
        second_factor.begin,
        gateway.store,
        session.agent,
        key=gateway.settings.key(auth.SECOND_FACTOR),
        issuer=gateway.settings.company,
    )
    return wire.answer(EnrolmentOut(made.secret, made.uri, made.qr))


async def confirm_factor(request: Request) -> Response:
    """Turn the second factor on; every other login of the agent ends."""
    session, gateway = await _person(request)
    wish = await wire.body(request, CodeIn)
    keys = auth.throttle(request, session.agent.username)
    key = gateway.settings.key(auth.SECOND_FACTOR)
    await gateway.io(second_factor.confirm, gateway.store, session.agent, wish.code, key=key)
    for name, limiter in keys.items():
        limiter.give_back(name)
    await gateway.io(sessions.end_all, gateway.store, session.agent, but=session.token)
    return wire.answer(FactorOut("on"))


async def end_factor(request: Request) -> Response:
    """Turn the agent's own second factor off, where the role does not require it."""
    session, gateway = await _person(request)
    wish = await wire.body(request, ProofIn)
    if session.agent.role in gateway.settings.require_second_factor:
        raise NotAllowed("The role requires a second factor.", "factor_kept")
    await _proved(request, session, wish)
    await gateway.io(second_factor.off, gateway.store, session.agent.username)
    return wire.answer(FactorOut("off"))


async def _person(request: Request) -> tuple[auth.Session, Gateway]:
    if "authorization" in request.headers:
        raise Problem(403, "people_only")
    return await auth.logged_in(request), request.app.state.gateway


async def _proved(request: Request, session: auth.Session, proof: ProofIn) -> None:
    """Check that it is the person who sits there; wrong tries count like those of a login.

    Raises:
        Problem: 403, the password or the code is wrong or missing; 429, too many tries.
    """
    gateway: Gateway = request.app.state.gateway
    username = session.agent.username
    keys = auth.throttle(request, username)
    login = await auth.checked(gateway, username, proof.password, proof.code)
    if login.agent is None:
        raise Problem(403, "wrong_password" if login.why == logins.WRONG else login.why)
    for key, limiter in keys.items():
        limiter.give_back(key)


routes = [
    Route(PATH + "/password", new_password, methods=["POST"]),
    Route(PATH + "/sessions", list_logins, methods=["GET"]),
    Route(PATH + "/sessions", end_others, methods=["DELETE"]),
    Route(PATH + "/sessions/{id}", end_login, methods=["DELETE"]),
    Route(FACTOR, factor, methods=["GET"]),
    Route(FACTOR, begin_factor, methods=["POST"]),
    Route(FACTOR, confirm_factor, methods=["PUT"]),
    Route(FACTOR, end_factor, methods=["DELETE"]),
]


def _mine(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, summary, security="session", **more)


_PROVED = (400, 401, 403, 413, 429)

OPERATIONS = (
    _mine(
        "POST",
        PATH + "/password",
        "Change the password; other logins end",
        body=PasswordIn,
        statuses=(204, *_PROVED),
    ),
    _mine("GET", PATH + "/sessions", "Open logins", answer=LoginsOut, statuses=(200, 401, 403)),
    _mine("DELETE", PATH + "/sessions", "End all other logins", statuses=(204, 401, 403)),
    _mine("DELETE", PATH + "/sessions/{id}", "End a login", statuses=(204, 401, 403, 404)),
    _mine("GET", FACTOR, "Whether it is on", answer=FactorOut, statuses=(200, 401, 403)),
    _mine(
        "POST",
        FACTOR,
        "A new secret for the second factor, with its QR code; shown once",
        body=ProofIn,
        answer=EnrolmentOut,
        statuses=(200, 409, *_PROVED),
    ),
    _mine(
        "PUT",
        FACTOR,
        "Turn the second factor on with a code of the new secret",
        body=CodeIn,
        answer=FactorOut,
        statuses=(200, 409, *_PROVED),
    ),
    _mine(
        "DELETE",
        FACTOR,
        "Turn the second factor off",
        body=ProofIn,
        answer=FactorOut,
        statuses=(200, *_PROVED),
    ),
)
