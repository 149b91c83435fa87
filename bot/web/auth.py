"""Who an agent is: login sessions for people, bearer tokens for programs.

A session is a cookie that scripts cannot read; what changes something needs the session's CSRF
token in a header too, and a page of this very address. Tokens have scopes and no cookie.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff import agents, logins, sessions
from bot.handoff.records import Agent
from bot.web import band, wire
from bot.web.devices import device
from bot.web.limits import Limiter, address
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.origins import same_origin
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

COOKIE = "remanso_session"
PATH = "/api/v1/session"
READ, WRITE = agents.SCOPES
REQUIRED: Literal["required"] = "required"
SECOND_FACTOR = "second factor"
"""What the key of second factors is derived for."""
LONGEST = 200
"""Characters of a password or user name that are looked at."""
EVEN = 0.25
"""A refused login takes these seconds, or a multiple: how long tells nothing of the account."""


class Login(msgspec.Struct):
    """Who wants in; ``code`` is asked for (401 second_factor) of who has a second factor."""

    username: str
    password: str
    code: str = ""


class AccountOut(msgspec.Struct):
    """An agent's account. ``role`` is agent, supervisor, trainer or admin."""

    username: str
    name: str
    teams: list[str]
    role: str


class SessionOut(msgspec.Struct):
    """Who is logged in; ``csrf`` goes into the header X-CSRF-Token of every change.

    With a ``second_factor`` that is ``required`` nothing else can be done before it is on.
    ``notices`` tell administrators and supervisors what needs them.
    """

    agent: AccountOut
    csrf: str
    second_factor: Literal["on", "off", "required"]
    notices: list[str]


@dataclass(frozen=True)
class Session:
    """A login, as its cookie proves it."""

    agent: Agent
    csrf: str
    token: str
    incomplete: bool  # the second factor that the role must have is missing


async def session_of(connection: HTTPConnection, *, working: bool = False) -> Session | None:
    """Return the login of a request or socket, if its cookie holds.

    A page reads by itself: only who changes something, or is ``working``, keeps a login alive.
    """
    token = connection.cookies.get(COOKIE, "")
    if not token:
        return None
    gateway: Gateway = connection.app.state.gateway
    idle = gateway.settings.session_idle_minutes
    found = await gateway.io(sessions.session, gateway.store, token, idle=idle)
    if found is None:
        return None
    if working or connection.scope.get("method", "GET") not in ("GET", "HEAD"):
        await gateway.io(sessions.used, gateway.store, token, found)
    return Session(found.agent, found.csrf, token, standing(gateway, found.agent) == REQUIRED)


def standing(gateway: Gateway, agent: Agent) -> Literal["on", "off", "required"]:
    """Return whether an agent's second factor is on, off, or missing though it is required."""
    if agent.totp_at is not None:
        return "on"
    return REQUIRED if agent.role in gateway.settings.require_second_factor else "off"


async def authenticated(request: Request, scope: str) -> Agent:
    """Return the agent a request comes from.

    Args:
        request: With a bearer token, or a session's cookie.
        scope: What a token must allow; a session allows everything its agent may do.

    Raises:
        Problem: 401 nobody, 403 the token lacks the scope, the CSRF token is wrong, or the second
            factor is missing.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await _token_owner(request, token.strip(), scope)
    session = await logged_in(request)
    if session.incomplete:
        raise Problem(403, "second_factor_required")
    return session.agent


async def logged_in(request: Request) -> Session:
    """Return the login a request of a person comes with, whatever it still lacks.

    Raises:
        Problem: 401 nobody, 403 the CSRF token is wrong.
    """
    session = await session_of(request)
    if session is None:
        raise Problem(401, "session")
    if request.method not in ("GET", "HEAD"):
        check_csrf(request, session)
    return session


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
    username, password = wish.username[:LONGEST].strip().lower(), wish.password[:LONGEST]
    keys = throttle(request, username)
    login = await checked(gateway, username, password, wish.code[:LONGEST])
    if login.agent is None and login.why != logins.ASKED:
        raise Problem(401, login.why)
    for key, limiter in keys.items():
        limiter.give_back(key)
    if login.agent is None:
        raise Problem(401, login.why)
    agent, hours = login.agent, gateway.settings.session_hours
    here = device(request.headers.get("user-agent", ""))
    token, csrf = await gateway.io(sessions.new_session, gateway.store, agent, hours, here)
    response = await _session(request, agent, csrf)
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
    session = await logged_in(request)
    return await _session(request, session.agent, session.csrf)


async def log_out(request: Request) -> Response:
    """End a session."""
    gateway: Gateway = request.app.state.gateway
    session = await session_of(request)
    if session is not None:
        check_csrf(request, session)
        await gateway.io(sessions.end_session, gateway.store, session.token)
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


async def checked(gateway: Gateway, username: str, password: str, code: str) -> logins.Login:
    """Try a password and a code; a refusal takes as long whatever was wrong."""
    began, settings = time.monotonic(), gateway.settings
    lock = logins.Lock(settings.logins_before_lock, settings.lock_minutes)
    key = settings.key(SECOND_FACTOR)
    login = await gateway.io(
        logins.log_in, gateway.store, username, password, code=code, key=key, lock=lock
    )
    if login.agent is None and EVEN:
        took = time.monotonic() - began
        await asyncio.sleep(EVEN - took % EVEN)
    return login


def throttle(request: Request, username: str) -> dict[str, Limiter]:
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


async def _session(request: Request, agent: Agent, csrf: str) -> Response:
    gateway: Gateway = request.app.state.gateway
    language = preferred_language(request.headers.get("accept-language", ""))
    account = AccountOut(agent.username, agent.name, agent.teams, agent.role)
    notices = [
        *await gateway.io(gateway.calling.notices, agent, language),
        *await gateway.io(band.notices, gateway, agent, language),
    ]
    return wire.answer(SessionOut(account, csrf, standing(gateway, agent), notices))


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
