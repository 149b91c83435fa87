"""A whole installation for tests: the real processes on free ports, with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from bot.settings import Settings, load
from bot.supervisor import Supervisor, answers
from bot.training.published import published_model

PASSWORD = "una-clave-larga"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_listening(port: int, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"nobody listens on {port}"
        time.sleep(0.05)


class Installation:
    """The processes of one machine; ``environment`` adds REMANSO_* variables for all of them."""

    def __init__(self, home: Path, **environment: str) -> None:
        ports = {name: free_port() for name in ("port", "shop_port", "engine_port", "actions_port")}
        variables = {f"REMANSO_{name.upper()}": str(port) for name, port in ports.items()}
        variables |= {"REMANSO_HOME": str(home), "REMANSO_CONVERSATIONS_PER_MINUTE": "10000"}
        variables |= environment
        self.settings: Settings = load({**_ours(), **variables})
        self.said: list[str] = []
        self.supervisor = Supervisor(
            self.settings, published_model(self.settings), say=self.said.append, demo=True
        )
        for child in self.supervisor.children:
            child.environment = {**child.environment, **variables}
        self._watcher = threading.Thread(target=self.supervisor.watch, daemon=True)

    @property
    def url(self) -> str:
        return self.settings.public()

    @property
    def shop_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.shop_port}"

    def __enter__(self) -> Installation:
        self.supervisor.start()
        self.supervisor.wait_ready(patience=180)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.stop()

    def kill(self, name: str) -> None:
        """kill -9 one child, once it listens; the supervisor starts it again."""
        child = next(child for child in self.supervisor.children if child.name == name)
        ports = {"web": "port", "engine": "engine_port", "actions": "actions_port"}
        until_listening(getattr(self.settings, ports[name]))
        os.killpg(child.process.pid, signal.SIGKILL)

    def ready(self, patience: float = 120) -> None:
        deadline = time.monotonic() + patience
        while not answers(f"{self.url}/ready"):
            assert time.monotonic() < deadline, "not ready again"
            time.sleep(0.1)

    def add_agent(self, username: str, *, teams=(), role="supervisor", name="Marta Gil") -> None:
        from bot.handoff import agents
        from bot.handoff.store import Store

        store = Store(self.settings.database())
        agents.add(store, username, name=name, password=PASSWORD, teams=list(teams), role=role)

    def token(self, username: str, *scopes: str) -> str:
        from bot.handoff import agents
        from bot.handoff.store import Store

        return agents.new_token(Store(self.settings.database()), username, scopes=list(scopes))

    def rows(self, query: str, *parameters: object, database: str = "remanso") -> list[tuple]:
        """Read a database of the installation as it is on disk."""
        path = self.settings.home / f"{database}.db"
        with sqlite3.connect(path, timeout=10) as connection:
            return connection.execute(query, parameters).fetchall()

    def call(self, method: str, path: str, body=None, *, token: str = "", timeout: float = 60):
        """Call the API; return (status, JSON)."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


class Customer:
    """A customer who uses the JSON API."""

    def __init__(self, installation: Installation, **start: object) -> None:
        self.installation = installation
        status, body = installation.call("POST", "/api/v1/conversations", start)
        assert status == 201, body
        self.conversation, self.token = body["conversation"], body["token"]
        self.path = f"/api/v1/conversations/{self.conversation}"
        self.sent = 0

    def post(self, body: dict, *, timeout: float = 60):
        return self.installation.call(
            "POST", f"{self.path}/messages", body, token=self.token, timeout=timeout
        )

    def say(self, text: str, **extra: object) -> list[dict]:
        """Send a text; return the bot's replies of its turn."""
        self.sent += 1
        status, body = self.post({"text": text, "client_id": f"m{self.sent}", **extra})
        assert status in (200, 201), body
        return body["replies"]

    def choose(self, title: str) -> list[dict]:
        """Use the newest quick reply whose title contains ``title``."""
        choices = [choice for message in self.messages() for choice in message["choices"] or ()]
        fitting = [choice for choice in choices if title.lower() in choice["title"].lower()]
        assert fitting, f"no choice {title!r} among {[choice['title'] for choice in choices]}"
        self.sent += 1
        status, body = self.post({"choice": fitting[-1]["id"], "client_id": f"m{self.sent}"})
        assert status in (200, 201), body
        return body["replies"]

    def messages(self, after: int = 0) -> list[dict]:
        path = f"{self.path}/messages?after={after}"
        status, body = self.installation.call("GET", path, token=self.token)
        assert status == 200, body
        return body["messages"]

    def state(self) -> dict:
        status, body = self.installation.call("GET", self.path, token=self.token)
        assert status == 200, body
        return body


def _ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("REMANSO_")}
