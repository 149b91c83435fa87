"""Webhooks over the API, for administrators: add, list, try, turn on again, remove."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotAllowed, NotFound
from bot.handoff.deliveries import Deliveries
from bot.handoff.hooks import Hook, Hooks
from bot.handoff.records import Agent
from bot.web import auth, wire
from bot.web.hook_sender import Sender, run
from bot.web.openapi import Operation

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/hooks"
ONE = PATH + "/{id}"
ROLE = "admin"


class HookIn(msgspec.Struct):
    """Where to, and which events; none given: all."""

    url: Annotated[str, msgspec.Meta(max_length=2000)]
    events: Annotated[list[str], msgspec.Meta(max_length=100)] = []


class HookOut(msgspec.Struct):
    """A webhook. It is off since ``disabled_at`` when nothing had arrived for days."""

    id: int
    url: str
    events: list[str]
    active: bool
    made_by: str
    made_at: str
    failing_since: str | None
    disabled_at: str | None


class HooksOut(msgspec.Struct):
    """All webhooks."""

    hooks: list[HookOut]


class MadeOut(msgspec.Struct):
    """A new webhook and the key that signs what it is sent; shown once."""

    hook: HookOut
    secret: str


class TriedOut(msgspec.Struct):
    """What the receiver answered; ``status`` is null when nothing came, and ``why`` says more."""

    delivered: bool
    status: int | None
    why: str


class DeliveryOut(msgspec.Struct):
    """One event on its way to the webhook."""

    id: str
    kind: str
    ref: str
    tries: int
    status: int | None
    delivered_at: str | None
    next_at: str | None


class DeliveriesOut(msgspec.Struct):
    """The latest deliveries, newest first."""

    deliveries: list[DeliveryOut]


class Calling:
    """Webhooks of a gateway: who is told, what is on its way, who brings it."""

    def __init__(self, gateway: Gateway) -> None:
        settings = gateway.settings
        self._gateway = gateway
        self.hooks = Hooks(gateway.store, settings.key("hooks"))
        self.deliveries = Deliveries(gateway.store, self.hooks)
        self.sender = Sender(
            self.hooks, self.deliveries, private=settings.hook_private, clock=gateway.store.clock
        )

    def work(self) -> Coroutine[Any, Any, None]:
        """Return what runs for as long as the gateway does."""
        return run(self._gateway, self.hooks, self.deliveries, self.sender)

    def notices(self, agent: Agent, language: str) -> list[str]:
        """Return what an administrator should know: webhooks that were turned off."""
        if agent.role != ROLE:
            return []
        told = self._gateway.notices
        return [
            told.text(
                "utter_error_hook_off", language=language, facts={"host": hook.host, "id": hook.id}
            )
            for hook in self.hooks.all()
            if hook.disabled_at is not None
        ]


async def listing(request: Request) -> Response:
    """List the webhooks."""
    _, gateway = await _admin(request, auth.READ)
    found = await gateway.io(gateway.calling.hooks.all)
    return wire.answer({"hooks": [hook.as_dict() for hook in found]})


async def add(request: Request) -> Response:
    """Make a webhook; its key is shown once."""
    agent, gateway = await _admin(request, auth.WRITE)
    wish = await wire.body(request, HookIn)
    hooks = gateway.calling.hooks
    made = await gateway.io(hooks.add, wish.url, wish.events, agent.username)
    return wire.answer({"hook": made.as_dict(), "secret": hooks.key_of(made)}, 201)


async def remove(request: Request) -> Response:
    """Remove a webhook."""
    hook, gateway = await _one(request, auth.WRITE)
    await gateway.io(gateway.calling.hooks.remove, hook.id)
    return Response(status_code=204)


async def try_out(request: Request) -> Response:
    """Send a webhook something that stands for nothing."""
    hook, gateway = await _one(request, auth.WRITE)
    answer = await gateway.io(gateway.calling.sender.test, hook)
    return wire.answer(TriedOut(answer.taken, answer.status, answer.why))


async def turn_on(request: Request) -> Response:
    """Turn a webhook on again; what it missed is sent."""
    hook, gateway = await _one(request, auth.WRITE)
    again = await gateway.io(gateway.calling.hooks.turn_on, hook.id)
    return wire.answer(again.as_dict())


async def last(request: Request) -> Response:
    """List the latest deliveries of a webhook."""
    hook, gateway = await _one(request, auth.READ)
    found = await gateway.io(gateway.calling.deliveries.last, hook.id)
    return wire.answer({"deliveries": found})


async def _admin(request: Request, scope: str) -> tuple[Agent, Gateway]:
    agent = await auth.authenticated(request, scope)
    if agent.role != ROLE:
        raise NotAllowed(f"Webhooks belong to the role '{ROLE}'.")
    return agent, request.app.state.gateway


async def _one(request: Request, scope: str) -> tuple[Hook, Gateway]:
    _, gateway = await _admin(request, scope)
    number = request.path_params["id"]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound(f"There is no webhook '{number}'.")
    return await gateway.io(gateway.calling.hooks.get, int(number)), gateway


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(PATH, add, methods=["POST"]),
    Route(ONE, remove, methods=["DELETE"]),
    Route(ONE + "/test", try_out, methods=["POST"]),
    Route(ONE + "/on", turn_on, methods=["POST"]),
    Route(ONE + "/deliveries", last, methods=["GET"]),
]


def _operation(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, path, f"{summary} (admin)", security="agent", **more)


_REFUSED = (401, 403, 404)

OPERATIONS = (
    _operation("GET", PATH, "All webhooks", answer=HooksOut, statuses=(200, 401, 403)),
    _operation(
        "POST",
        PATH,
        "Tell another system of ticket events; the key is shown once",
        body=HookIn,
        answer=MadeOut,
        statuses=(201, 400, 401, 403, 413),
    ),
    _operation("DELETE", ONE, "Remove a webhook", statuses=(204, *_REFUSED)),
    _operation("POST", ONE + "/test", "Send a test", answer=TriedOut, statuses=(200, *_REFUSED)),
    _operation(
        "POST",
        ONE + "/on",
        "Turn on again; what was missed is sent",
        answer=HookOut,
        statuses=(200, *_REFUSED),
    ),
    _operation(
        "GET",
        ONE + "/deliveries",
        "The latest deliveries",
        answer=DeliveriesOut,
        statuses=(200, *_REFUSED),
    ),
)
