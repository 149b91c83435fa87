"""Who an agent is: login sessions for people, bearer tokens for programs.

A session is a cookie that scripts cannot read; what changes something needs the session's CSRF
token in a header too, and a page of this very address. Tokens have scopes and no cookie.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff import agents
from bot.handoff.records import Agent
from bot.web import wire
from bot.web.limits import Limiter, address
from bot.web.openapi import Operation
from bot.web.origins import same_origin
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

COOKIE = "remanso_session"
PATH = "/api/v1/session"
READ, WRITE = agents.SCOPES
_LONGEST = 200
"""Characters of a password or user name that are looked at."""


class Login(msgspec.Struct):
    """Who wants in."""

    username: str
    password: str


class AccountOut(msgspec.Struct):
    """An agent's account. ``role`` is agent, supervisor, trainer or admin."""

    username: str
    name: str
    teams: list[str]
    role: str


class SessionOut(msgspec.Struct):
    """Who is logged in; ``csrf`` goes into the header X-CSRF-Token of every change."""

    agent: AccountOut
    csrf: str


@dataclass(frozen=True)
class Session:
    """A login, as its cookie proves it."""

    agent: Agent
    csrf: str
    token: str


async def session_of(connection: HTTPConnection) -> Session | None:
    """Return the login of a request or socket, if its cookie holds."""
    token = connection.cookies.get(COOKIE, "")
    if not token:
        return None
    gateway: Gateway = connection.app.state.gateway
    found = await gateway.io(agents.session, gateway.store, token)
    return Session(found[0], found[1], token) if found else None


async def authenticated(request: Request, scope: str) -> Agent:
    """Return the agent a request comes from.

    Args:
        request: With a bearer token, or a session's cookie.
        scope: What a token must allow; a session allows everything its agent may do.

    Raises:
        Problem: 401 nobody, 403 the token lacks the scope, or the CSRF token is wrong.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await _token_owner(request, token.strip(), scope)
    session = await session_of(request)
    if session is None:
        raise Problem(401, "session")
    if request.method not in ("GET", "HEAD"):
        check_csrf(request, session)
    return session.agent


def check_csrf(request: Request, session: Session) -> None:
    """Check that a change comes from a page that knows the session's CSRF token.

    Raises:
        Problem: 403, it does not, or the page is another site's.
    """
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Problem(403, "csrf")
    _our_page(request)


async def log_in(request: Request) -> Response:
    """Begin a session."""
    gateway: Gateway = request.app.state.gateway
    _our_page(request)
    wish = await wire.body(request, Login)
    username, password = wish.username[:_LONGEST].strip().lower(), wish.password[:_LONGEST]
    keys = _throttle(request, username)
    agent = await gateway.io(agents.check_password, gateway.store, username, password)
    if agent is None:
        raise Problem(401, "login")
    for key, limiter in keys.items():
        limiter.give_back(key)
    hours = gateway.settings.session_hours
    token, csrf = await gateway.io(agents.new_session, gateway.store, agent, hours)
    response = _session(agent, csrf)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(hours * 3600),
        path="/",
        secure=gateway.settings.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return response


async def show(request: Request) -> Response:
    """Tell who is logged in."""
    session = await session_of(request)
    if session is None:
        raise Problem(401, "session")
    return _session(session.agent, session.csrf)


async def log_out(request: Request) -> Response:
    """End a session."""
    gateway: Gateway = request.app.state.gateway
    session = await session_of(request)
    if session is not None:
        check_csrf(request, session)
        await gateway.io(agents.end_session, gateway.store, session.token)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def _token_owner(request: Request, token: str, scope: str) -> Agent:
    gateway: Gateway = request.app.state.gateway
    found = await gateway.io(agents.token_owner, gateway.store, token)
    if found is None:
        raise Problem(401, "session", headers={"WWW-Authenticate": "Bearer"})
    agent, scopes = found
    if scope not in scopes:
        raise Problem(403, "scope", scope=scope)
    return agent


def _throttle(request: Request, username: str) -> dict[str, Limiter]:
    """Count a try, for the address and for the user name at it.

    Raises:
        Problem: 429, too many in the last minute.
    """
    gateway: Gateway = request.app.state.gateway
    where = address(request, gateway.settings)
    limits = gateway.limits
    keys = {where: limits.login_addresses, f"{where} {username}": limits.logins}
    wait = max([limiter.wait(key) for key, limiter in keys.items()])
    if wait:
        seconds = int(wait) + 1
        headers = {"Retry-After": str(seconds)}
        raise Problem(429, "too_many_logins", headers=headers, seconds=seconds)
    return keys


def _our_page(request: Request) -> None:
    if "origin" in request.headers and not same_origin(request.scope):
        raise Problem(403, "origin")


def _session(agent: Agent, csrf: str) -> Response:
    account = AccountOut(agent.username, agent.name, agent.teams, agent.role)
    return wire.answer(SessionOut(account, csrf))


routes = [
    Route(PATH, log_in, methods=["POST"]),
    Route(PATH, show, methods=["GET"]),
    Route(PATH, log_out, methods=["DELETE"]),
]

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Log in: sets the session's cookie",
        body=Login,
        answer=SessionOut,
        statuses=(200, 400, 401, 403, 413, 429),
    ),
    Operation("GET", PATH, "Who is logged in", answer=SessionOut, statuses=(200, 401)),
    Operation("DELETE", PATH, "Log out", statuses=(204, 403)),
)
