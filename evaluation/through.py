"""Simulated customers through the whole running system, and its measures from what they left.

The personas of :mod:`bot.simulation` talk to the real gateway over HTTP. Who is handed over
is served by an agent through the agents' API (:mod:`evaluation.through_agent`) and, five minutes
after closing, asked how it was: the answer follows the mood they left with. Personas come in blocks
of all kinds, each with a fresh shop; between blocks everything stored grows a month older, so that
a customer's next conversation is no repeated contact, and what was left open is late. At the end
the measures of the API are written as the page that supervisors see, beside a second count made
straight from the tables.

Run: ``python -m evaluation.through --conversations 500``.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import jwt

from bot.handoff import agents, sessions
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from bot.settings import Settings
from bot.simulation.acts import Act, Screen
from bot.simulation.persona import Persona
from bot.simulation.talk import talk
from evaluation.installation import running, settings_of
from evaluation.people import read_all
from evaluation.through_agent import Desk
from evaluation.through_tables import age, counted, same

REPORT = Path(__file__).parent / "reports"
MONTH = timedelta(days=31)
ANSWERS = 0.6  # share of customers who answer the survey
WAIT = 60.0  # seconds for anything


class Chat:
    """A bot's side of one conversation, over HTTP, as the customer's page shows it."""

    def __init__(
        self, client: httpx.Client, settings: Settings, persona: Persona, seed: str
    ) -> None:
        self._client = client
        body: dict[str, Any] = {"language": persona.language}
        if persona.signed_in:
            body["identity"] = _signed(settings, persona.customer, seed)
        made = client.post("/api/v1/conversations", json=body)
        made.raise_for_status()
        self.id, token = made.json()["conversation"], made.json()["token"]
        self._path = f"/api/v1/conversations/{self.id}"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._last = 0
        self._choices: dict[str, str] = {}
        self._number = 0
        self.reference: str | None = None
        self._new()

    def act(self, act: Act) -> Screen:
        """Write or press; return what the page then shows."""
        self._number += 1
        body: dict[str, Any] = {"client_id": f"m{self._number}"}
        if act.press and act.text in self._choices:
            body["choice"] = self._choices[act.text]
        else:
            body["text"] = act.text or "…"
        posted = self._client.post(f"{self._path}/messages", json=body, headers=self._headers)
        posted.raise_for_status()
        texts = self._new()
        view = self.view()
        self.reference = view["reference"] or self.reference
        return Screen(texts, tuple(self._choices), view["owner"] != "bot")

    def view(self) -> dict[str, Any]:
        """Return where the conversation stands."""
        answer = self._client.get(self._path, headers=self._headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def rate(self, score: int) -> bool:
        """Answer the survey, if it is there."""
        if not self.view()["survey"]:
            return False
        body = {"score": score, "comment": ""}
        self._client.post(f"{self._path}/rating", json=body, headers=self._headers)
        return True

    def notes(self) -> dict[str, Any]:
        """Return nothing: only what a customer sees counts here."""
        return {}

    def ledger(self) -> Sequence[str]:
        """Return nothing: the shop is not looked into."""
        return ()

    def _new(self) -> tuple[str, ...]:
        answer = self._client.get(
            f"{self._path}/messages?after={self._last}", headers=self._headers
        )
        answer.raise_for_status()
        found = [one for one in answer.json()["messages"] if one["author"] != "customer"]
        for one in answer.json()["messages"]:
            self._last = max(self._last, one["id"])
        if found:
            self._choices = {
                choice["title"]: choice["id"] for one in found for choice in one["choices"]
            }
        return tuple(one["text"] for one in found)


def _signed(settings: Settings, customer: str, seed: str) -> str:
    now = int(time.time())
    claims = {"sub": customer, "aud": "remanso", "jti": f"{customer}-{seed}", "iat": now}
    return jwt.encode({**claims, "exp": now + 300}, settings.identity_secret(), algorithm="HS256")


def agent(settings: Settings, token: str, block: int) -> Desk:
    """Return who serves a block's customers."""
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx.Client(base_url=settings.public(), timeout=WAIT, headers=headers)
    return Desk(client, dice=random.Random(block))


def play_block(settings: Settings, token: str, names: Sequence[str], block: int) -> list[Any]:
    """Play one conversation of each kind; return (chat, mood at the end)."""
    limits = httpx.Limits(max_connections=8)
    client = httpx.Client(base_url=settings.public(), timeout=WAIT, limits=limits)
    desk = agent(settings, token, block)
    personas = read_all()

    def one(name: str) -> tuple[Chat, float]:
        chats: list[Chat] = []

        def opened(persona: Persona) -> Chat:
            chats.append(Chat(client, settings, persona, f"{block}"))
            return chats[-1]

        record = talk(personas[name], f"through-{block}", opened)
        if chats[-1].reference:
            chats[-1].reference = desk.serve(chats[-1].reference, chats[-1].view)
        return chats[-1], float(record["end"])

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, names))


def rate(talks: Sequence[Any], client: httpx.Client, dice: random.Random) -> int:
    """Let customers answer the survey by the mood they left with; return how many did."""
    answered = 0
    for chat, mood in talks:
        if chat.reference and dice.random() < ANSWERS:
            chat._client = client
            score = (
                5
                if mood < 0.2
                else 4
                if mood < 0.4
                else 3
                if mood < 0.6
                else 2
                if mood < 0.8
                else 1
            )
            answered += chat.rate(score)
    return answered


def play(conversations: int, home: Path, say: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Play and return the API's measures, the count from the tables, and the page."""
    settings, environment = settings_of(home, {"REMANSO_QUIET_WINDOW": "0.01"})
    store = Store(settings.database())
    teams = list(DeskRules.from_file(settings.desk).teams)
    person = agents.add(
        store, "marta", name="Marta Gil", password="una clave " + settings.key("p")[:8],
        teams=teams, role="supervisor",
    )  # fmt: skip
    token = agents.new_token(store, "marta", scopes=agents.SCOPES)
    store.close()
    dice = random.Random(11)
    before: list[Any] = []
    names = list(read_all())
    blocks = list(_blocks(names, conversations))
    for number, block in enumerate(blocks):
        (home / "shop.db").unlink(missing_ok=True)
        with running(settings, environment):
            if before:
                agent(settings, token, number).leftovers()
                _until_asked(before)
                with httpx.Client(base_url=settings.public(), timeout=WAIT) as client:
                    rate(before, client, dice)
            before = play_block(settings, token, block, number)
            say(f"{number + 1} of {len(blocks)} blocks played.")
        if number + 1 < len(blocks):
            age(home / "remanso.db", MONTH)
    store = Store(settings.database())  # logged in now: what is there has been made months older
    session = sessions.new_session(store, person, 8.0)[0]
    store.close()
    with running(settings, environment):
        began = (datetime.now(timezone.utc) - MONTH * (len(blocks) + 1)).date().isoformat()
        with httpx.Client(base_url=settings.public(), timeout=WAIT) as client:
            headers = {"Authorization": f"Bearer {token}"}
            told = client.get(f"/api/v1/measures?from={began}", headers=headers)
            told.raise_for_status()
            cookie = {"Cookie": f"remanso_session={session}", "Accept-Language": "es"}
            page = client.get(f"/console/measures?from={began}&download=1", headers=cookie)
            page.raise_for_status()
    return told.json(), counted(settings), page.text


def _until_asked(talks: Sequence[Any]) -> None:
    """Wait until the surveys of the block before are asked; they are due by now."""
    served = [chat for chat, _ in talks if chat.reference]
    deadline = time.monotonic() + WAIT
    while served and time.monotonic() < deadline:
        if any(chat.view()["survey"] for chat in served):
            time.sleep(1.0)  # the rest of the batch
            return
        time.sleep(0.5)


def _blocks(names: Sequence[str], conversations: int) -> Iterator[list[str]]:
    left = conversations
    while left > 0:
        yield list(names[: min(left, len(names))])
        left -= len(names)


def main() -> None:
    """Play, compare, and write the page and the figures."""
    from rich.console import Console

    console = Console()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--conversations", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="remanso-through-") as home:
        told, count, page = play(asked.conversations, Path(home), console.print)
    REPORT.mkdir(parents=True, exist_ok=True)
    (REPORT / "measures.html").write_text(page, encoding="utf-8")
    text = json.dumps({"measures": told, "tables": count}, ensure_ascii=False, indent=1)
    (REPORT / "measures.json").write_text(text + "\n", encoding="utf-8")
    different = same(told, count)
    console.print(f"{told['conversations']} conversations, {told['cases']} cases.")
    console.print("\n".join(different) or "The measures equal the count from the tables.")
    if different:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
