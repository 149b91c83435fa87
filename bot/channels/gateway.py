"""The dialogue engine's one door: a Rasa input channel for our gateway alone.

Routes below ``/webhooks/gateway``, all with ``Authorization: Bearer <engine secret>``: ``message``
(answer a turn), ``score`` (understand a text, change nothing), ``handback`` (an agent gave the
conversation back), ``model`` (load another model; a damaged one leaves the old one in place) and
``health``. Who the customer is comes from the gateway; nothing in a customer's text can forge it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import settings as settings_module
from bot.channels import log, turns
from bot.channels.answer import answer, parse
from bot.channels.failures import GuardedEndpoint
from bot.errors import EngineError
from bot.settings import Settings

Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]
CHOICE = re.compile(r"^/([a-z_]+)(\{.*\})?$", re.DOTALL)


class BadRequest(EngineError):
    """The gateway asked for something that this door does not understand."""


class GatewayInput(InputChannel):
    """The channel; Rasa makes it from ``credentials.yml``."""

    def __init__(self, settings: Settings) -> None:
        """Serve the installation of ``settings``."""
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, a part of its address."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        """Make the channel; everything it needs is in the settings."""
        return cls(settings_module.load())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. Rasa's own handler is not used: it tells nothing of failures."""
        door = Blueprint("gateway")
        for path, methods, handler in (
            ("/health", ["GET"], self._health),
            ("/message", ["POST"], self._message),
            ("/score", ["POST"], self._score),
            ("/handback", ["POST"], self._handback),
            ("/model", ["POST"], self._model),
        ):
            door.add_route(self._guarded(handler), path, methods=methods, name=path[1:])
        return door

    def _guarded(self, handler: Handler) -> Handler:
        expected = f"Bearer {self._settings.engine_secret()}"

        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            given = request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), expected.encode()):
                return _error(401, "unauthorised", "This door is for the gateway.")
            if not _agent(request).is_ready() and not request.path.endswith("/model"):
                return _error(503, "no_model", "No model is loaded.")
            self._guard_actions(_agent(request))
            try:
                return await handler(request)
            except BadRequest as error:
                return _error(400, "bad_request", str(error))
            except Exception as error:  # noqa: BLE001 - a plain 500 that says nothing of the inside
                log.problem(request.path, error)
                return _error(500, "exception", type(error).__name__)

        return guarded

    async def _health(self, request: Request) -> HTTPResponse:
        agent = _agent(request)
        processor = agent.processor
        return response.json(
            {
                "status": "ok",
                "model": agent.model_id,
                "model_file": processor.model_filename if processor else None,
                "encoder": _encoder(self._settings),
            }
        )

    async def _message(self, request: Request) -> HTTPResponse:
        body = _body(request, conversation=str, turn=str, text=str)
        turn = turns.Turn(
            conversation=body["conversation"],
            id=body["turn"],
            text=body["text"],
            context=body.get("context") or {},
            choice=read_choice(body.get("choice")),
        )
        return await self._answer(_agent(request), turn)

    async def _handback(self, request: Request) -> HTTPResponse:
        body = _body(request, conversation=str, turn=str)
        turn = turns.Turn(
            conversation=body["conversation"],
            id=body["turn"],
            text="",
            context=body.get("context") or {},
            note=body.get("note") or {},
        )
        return await self._answer(_agent(request), turn)

    async def _answer(self, agent: Agent, turn: turns.Turn) -> HTTPResponse:
        start = time.monotonic()
        events, replayed = await turns.run(agent, turn)
        result = answer(turn.id, events, replayed=replayed)
        log.turn(turn, result, events, seconds=time.monotonic() - start)
        return response.json(result)

    async def _score(self, request: Request) -> HTTPResponse:
        body = _body(request, conversation=str, text=str)
        agent = _agent(request)
        tracker = await agent.tracker_store.retrieve(body["conversation"])
        message = UserMessage(turns.as_text(body["text"]), sender_id=body["conversation"])
        parsed = await agent.processor.parse_message(message, tracker)
        return response.json({"parse": parse(parsed, body["text"])})

    async def _model(self, request: Request) -> HTTPResponse:
        path = Path(_body(request, path=str)["path"])
        if not path.is_absolute() or not path.is_file():
            return _error(404, "no_such_model", f"There is no model file at '{path}'.")
        agent = _agent(request)
        before = agent.processor, agent.domain, agent.fingerprint
        loop = asyncio.get_running_loop()
        try:  # in a thread, so that conversations go on meanwhile
            await loop.run_in_executor(None, agent.load_model, str(path))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the old one stays
            log.problem(request.path, error)
            agent.processor, agent.domain, agent.fingerprint = before
            agent.tracker_store.domain = agent.domain
            return _error(422, "bad_model", f"'{path.name}' was refused: {error}")
        return response.json({"model": agent.model_id})

    def _guard_actions(self, agent: Agent) -> None:
        if isinstance(agent.action_endpoint, GuardedEndpoint):
            return
        guarded = GuardedEndpoint(
            self._settings.actions(),
            seconds=self._settings.action_timeout,
            enable_selective_domain=True,
        )
        agent.action_endpoint = guarded  # a model loaded later gets it from here
        if agent.processor is not None:
            agent.processor.action_endpoint = guarded


def read_choice(payload: str | None) -> dict[str, Any] | None:
    """Return intent and entities of a quick reply's payload, e.g. ``/inform{"order": "1"}``.

    Raises:
        BadRequest: the payload is not one of ours.
    """
    if not payload:
        return None
    match = CHOICE.match(payload)
    try:
        entities = json.loads(match.group(2) or "{}") if match else None
    except ValueError:
        entities = None
    if match is None or not isinstance(entities, dict):
        raise BadRequest(f"'{payload[:80]}' is not a quick reply's payload.")
    return {"intent": match.group(1), "entities": entities}


def _body(request: Request, **required: type) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    for name, kind in required.items():
        if not isinstance(body.get(name), kind):
            raise BadRequest(f"'{name}' is missing or is not a {kind.__name__}.")
    return body


def _agent(request: Request) -> Agent:
    agent: Agent = request.app.ctx.agent
    return agent


def _encoder(settings: Settings) -> str | None:
    current = settings.models / "encoder" / "current"
    return current.read_text(encoding="utf-8").strip() if current.is_file() else None


def _error(status: int, code: str, text: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "text": text}}, status=status)
