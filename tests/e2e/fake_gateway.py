"""A gateway of cardboard, to look at the widget without an engine: same API, scripted answers.

Run ``python tests/e2e/fake_gateway.py [port [port of the shop]]``: the demo page is at
http://127.0.0.1:8180, the shop of another origin at http://127.0.0.1:8190. ``POST /fake/<act>``
brings any state about (see ACTS).
Everything is in memory; ``/fake/restart`` closes the sockets and keeps the messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import secrets
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

STATIC = Path(__file__).resolve().parents[2] / "bot" / "web" / "static"
PORT, SHOP_PORT = (int(port) for port in (sys.argv[1:] + ["8180", "8190"][len(sys.argv) - 1 :]))
GATEWAY = f"http://127.0.0.1:{PORT}"
SHOP = f"http://127.0.0.1:{SHOP_PORT}"
PERSON = "Hablar con una persona"
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)
SHOP_CSP = (
    f"default-src 'none'; script-src {GATEWAY}; style-src 'self' {GATEWAY}; img-src 'self'; "
    f"connect-src {GATEWAY} {GATEWAY.replace('http', 'ws')}"
)

numbers = itertools.count(1)
conversations: dict[str, dict[str, Any]] = {}
switches = {"sockets": True, "refuse": False, "down": False, "answers": True}


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def add(conversation: dict[str, Any], author: str, text: str, **more: Any) -> dict[str, Any]:
    """Store a message and push it."""
    message = {
        "id": next(numbers),
        "author": author,
        "name": more.get("name"),
        "text": text,
        "at": now(),
        "choices": [
            {"id": f"ch_{secrets.token_urlsafe(6)}", "title": title, "used": False}
            for title in more.get("choices", ())
        ],
        "client_id": more.get("client_id"),
        "turn": more.get("turn") or f"t_{next(numbers)}",
        "language": conversation["info"]["language"],
    }
    conversation["messages"].append(message)
    push(conversation, {"type": "message", "message": message})
    return message


def push(conversation: dict[str, Any], frame: dict[str, Any]) -> None:
    """Give a frame to every open socket."""
    for queue in conversation["sockets"]:
        queue.put_nowait(frame)


def change(conversation: dict[str, Any], **info: Any) -> None:
    """Change who has the conversation, and say so."""
    conversation["info"].update(info)
    push(conversation, {"type": "conversation", "conversation": conversation["info"]})


async def script(conversation: dict[str, Any], text: str, turn: str) -> None:
    """Answer like a bot of cardboard."""
    if conversation["info"]["owner"] != "bot" or not switches["answers"]:
        return
    await asyncio.sleep(0.3)
    push(conversation, {"type": "typing", "who": "bot", "on": True})
    await asyncio.sleep(0.6)
    push(conversation, {"type": "typing", "who": "bot", "on": False})
    if "semanas" in text:
        add(
            conversation,
            "bot",
            "Tres semanas sin el pedido A-48213 es mucho tiempo, y nadie le avisó. Lo lamento.",
            turn=turn,
        )
        add(
            conversation,
            "bot",
            "El paquete está parado en Getafe desde el martes. ¿Qué prefiere?",
            turn=turn,
            choices=["Que lo envíen otra vez", "Que devuelvan los 42,90 €", PERSON],
        )
    else:
        add(conversation, "bot", f"Anotado: «{text[:60]}».", turn=turn)


async def create(request: Request) -> Response:
    if switches["refuse"]:
        text = "Hay muchas conversaciones nuevas desde esta red. En un minuto se puede abrir otra."
        return JSONResponse({"error": {"code": "too_fast", "text": text}}, 429)
    wish = await request.json()
    name = "c_" + secrets.token_urlsafe(8)
    info = {
        "conversation": name,
        "owner": "bot",
        "status": "open",
        "agent": None,
        "reference": None,
        "queue": None,
        "language": wish.get("language") or "es",
        "identity": "anonymous",
        "messages_limit": 4000,
    }
    conversation = {"info": info, "messages": [], "sockets": [], "token": secrets.token_urlsafe(8)}
    conversations[name] = conversation
    if info["language"] == "en":
        add(
            conversation,
            "bot",
            "Hello. This is an automatic assistant. What happened?",
            choices=["My order has not arrived", "A charge is wrong", "Talk to a person"],
        )
    else:
        add(
            conversation,
            "bot",
            "Hola. Soy un asistente automático. ¿Qué ha pasado?",
            choices=["Un pedido que no llega", "Un cobro que no cuadra", PERSON],
        )
    body = {**info, "token": conversation["token"], "messages": conversation["messages"]}
    return JSONResponse(body, 201)


def opened(request: Request) -> dict[str, Any] | None:
    conversation = conversations.get(request.path_params["id"])
    right = f"Bearer {conversation['token']}" if conversation else ""
    return conversation if request.headers.get("authorization") == right else None


NOT_FOUND = {"error": {"code": "conversation", "text": "Esa conversación ya no existe."}}


async def messages(request: Request) -> Response:
    conversation = opened(request)
    if conversation is None:
        return JSONResponse(NOT_FOUND, 401)
    if request.method == "POST":
        return await post(request, conversation)
    after = int(request.query_params.get("after", 0))
    missed = [m for m in conversation["messages"] if m["id"] > after]
    return JSONResponse({"messages": missed, "conversation": conversation["info"]})


async def post(request: Request, conversation: dict[str, Any]) -> Response:
    wish = await request.json()
    known = [m for m in conversation["messages"] if m["client_id"] == wish["client_id"]]
    if switches["refuse"]:
        text = "Son muchos mensajes en un minuto. En unos segundos se puede enviar."
        return JSONResponse({"error": {"code": "too_fast", "text": text}}, 429)
    if known:
        message = known[0]
    else:
        text = wish.get("text") or chosen(conversation, wish["choice"])
        turn = f"t_{next(numbers)}"
        message = add(conversation, "customer", text, client_id=wish["client_id"], turn=turn)
        asyncio.get_running_loop().create_task(script(conversation, text, turn))
    body = {"message": message, "turn": message["turn"], "replies": []}
    return JSONResponse({**body, "conversation": conversation["info"]}, 202)


def chosen(conversation: dict[str, Any], choice_id: str) -> str:
    for message in conversation["messages"]:
        for choice in message["choices"]:
            if choice["id"] == choice_id:
                choice["used"] = True
                return choice["title"]
    return "?"


async def person(request: Request) -> Response:
    conversation = opened(request)
    if conversation is None:
        return JSONResponse(NOT_FOUND, 401)
    before = len(conversation["messages"])
    act_queue(conversation, "")
    body = {"reference": "R-7K2QXM", "messages": conversation["messages"][before:]}
    return JSONResponse({**body, "conversation": conversation["info"]})


async def socket(websocket: WebSocket) -> None:
    conversation = conversations.get(websocket.path_params["id"])
    if conversation is None or not switches["sockets"]:
        await websocket.close(4404)
        return
    await websocket.accept()
    hello = await websocket.receive_json()
    missed = [m for m in conversation["messages"] if m["id"] > hello["after"]]
    queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    conversation["sockets"].append(queue)
    await websocket.send_json({"type": "ready", **conversation["info"], "messages": missed})
    reader = asyncio.create_task(listen(websocket, queue))
    try:
        while (frame := await queue.get()) is not None:
            await websocket.send_json(frame)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(1012)
    finally:
        conversation["sockets"].remove(queue)
        reader.cancel()


async def listen(websocket: WebSocket, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
    try:
        while True:
            frame = await websocket.receive_json()
            if frame["type"] == "ping":
                queue.put_nowait({"type": "pong"})
    except (WebSocketDisconnect, RuntimeError):
        queue.put_nowait(None)


def act_queue(conversation: dict[str, Any], text: str) -> None:
    change(
        conversation, owner="queue", reference="R-7K2QXM", queue={"position": 2, "minutes": [3, 8]}
    )
    add(
        conversation,
        "system",
        "Su caso R-7K2QXM está con el equipo de logística. "
        "No hace falta repetir nada: leerán lo que ha escrito.",
    )


def act_closed(conversation: dict[str, Any], text: str) -> None:
    change(conversation, owner="queue", reference="R-7K2QXM", queue=None)
    add(
        conversation,
        "system",
        "El equipo atiende desde mañana a las 9:00. Su caso R-7K2QXM "
        "está guardado y será de los primeros.",
    )


def act_claim(conversation: dict[str, Any], text: str) -> None:
    change(conversation, owner="agent", agent={"name": "Marta Ruiz"}, queue=None)
    add(conversation, "system", "Marta Ruiz, del equipo de logística, ya está aquí.")


def act_say(conversation: dict[str, Any], text: str) -> None:
    add(conversation, "agent", text, name="Marta Ruiz")


def act_bot(conversation: dict[str, Any], text: str) -> None:
    add(conversation, "bot", text)


def act_choices(conversation: dict[str, Any], text: str) -> None:
    title, *choices = text.split("|")
    add(conversation, "bot", title, choices=choices)


def act_notice(conversation: dict[str, Any], text: str) -> None:
    title, *choices = text.split("|")
    add(conversation, "system", title, choices=choices)


def act_customer(conversation: dict[str, Any], text: str) -> None:
    add(conversation, "customer", text, client_id=secrets.token_urlsafe(6))


def act_typing_bot(conversation: dict[str, Any], text: str) -> None:
    push(conversation, {"type": "typing", "who": "bot", "on": True})


def act_typing_agent(conversation: dict[str, Any], text: str) -> None:
    push(conversation, {"type": "typing", "who": "agent", "name": "Marta Ruiz", "on": True})


def act_return(conversation: dict[str, Any], text: str) -> None:
    change(conversation, owner="bot", agent=None)
    add(conversation, "system", "Marta ha devuelto la conversación al asistente automático.")
    add(conversation, "bot", "Queda acordado: el reenvío sale hoy y llega el jueves.")


def act_end(conversation: dict[str, Any], text: str) -> None:
    change(conversation, owner="bot", agent=None, status="ended", queue=None)
    add(conversation, "system", "El caso R-7K2QXM queda resuelto.")


def act_mood(conversation: dict[str, Any], text: str) -> None:
    change(conversation, mood=text or None)


def act_forget(conversation: dict[str, Any], text: str) -> None:
    conversation["token"] = "another"
    act_restart(conversation, text)


def act_restart(conversation: dict[str, Any], text: str) -> None:
    for queue in conversation["sockets"]:
        queue.put_nowait(None)


ACTS = {name.removeprefix("act_"): act for name, act in globals().items() if name[:4] == "act_"}


async def fake(request: Request) -> Response:
    """Bring a state about in the newest conversation, or turn a switch: {"text": ...}."""
    act = request.path_params["act"]
    text = (await request.json()).get("text", "")
    if act in switches:
        switches[act] = text == "on"
    else:
        ACTS[act](list(conversations.values())[-1], text)
    return JSONResponse({})


async def stored(request: Request) -> Response:
    """All messages of the newest conversation, and how many conversations there are."""
    newest = list(conversations.values())[-1]
    return JSONResponse({"messages": newest["messages"], "conversations": len(conversations)})


async def home(request: Request) -> Response:
    return FileResponse(STATIC / "demo/index.html", headers={"Content-Security-Policy": PAGE_CSP})


async def loader(request: Request) -> Response:
    return FileResponse(STATIC / "widget/widget.js")


class Down:
    """Answers 503 while the switch is on, as a proxy before a dead server does."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if switches["down"] and scope["type"] == "http" and path.startswith("/api"):
            await Response(status_code=503)(scope, receive, send)
        elif switches["down"] and scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013})
        else:
            await self.app(scope, receive, send)


PATH = "/api/v1/conversations"
gateway = Starlette(
    routes=[
        Route("/", home),
        Route("/widget.js", loader),
        Route("/fake/stored", stored),
        Route("/fake/{act}", fake, methods=["POST"]),
        Route(PATH, create, methods=["POST"]),
        Route(PATH + "/{id}/messages", messages, methods=["GET", "POST"]),
        Route(PATH + "/{id}/person", person, methods=["POST"]),
        WebSocketRoute(PATH + "/{id}/socket", socket),
        Mount("/static", StaticFiles(directory=STATIC)),
    ],
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=[SHOP],
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "X-Remanso-Hidden"],
        ),
        Middleware(Down),
        Middleware(GZipMiddleware),
    ],
)


async def shop_page(request: Request) -> Response:
    html = (STATIC / "demo_shop/index.html").read_text("utf-8").replace("__GATEWAY__", GATEWAY)
    return HTMLResponse(html, headers={"Content-Security-Policy": SHOP_CSP})


shop = Starlette(
    routes=[Route("/", shop_page), Mount("/", StaticFiles(directory=STATIC / "demo_shop"))]
)


async def main() -> None:
    """Serve both origins until stopped."""
    servers = [
        uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="wsproto"))
        for app, port in ((gateway, PORT), (shop, SHOP_PORT))
    ]
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
