"""A dialogue engine for tests: a real HTTP server behind the same door, with chosen behaviour."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

DOOR = "/webhooks/gateway"
MODEL = "0123456789abcdef"


def parse_of(text, level="calm"):
    return {
        "text": text,
        "intent": {"name": "inform", "confidence": 0.9},
        "intent_ranking": [],
        "entities": [],
        "frustration": {"score": 0.2, "level": level, "cues": []},
        "language": {"code": "es", "confidence": 0.9},
        "register": None,
    }


def handoff(trigger="explicit_request", **more):
    payload = {
        "trigger": trigger,
        "rule": "asked_for_a_person",
        "evidence": "una persona",
        "reason_code": "customer_request",
        "step": "handoff",
        "attempts": 0,
        "techniques": [],
        "offers": [],
        "facts": {},
        "issue": None,
        "team": "general",
        "priority": "medium",
        "risk": [],
        "language": "es",
        "register": None,
        "misunderstood": 0,
        "failure_points": [],
        "wants": "una persona",
        "tried": "",
        "happened": "pide una persona",
    }
    return {**payload, **more}


class FakeEngine:
    """Answers turns as told: ``script`` maps a text to keywords of the behaviour.

    Keywords: ``say`` (texts), ``as`` (their response), ``choices``, ``handoff``, ``identity``,
    ``error``, ``status`` (HTTP), ``seconds`` (how long it takes). What has no script is echoed.
    """

    def __init__(self, port=None):
        self.port = port or free_port()
        self._server = None
        self._thread = None
        self.reset()

    def reset(self):
        """Forget everything said and told."""
        self.script = {}
        self.levels = {}  # how angry a text is; calm unless said
        self.calls = []  # bodies of message and handback, replays included
        self.scored = []
        self.ran = []  # turn ids that were really run
        self.answers = {}  # by turn id: what a tracker would have saved
        self.pause = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Listen; harmless when it does already."""
        if self._server is not None:
            return self
        config = uvicorn.Config(
            self._app(),
            host="127.0.0.1",
            port=self.port,
            log_level="critical",
            lifespan="off",
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started, 30)
        return self

    def stop(self):
        """Die: connections break off in the middle, as with ``kill -9``."""
        if self._server is None:
            return
        for connection in tuple(self._server.server_state.connections):
            connection.loop.call_soon_threadsafe(connection.transport.abort)
        time.sleep(0.05)
        self._server.force_exit = True
        self._server.should_exit = True
        self._thread.join(5)
        self._server = None

    def texts(self):
        return [call.get("text") for call in self.calls]

    def _app(self):
        return Starlette(
            routes=[
                Route(f"{DOOR}/health", self._health),
                Route(f"{DOOR}/message", self._message, methods=["POST"]),
                Route(f"{DOOR}/handback", self._message, methods=["POST"]),
                Route(f"{DOOR}/score", self._score, methods=["POST"]),
                Route(f"{DOOR}/model", self._model, methods=["POST"]),
            ]
        )

    async def _health(self, request: Request):
        return JSONResponse({"status": "ok", "model": MODEL, "model_file": "m", "encoder": "e"})

    async def _score(self, request: Request):
        body = await request.json()
        self.scored.append(body["text"])
        return JSONResponse(
            {"parse": parse_of(body["text"], self.levels.get(body["text"], "calm"))}
        )

    async def _model(self, request: Request):
        return JSONResponse({"error": {"detail": "damaged archive"}}, 400)

    async def _message(self, request: Request):
        body = await request.json()
        self.calls.append(body)
        turn = body["turn"]
        if turn in self.answers:
            return JSONResponse({**self.answers[turn], "replayed": True})
        self.ran.append(turn)
        text = body.get("text") or "hand_back"
        how = self.script.get(text, {})
        self.answers[turn] = answer = self._answer(turn, text, body, how)
        await asyncio.sleep(how.get("seconds", self.pause))
        if how.get("status"):
            del self.answers[turn]
            return JSONResponse({"error": {"kind": "exception"}}, how["status"])
        return JSONResponse(answer)

    def _answer(self, turn, text, body, how):
        said = how.get("say", [f"eco: {text}"])
        choices, key = how.get("choices", []), how.get("as", "utter_echo")
        return {
            "turn": turn,
            "replayed": False,
            "messages": [
                {"text": each, "choices": choices, "response": key, "id": f"echo_{turn}"}
                for each in said
            ],
            "state": {"step": "listen", "attempts": 0, "frustration": [0.2]},
            "parse": parse_of(text, self.levels.get(text, "calm")),
            "handoff": how.get("handoff"),
            "identity": how.get("identity"),
            "error": how.get("error"),
            "promises": how.get("promises", []),
            "promises_kept": how.get("promises_kept", []),
        }


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")
