"""All accounts, for administrators: who there is, who is locked, whose telephone is lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotAllowed
from bot.handoff import agents, logins, second_factor, sessions
from bot.handoff.instants import iso
from bot.handoff.records import Agent
from bot.web import auth, wire
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PATH = "/api/v1/accounts"
ROLE = "admin"


class AccountRow(msgspec.Struct):
    """An account, as administrators see it."""

    username: str
    name: str
    teams: list[str]
    role: str
    active: bool
    second_factor: bool
    locked_until: str | None


class AccountsOut(msgspec.Struct):
    """All accounts."""

    accounts: list[AccountRow]


async def list_accounts(request: Request) -> Response:
    """List all accounts."""
    gateway, _ = await _admin(request, auth.READ)
    found = await gateway.io(agents.all_agents, gateway.store)
    return wire.answer(AccountsOut([_row(agent) for agent in found]))


async def unlock(request: Request) -> Response:
    """Let an account try to log in again."""
    gateway, by = await _admin(request, auth.WRITE)
    username = request.path_params["username"]
    await gateway.io(logins.unlock, gateway.store, username)
    logger.info("unlocked", extra={"fields": {"account": username, "by": by}})
    return Response(status_code=204)


async def take_factor_off(request: Request) -> Response:
    """Turn an account's second factor off: its telephone is lost. Its logins end."""
    gateway, by = await _admin(request, auth.WRITE)
    username = request.path_params["username"]
    agent = await gateway.io(agents.get, gateway.store, username)
    await gateway.io(second_factor.off, gateway.store, username)
    await gateway.io(sessions.end_all, gateway.store, agent)
    logger.info("second factor off", extra={"fields": {"account": username, "by": by}})
    return Response(status_code=204)


async def _admin(request: Request, scope: str) -> tuple[Gateway, str]:
    agent = await auth.authenticated(request, scope)
    if agent.role != ROLE:
        raise NotAllowed(f"Accounts belong to the role '{ROLE}'.")
    return request.app.state.gateway, agent.username


def _row(agent: Agent) -> AccountRow:
    return AccountRow(
        username=agent.username,
        name=agent.name,
        teams=agent.teams,
        role=agent.role,
        active=agent.active,
        second_factor=agent.totp_at is not None,
        locked_until=iso(agent.locked_until),
    )


routes = [
    Route(PATH, list_accounts, methods=["GET"]),
    Route(PATH + "/{username}/unlock", unlock, methods=["POST"]),
    Route(PATH + "/{username}/second-factor", take_factor_off, methods=["DELETE"]),
]


def _operation(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, summary, security="agent", **more)


OPERATIONS = (
    _operation("GET", PATH, "All accounts (admin)", answer=AccountsOut, statuses=(200, 401, 403)),
    _operation(
        "POST",
        PATH + "/{username}/unlock",
        "Let a locked account try again (admin)",
        statuses=(204, 401, 403, 404),
    ),
    _operation(
        "DELETE",
        PATH + "/{username}/second-factor",
        "Turn a second factor off whose telephone is lost (admin)",
        statuses=(204, 401, 403, 404),
    ),
)
