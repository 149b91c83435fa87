"""Clients of the speed benchmark: they talk to an engine's door and take the time."""

from __future__ import annotations

import concurrent.futures
import http.client
import itertools
import json
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.settings import Settings

DOOR = "/webhooks/gateway"
SIGNED_IN = {"status": "verified", "customer_id": "C-1001", "name": "Lucía"}


@dataclass(frozen=True)
class Answered:
    """One turn: how long it took, in milliseconds, and which responses it got."""

    ms: float
    kinds: tuple[str, ...]


class Script:
    """The turns of a conversation, said by somebody else each time.

    The file is ``{"said": "... {turn} {first} {last}", "first": [...], "last": [...],
    "turns": [[wording, ...], ...]}``; a turn comes back in the same words when all names have had
    theirs. The first wording of each turn is said, until another is asked for.
    """

    def __init__(self, path: Path, *, seed: int) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        chance = random.Random(seed)
        names = list(itertools.product(content["first"], content["last"]))
        self._left = [iter(wordings) for wordings in content["turns"]]
        self._said: str = content["said"]
        self._names = [itertools.cycle(chance.sample(names, len(names))) for _ in self._left]
        self.wordings = [next(left) for left in self._left]

    def say_otherwise(self, turn: int) -> bool:
        """Change to the next wording of a turn, counted from 0; return whether there was one.

        One that another turn has is left out: what was read before is answered sooner.
        """
        for wording in self._left[turn]:
            if wording not in self.wordings:
                self.wordings[turn] = wording
                return True
        return False

    def conversation(self) -> list[str]:
        """Return the texts of one more conversation."""
        whose = [next(names) for names in self._names]
        return [
            self._said.format(turn=wording, first=first, last=last)
            for wording, (first, last) in zip(self.wordings, whose, strict=True)
        ]


class Door:
    """An engine's door, over one connection that is kept open."""

    def __init__(self, settings: Settings, *, timeout: float = 120.0) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", settings.engine_port, timeout=timeout
        )
        secret = f"Bearer {settings.engine_secret()}"
        self._headers = {"Authorization": secret, "Content-Type": "application/json"}

    def is_open(self) -> bool:
        """Return whether the engine answers."""
        try:
            self._connection.request("GET", f"{DOOR}/health", headers=self._headers)
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False
        return response.status == 200

    def converse(self, texts: list[str]) -> list[Answered]:
        """Play one conversation.

        Raises:
            SystemExit: a turn was not answered.
        """
        conversation = f"c_{secrets.token_urlsafe(8)}"
        context = {"identity": SIGNED_IN, "language": "es", "now": "2026-01-01T10:00:00Z"}
        return [self._say(conversation, text, context) for text in texts]

    def _say(self, conversation: str, text: str, context: Mapping[str, Any]) -> Answered:
        body = {"conversation": conversation, "turn": f"t_{secrets.token_urlsafe(8)}"}
        sent = json.dumps({**body, "text": text, "choice": None, "context": context})
        start = time.perf_counter()
        self._connection.request("POST", f"{DOOR}/message", body=sent, headers=self._headers)
        response = self._connection.getresponse()
        content = response.read()
        ms = (time.perf_counter() - start) * 1000
        if response.status != 200:
            raise SystemExit(f"{text!r} got {response.status}: {content.decode()[:300]}")
        messages = json.loads(content)["messages"]
        return Answered(ms, tuple(str(message["response"]) for message in messages))


def play(settings: Settings, script: Script, clients: int, rounds: int) -> tuple[list[Any], float]:
    """Play ``clients * rounds`` conversations, ``clients`` at a time.

    Returns:
        The answered turns of each conversation, and the seconds it took in all.
    """
    scripts = [script.conversation() for _ in range(clients * rounds)]
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        played = list(pool.map(lambda texts: Door(settings).converse(texts), scripts))
    return played, time.perf_counter() - start
