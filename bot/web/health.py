"""Is it alive, and can it serve? For supervisors and load balancers."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import EngineError, RemansoError
from bot.web import wire

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PROBE = "hola"
"""What the probe turn says; nobody reads the answer."""


class Alive(msgspec.Struct):
    """The process answers."""

    status: str


class Check(msgspec.Struct):
    """One thing the gateway needs: ``ok``, or why not."""

    ok: bool
    detail: str


class Ready(msgspec.Struct):
    """Whether customers can be served now."""

    status: str  # ready | not ready
    database: Check
    engine: Check
    backoffice: Check


class Readiness:
    """Looks whether everything needed answers.

    A model that has answered a probe turn once is not asked again until it changes.
    """

    def __init__(self, gateway: Gateway, ping_shop: Callable[[], None]) -> None:
        self._gateway = gateway
        self._ping_shop = ping_shop
        self._proved = ""  # the model that answered
        self._conversation = f"c_probe_{secrets.token_urlsafe(8)}"

    async def look(self) -> Ready:
        """Look at all of them."""
        gateway = self._gateway
        database = await _check(lambda: gateway.io(gateway.store.ping))
        backoffice = await _check(lambda: gateway.io(self._ping_shop))
        engine = await _check(self._probe)
        ok = database.ok and engine.ok and backoffice.ok
        status = "ready" if ok else "not ready"
        return Ready(status=status, database=database, engine=engine, backoffice=backoffice)

    async def _probe(self) -> str:
        engine = self._gateway.engine
        model = (await engine.health()).model
        if model != self._proved:
            now = datetime.now(timezone.utc).isoformat(timespec="seconds")
            identity = {"status": "anonymous", "customer_id": None, "name": None}
            context = {"identity": identity, "language": "es", "now": now.replace("+00:00", "Z")}
            turn = f"t_probe_{secrets.token_urlsafe(6)}"
            reply = await engine.message(self._conversation, turn, PROBE, context=context)
            if reply.error or not (reply.messages or reply.handoff):
                raise EngineError("The probe turn was not answered.")
            self._proved = model
        return f"model {model}"


async def _check(work: Callable[[], Awaitable[str | None]]) -> Check:
    try:
        return Check(ok=True, detail=await work() or "answers")
    except RemansoError as error:
        return Check(ok=False, detail=type(error).__name__)
    except Exception as error:  # a probe reports, whatever it meets
        logger.error("readiness", exc_info=error)
        return Check(ok=False, detail=type(error).__name__)


async def health(request: Request) -> Response:
    """The process answers."""
    return wire.answer(Alive(status="ok"))


async def ready(request: Request) -> Response:
    """200 when customers can be served, 503 with the reason when not."""
    state = await request.app.state.readiness.look()
    return wire.answer(state, 200 if state.status == "ready" else 503)


routes = [Route("/health", health), Route("/ready", ready)]
