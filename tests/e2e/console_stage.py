"""A stage for the console: the real gateway in front of an engine that does as it is told."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import uvicorn

from bot.handoff import agents
from bot.handoff.store import Store
from bot.settings import Settings
from bot.web.app import create_app
from evaluation.open_desk import write_open_desk
from tests.fake_engine import FakeEngine, handoff, wait_until
from tests.system import PASSWORD, free_port

ANGRY = "Llevo tres semanas esperando el pedido 48213 y nadie me contesta"
PAYLOAD = handoff(
    trigger="anger_not_lower",
    rule="anger_not_lower (attempts 2, drop 0.15)",
    evidence=ANGRY,
    reason_code="anger_not_lower",
    attempts=2,
    techniques=["name_the_wait", "regret_once"],
    offers=[
        {"text": "Reenviar el pedido 48213", "status": "refused"},
        {"text": "Devolver 84,90 €", "status": "made"},
    ],
    facts={"order": "48213", "wait": "tres semanas"},
    issue="late_delivery",
    priority="high",
    risk=["legal"],
    happened="Entrega con retraso. pedido 48213.",
    wants="Que se le devuelva el dinero.",
    tried="2 intentos de calmar.",
)


class Stage:
    """A gateway with two agents, served in a thread."""

    def __init__(self, home: Path) -> None:
        self.engine = FakeEngine().start()
        self.settings = Settings(
            home=home,
            desk=write_open_desk(home),
            port=free_port(),
            secret="s" * 40,
            quiet_window=0.05,
            messages_per_minute=1000,
            conversations_per_minute=1000,
            logins_per_minute=4,
            engine_url=self.engine.url,
        )
        self.url = self.settings.public()
        self.store = Store(self.settings.database())
        for username, name in (("marta", "Marta Gil"), ("bruno", "Bruno Sáez")):
            agents.add(self.store, username, name=name, password=PASSWORD, role="supervisor")
        self._server: Any = None
        self.start()

    def start(self) -> None:
        app = create_app(dataclasses.replace(self.settings), ping_shop=lambda: None)
        config = uvicorn.Config(
            app,
            port=self.settings.port,
            ws="wsproto",
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started, 30)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def close(self) -> None:
        self.stop()
        self.engine.stop()

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.loads(response.read() or b"null")

    def token(self, username: str) -> str:
        return agents.new_token(self.store, username, scopes=list(agents.SCOPES))


class Customer:
    """A customer who writes and asks for a person."""

    def __init__(self, stage: Stage, language: str = "es") -> None:
        self.stage = stage
        begun = stage.call("POST", "/api/v1/conversations", {"language": language})
        self.token = begun["token"]
        self.path = f"/api/v1/conversations/{begun['conversation']}"
        self.reference = ""

    def say(self, text: str, *, wait: bool = True) -> None:
        body = {"text": text, "client_id": f"m{time.monotonic_ns()}"}
        self.stage.call("POST", f"{self.path}/messages?wait={int(wait)}", body, self.token)

    def person(self) -> str:
        answer = self.stage.call("POST", f"{self.path}/person", {}, self.token)
        self.reference = answer["reference"]
        return self.reference

    def hears(self, author: str = "agent") -> list[str]:
        answer = self.stage.call("GET", f"{self.path}/messages?after=0", token=self.token)
        return [each["text"] for each in answer["messages"] if each["author"] == author]

    def waits_for(self, text: str) -> None:
        wait_until(lambda: text in self.hears(), seconds=15)


def angry_customer(stage: Stage) -> Customer:
    """A customer whom the bot hands over with everything a handoff can carry."""
    stage.engine.script[ANGRY] = {"say": ["Paso el caso a una persona."], "handoff": PAYLOAD}
    stage.engine.levels[ANGRY] = "angry"
    customer = Customer(stage)
    customer.say("Hola")
    customer.say(ANGRY)
    customer.reference = stage.call("GET", customer.path, token=customer.token)["reference"]
    return customer
