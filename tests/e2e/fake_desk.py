"""A desk of cardboard, to look at the console's lists in any state: same API, rows made by hand.

``FakeDesk()`` serves the console's page in a thread. Tests change ``rows``, ``presence``,
``overview`` and ``down`` as they like and ``push`` frames to the open consoles.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fake_engine import wait_until
from tests.system import free_port

STATIC = Path(__file__).resolve().parents[2] / "bot" / "web" / "static"
AGENT = {"username": "marta", "name": "Marta Gil", "teams": ["general"], "role": "supervisor"}
TEAMS = {
    "general": {"es": "atención al cliente", "en": "customer care"},
    "billing": {"es": "facturación", "en": "billing"},
}
RANKS = ("urgent", "high", "medium", "low")


def iso(seconds: float) -> str:
    """An instant so many seconds from now, as the API writes it."""
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(seconds: float | None, state: str = "running") -> dict[str, Any]:
    """A clock that ends in so many seconds; None: there is none."""
    if seconds is None:
        return {"due": None, "state": "none"}
    return {"due": iso(seconds), "state": "missed" if seconds <= 0 else state}


def row(number: int, *, due: float = 3000.0, **more: Any) -> dict[str, Any]:
    """A ticket's line; ``due``: seconds to its first answer."""
    base = {
        "ref": f"R-{number:06d}",
        "conversation": f"c_{number}",
        "priority": "medium",
        "reason": "Sigue igual de enfadado",
        "reason_code": "anger_not_lower",
        "trigger": "anger_not_lower",
        "team": "general",
        "wait": 60,
        "frustration": {"now": 0.3, "peak": 0.4, "trend": "steady", "level": "annoyed"},
        "language": "es",
        "status": "queued",
        "owner": None,
        "owner_name": None,
        "summary": f"Que le llegue el pedido {number}.",
        "customer": f"Cliente {number}",
        "created_at": iso(-600),
        "queued_at": iso(-600),
        "claimed_at": None,
        "due_first_response": iso(due),
        "first_response_at": None,
        "resolved_at": None,
        "disposition": None,
        "lost_at": None,
        "tier": "L1",
        "labels": [],
        "issue": None,
        "channel": "chat",
        "phase": "queued",
        "waiting_since": None,
        "snoozed_until": None,
        "transfers": 0,
        "reopened": 0,
        "participants": [],
        "offered_to": None,
        "mentioned": False,
        "last_customer_message": None,
        "heat": False,
        "sla": {
            "first_response": clock(due),
            "update": clock(None),
            "resolution": clock(90_000),
            "answer": None,
        },
    }
    return {**base, **more}


def mine(number: int, **more: Any) -> dict[str, Any]:
    """A case that the agent has and has answered."""
    held = {"status": "claimed", "phase": "open", "owner": "marta", "owner_name": "Marta Gil"}
    clocks = {
        "first_response": clock(None, "met"),
        "update": clock(4000),
        "resolution": clock(90_000),
        "answer": None,
    }
    return row(number, **{**held, "first_response_at": iso(-300), "sla": clocks, **more})


class FakeDesk:
    """Serves the console and what it asks for; everything is in memory."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.reset()
        self._sockets: set[asyncio.Queue[Any]] = set()
        config = uvicorn.Config(self._app(), port=self.port, ws="wsproto", log_level="critical")
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started, seconds=20)

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._server.serve())

    def reset(self) -> None:
        """Begin with nothing."""
        self.rows: dict[str, dict[str, Any]] = {}
        self.views: list[dict[str, Any]] = []
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []  # paths with their queries
        self.down: set[str] = set()  # paths that answer 503
        self.role = "supervisor"
        self.presence: dict[str, Any] = {
            "presence": "online",
            "chosen": "online",
            "wrap_up_until": None,
            "cool_until": None,
            "load": 1,
            "capacity": 4,
        }
        self.overview: dict[str, Any] = {}
        self.customer: dict[str, Any] = {"identity_status": "anonymous"}  # of every case
        self.notices: list[str] = []
        self.approvals: list[dict[str, Any]] = []

    def add(self, *rows: dict[str, Any]) -> None:
        """Put cases into the desk, without telling anybody."""
        self.rows.update({each["ref"]: each for each in rows})

    def change(self, ref: str, *, by: str = "", **values: Any) -> dict[str, Any]:
        """Change a case and tell the open consoles, and which agent did it."""
        self.rows[ref] = {**self.rows[ref], **values}
        self.push({"type": "ticket", "ticket": self.rows[ref], "by": by})
        return self.rows[ref]

    def arrive(self, *rows: dict[str, Any]) -> None:
        """Put cases into the desk and tell the open consoles."""
        self.add(*rows)
        for each in rows:
            self.push({"type": "ticket", "ticket": each})

    def said(self, ref: str, text: str, author: str = "customer") -> None:
        """Let somebody write in a case, and tell the open consoles."""
        self.push({"type": "message", "ref": ref, "message": self.write(ref, text, author)})

    def write(self, ref: str, text: str, author: str = "customer") -> dict[str, Any]:
        """Let somebody write in a case; nobody is told yet."""
        known = self.messages.setdefault(ref, [])
        message = {
            "id": sum(len(each) for each in self.messages.values()) + 1,
            "author": author,
            "name": None,
            "text": text,
            "at": iso(0),
            "choices": [],
            "client_id": None,
            "turn": None,
            "language": "es",
            "late": False,
            "frustration": None,
        }
        known.append(message)
        if author == "customer":
            self.rows[ref] = {**self.rows[ref], "last_customer_message": message["id"]}
        return message

    def push(self, frame: dict[str, Any] | None) -> None:
        """Send every open console a frame; None closes their sockets."""
        for queue in tuple(self._sockets):
            if self._loop:
                self._loop.call_soon_threadsafe(queue.put_nowait, frame)

    def close(self) -> None:
        self.push(None)
        self._server.should_exit = True
        self._thread.join(10)

    # What the console asks for

    def _app(self) -> Any:
        api = "/api/v1"
        one = api + "/tickets/{ref}"
        routes = [
            Route("/console/", self._page),
            Route(api + "/session", self._session, methods=["GET", "POST", "DELETE"]),
            Route(api + "/desk", self._rules),
            Route(api + "/tickets", self._listing),
            Route(one, self._one),
            Route(one + "/accept", self._accept, methods=["POST"]),
            Route(one + "/decline", self._decline, methods=["POST"]),
            Route(api + "/views", self._views, methods=["GET", "POST"]),
            Route(api + "/views/{id}", self._forget, methods=["DELETE"]),
            Route(api + "/overview", self._overview),
            Route(api + "/reviews/queue", self._to_review),
            Route(api + "/approvals", self._asked),
            Route(api + "/presence", self._presence, methods=["GET", "PUT"]),
            Route(api + "/presence/ready", self._ready, methods=["POST"]),
            Route(api + "/conversations", self._chats),
            Route(api + "/{rest:path}", self._unknown, methods=["GET", "POST", "PUT", "DELETE"]),
            WebSocketRoute("/console/live", self._live),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return Starlette(routes=routes)

    async def _page(self, request: Request) -> Response:
        return FileResponse(STATIC / "console/index.html")

    async def _session(self, request: Request) -> Response:
        agent = {**AGENT, "role": self.role}
        return self._answer(request, {"agent": agent, "csrf": "x", "notices": self.notices})

    async def _rules(self, request: Request) -> Response:
        labels = {"vip": {"es": "Cliente preferente", "en": "Preferred customer"}}
        empty: dict[str, Any] = {"dispositions": {}, "reasons": {}, "causes": {}, "authority": {}}
        return self._answer(request, {**empty, "teams": TEAMS, "labels": labels})

    async def _listing(self, request: Request) -> Response:
        query = request.query_params
        view, words = query.get("view", "queue"), query.get("q", "").lower().split()
        closed = ("resolved", "returned")
        keeps = {
            "risk": lambda each: each["status"] not in closed,
            "resolved": lambda each: each["status"] in closed,
            "mentions": lambda each: each["mentioned"],
            "participating": lambda each: bool(each["participants"]),
        }
        found = [each for each in self.rows.values() if keeps.get(view, bool)(each)]
        for name in ("team", "priority", "language"):
            found = [each for each in found if query.get(name, each[name]) == each[name]]
        found = [each for each in found if all(word in str(each).lower() for word in words)]
        start, limit = int(query.get("after") or 0), int(query.get("limit", 50))
        following = str(start + limit) if len(found) > start + limit else None
        page = {"tickets": found[start : start + limit], "next": following}
        return self._answer(request, page)

    async def _one(self, request: Request) -> Response:
        ref = request.path_params["ref"]
        context = {
            "trigger": {"type": "anger_not_lower", "rule": "", "evidence": ""},
            "initiator": "bot",
            "agent_message": None,
            "summary": {"happened": "Entrega con retraso.", "wants": "Su pedido.", "tried": ""},
            "facts": {},
            "entities": [],
            "register": None,
            "step": None,
            "attempts": 0,
            "techniques": [],
            "offers": [],
            "rejected_offers": [],
            "failure_points": [],
            "misunderstood": 0,
            "issue": None,
            "tier": "L1",
            "customer": {"id": None, "name": None, "email": None, **self.customer},
            "history": {"conversations_30_days": 1, "tickets": []},
            "page": None,
            "risks": [],
            "promises": [],
            "compensation": {"offered": [], "allowed": {}},
            "versions": {},
            "returned": None,
        }
        known = self.messages.get(ref, [])
        whole = {"ticket": self.rows[ref], "context": context, "messages": known, "events": []}
        return self._answer(request, whole)

    async def _accept(self, request: Request) -> Response:
        held = {"status": "claimed", "phase": "open", "owner": "marta", "owner_name": "Marta Gil"}
        changed = self.change(request.path_params["ref"], offered_to=None, **held)
        return self._answer(request, {"ticket": changed, "messages": []})

    async def _decline(self, request: Request) -> Response:
        changed = self.change(request.path_params["ref"], offered_to=None)
        return self._answer(request, {"ticket": changed, "messages": []})

    async def _views(self, request: Request) -> Response:
        if request.method == "POST":
            self.views.append({"id": len(self.views) + 1, **await request.json()})
            return self._answer(request, self.views[-1])
        return self._answer(request, {"views": self.views})

    async def _forget(self, request: Request) -> Response:
        number = int(request.path_params["id"])
        self.views = [each for each in self.views if each["id"] != number]
        return Response(status_code=204)

    async def _overview(self, request: Request) -> Response:
        return self._answer(request, self.overview)

    async def _asked(self, request: Request) -> Response:
        return self._answer(request, {"approvals": self.approvals})

    async def _to_review(self, request: Request) -> Response:
        return self._answer(request, {"cases": []})

    async def _presence(self, request: Request) -> Response:
        if request.method == "PUT":
            chosen = (await request.json())["presence"]
            self.presence = {**self.presence, "presence": chosen, "chosen": chosen}
        return self._answer(request, self.presence)

    async def _ready(self, request: Request) -> Response:
        self.presence = {**self.presence, "presence": "online", "wrap_up_until": None}
        return self._answer(request, self.presence)

    async def _chats(self, request: Request) -> Response:
        return self._answer(request, {"conversations": []})

    async def _unknown(self, request: Request) -> Response:
        return JSONResponse({"error": {"code": "not_found", "text": "No existe."}}, 404)

    def _answer(self, request: Request, body: Any) -> Response:
        self.asked.append(f"{request.url.path}?{request.url.query}")
        if request.url.path in self.down:
            text = "El servidor no puede ahora. En unos minutos, sí."
            return JSONResponse({"error": {"code": "server", "text": text}}, 503)
        return JSONResponse(body)

    async def _live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if "/console/live" in self.down:
            return await websocket.close(1013)
        queue: asyncio.Queue[Any] = asyncio.Queue()
        self._sockets.add(queue)
        await websocket.send_json({"type": "ready", "agent": AGENT})
        listening = asyncio.create_task(self._listen(websocket, queue))
        try:
            while (frame := await queue.get()) is not None:
                await websocket.send_json(frame)
            with contextlib.suppress(RuntimeError):
                await websocket.close(1012)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page is gone
        finally:
            self._sockets.discard(queue)
            listening.cancel()

    async def _listen(self, websocket: WebSocket, queue: asyncio.Queue[Any]) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                if (await websocket.receive_json()).get("type") == "ping":
                    queue.put_nowait({"type": "pong"})
        queue.put_nowait(None)
