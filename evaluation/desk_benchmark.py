"""How fast the desk is with many open tickets and many connected customers, on this machine.

The real processes run (web, engine, actions). The database is filled with open tickets that agents
have claimed and with conversations that only listen; then every customer's socket and every agent's
console is connected, and customers write at a steady rate. Reported:

* milliseconds from a customer's sending until the frame with it is at its agent's console (p50,
  p95, p99): storing, telling the desk and showing it, while everybody else is connected;
* milliseconds of a page of the queue (200 lines) and of a search, as a client of the API sees them;
* memory of the gateway (MB, what it shares counted in part).

Run: ``python -m evaluation.desk_benchmark`` (``--tickets 500 --customers 2000`` by default).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import websockets

from bot.deescalation.phrasing import Phrasebook
from bot.handoff import agents, sessions
from bot.handoff.desk import Desk
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from bot.settings import ROOT, Settings
from bot.web.auth import COOKIE
from bot.web.tokens import Tokens
from evaluation.installation import running, settings_of

REPORT = Path(__file__).parent / "reports" / "desk.json"
TEXTS = (
    "sigo esperando el pedido 48213",
    "¿hay alguien?",
    "me dijeron que hoy me llamaban y nada",
    "vale, gracias, quedo a la espera",
    "os mando el número: 50233",
    "esto es una vergüenza",
)
TEAMS = ("general", "logistics", "billing", "technical", "quality", "managers")
ISSUES = ("late_delivery", "billing", "technical", "quality", "policy", "account")


@dataclass(frozen=True)
class Case:
    """A claimed ticket: its conversation, and the agent who has it."""

    conversation: str
    token: str
    ref: str
    agent: int


@dataclass(frozen=True)
class Filled:
    """What was put into the database."""

    cases: tuple[Case, ...]
    listeners: tuple[tuple[str, str], ...]  # conversation, token
    cookies: tuple[str, ...]  # of the agents


def fill(settings: Settings, tickets: int, customers: int, staff: int) -> Filled:
    """Put claimed tickets, listening customers and logged-in agents into a fresh database."""
    store = Store(settings.database())
    tokens = Tokens(settings)
    rules = DeskRules.from_file(settings.desk)
    desk = Desk(store, Phrasebook.from_folder(ROOT / "data" / "responses"), rules)
    people, cookies = [], []
    for number in range(staff):
        agent = agents.add(
            store,
            f"agente{number}",
            name=f"Agente {number}",
            password=secrets.token_urlsafe(12),
            teams=TEAMS,
        )
        people.append(agent)
        cookies.append(sessions.new_session(store, agent, 8.0)[0])
    cases, listeners = [], []
    for number in range(customers):
        conversation = store.create_conversation(language="es").id
        token = tokens.sign(conversation)
        if number >= tickets:
            listeners.append((conversation, token))
            continue
        store.add_customer_message(conversation, f"hola, soy el cliente {number}", "a")
        store.add_customer_message(conversation, TEXTS[number % len(TEXTS)], "b")
        payload = {"issue": ISSUES[number % len(ISSUES)], "reason_code": "asked_for_person"}
        ticket, _ = desk.open_ticket(conversation, payload, trigger="explicit_request")
        owner = number % staff
        desk.claim(ticket.ref, people[owner])
        cases.append(Case(conversation, token, ticket.ref, owner))
    store.close()
    return Filled(tuple(cases), tuple(listeners), tuple(cookies))


class Bench:
    """The clients: sockets of customers and consoles of agents.

    Args:
        url: Of the gateway.
        filled: What the database holds.
    """

    def __init__(self, url: str, filled: Filled) -> None:
        self._url = url
        self._socket = url.replace("http", "ws", 1)
        self._filled = filled
        self._sent: dict[str, float] = {}
        self._customers: dict[str, Any] = {}
        self.shown: list[float] = []

    async def connect(self) -> None:
        """Open every socket, at most 50 at a time."""
        gate = asyncio.Semaphore(50)
        everybody = [(case.conversation, case.token) for case in self._filled.cases]
        everybody += list(self._filled.listeners)

        async def one(conversation: str, token: str) -> None:
            async with gate:
                path = f"/api/v1/conversations/{conversation}/socket"
                connection = await websockets.connect(self._socket + path, ping_interval=None)
                await connection.send(json.dumps({"type": "hello", "token": token, "after": 0}))
                await connection.recv()
                self._customers[conversation] = connection

        await asyncio.gather(*(one(*each) for each in everybody))

    async def watch(self, number: int) -> None:
        """Be an agent's console: note when messages of the agent's own tickets arrive."""
        mine = {case.ref for case in self._filled.cases if case.agent == number}
        headers = {"Cookie": f"{COOKIE}={self._filled.cookies[number]}", "Origin": self._url}
        async with websockets.connect(
            self._socket + "/console/live", extra_headers=headers, ping_interval=None
        ) as console:
            async for text in console:
                frame = json.loads(text)
                if frame.get("type") == "message" and frame.get("ref") in mine:
                    began = self._sent.pop(frame["message"]["client_id"] or "", None)
                    if began is not None:
                        self.shown.append(1000 * (time.perf_counter() - began))

    async def drain(self) -> None:
        """Read what customers' sockets get, so that no buffer fills."""

        async def one(connection: Any) -> None:
            async for _ in connection:
                pass

        await asyncio.gather(
            *(one(connection) for connection in self._customers.values()), return_exceptions=True
        )

    async def write(self, seconds: float, rate: float, dice: random.Random) -> int:
        """Let customers write at a steady rate; return how many messages were sent."""
        began, number = time.perf_counter(), 0
        while (at := number / rate) < seconds:
            await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
            case = dice.choice(self._filled.cases)
            name = f"bench-{number}"
            self._sent[name] = time.perf_counter()
            frame = {"type": "send", "client_id": name, "text": dice.choice(TEXTS)}
            await self._customers[case.conversation].send(json.dumps(frame))
            number += 1
        for _ in range(100):
            if not self._sent:
                break
            await asyncio.sleep(0.1)
        return number

    async def pages(self, seconds: float) -> dict[str, list[float]]:
        """Ask for pages of the queue and searches twice a second; return milliseconds."""
        asked = {"queue": "view=all&limit=200", "search": "view=all&limit=50&q=cliente+123"}
        found: dict[str, list[float]] = {name: [] for name in asked}
        headers = {"Cookie": f"{COOKIE}={self._filled.cookies[0]}"}
        until = time.perf_counter() + seconds
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=30) as client:
            while time.perf_counter() < until:
                for name, query in asked.items():
                    began = time.perf_counter()
                    answer = await client.get(f"/api/v1/tickets?{query}")
                    answer.raise_for_status()
                    found[name].append(1000 * (time.perf_counter() - began))
                await asyncio.sleep(0.5)
        return found


async def run(url: str, filled: Filled, *, seconds: float, rate: float, pid: int) -> dict[str, Any]:
    """Connect everybody, let customers write, and measure."""
    bench = Bench(url, filled)
    began = time.perf_counter()
    await bench.connect()
    connected = time.perf_counter() - began
    watchers = [asyncio.create_task(bench.watch(n)) for n in range(len(filled.cookies))]
    watchers.append(asyncio.create_task(bench.drain()))
    await asyncio.sleep(2)
    writing = asyncio.create_task(bench.write(seconds, rate, random.Random(7)))
    pages = await bench.pages(seconds)
    sent = await writing
    memory = _memory(pid)
    for watcher in watchers:
        watcher.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    return {
        "tickets": len(filled.cases),
        "customers": len(filled.cases) + len(filled.listeners),
        "agents": len(filled.cookies),
        "connect_seconds": round(connected, 1),
        "messages": sent,
        "seen": len(bench.shown),
        "rate": rate,
        "shown_ms": quantiles(bench.shown),
        "queue_ms": quantiles(pages["queue"]),
        "search_ms": quantiles(pages["search"]),
        "gateway_mb": memory,
    }


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99."""
    if len(values) < 2:
        return {}
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {name: round(cut[at - 1], 1) for name, at in (("p50", 50), ("p95", 95), ("p99", 99))}


def _memory(pid: int) -> float:
    """Return the proportional set size of a process, in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def measure(
    tickets: int, customers: int, staff: int, *, seconds: float, rate: float
) -> dict[str, Any]:
    """Fill, start, connect, measure, stop."""
    from rich.console import Console

    console = Console()
    with tempfile.TemporaryDirectory(prefix="remanso-desk-") as home:
        settings, environment = settings_of(Path(home))
        console.print(f"Filling: {tickets} tickets, {customers} customers, {staff} agents ...")
        filled = fill(settings, tickets, customers, staff)
        with running(settings, environment) as supervisor:
            web = next(child for child in supervisor.children if child.name == "web")
            pid = web.process.pid if web.process else 0
            console.print(f"Connecting, then {rate:g} messages a second for {seconds:g} s ...")
            return asyncio.run(run(settings.public(), filled, seconds=seconds, rate=rate, pid=pid))


def main() -> None:
    """Measure, print and write the report."""
    from rich.console import Console

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second, in all")
    asked = parser.parse_args()
    found = measure(
        asked.tickets, asked.customers, asked.agents, seconds=asked.seconds, rate=asked.rate
    )
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    Console().print_json(data=found)


if __name__ == "__main__":
    main()
