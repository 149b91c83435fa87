"""A desk to test with: a clock moved by hand and a phrasebook whose words show their facts."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.handoff import agents
from bot.handoff.desk import Desk
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from tests.desk_templates import fresh_sqlite

ROOT = Path(__file__).resolve().parent.parent
WEDNESDAY_NOON = datetime(2026, 11, 25, 11, 0, tzinfo=timezone.utc)  # 12:00 in Madrid


@dataclass
class FakeClock:
    """Returns the same instant until it is moved."""

    now: datetime = WEDNESDAY_NOON

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@dataclass(frozen=True)
class FakePhrase:
    """A wording."""

    id: str
    text: str
    buttons: tuple = ()


@dataclass
class FakePhrasebook:
    """Says the key and the facts; each key has ``variations`` wordings."""

    variations: int = 3
    asked: list = field(default_factory=list)

    def choose(self, key, *, language, register, level, issue, facts, said):
        self.asked.append(key)
        for number in range(self.variations):
            if (name := f"{key}_{language}_{number}") not in said:
                told = " ".join(f"{fact}={value}" for fact, value in sorted(facts.items()))
                return FakePhrase(name, f"{key} {told}".strip())
        return None


@dataclass
class FakeDesk:
    """Store, desk and clock on a fresh database."""

    store: Store
    desk: Desk
    clock: FakeClock
    phrasebook: FakePhrasebook

    def chat(self, *texts, **options):
        """Begin a conversation in which the customer says ``texts``; return its id."""
        conversation = self.store.create_conversation(**options).id
        for number, text in enumerate(texts):
            self.store.add_customer_message(conversation, text, f"m{number}")
        return conversation

    def ticket(self, *texts, payload=None, trigger="person_button", **options):
        """Hand over a fresh conversation; return its ticket."""
        conversation = self.chat(*(texts or ("hola",)), **options)
        return self.desk.open_ticket(conversation, payload, trigger=trigger)[0]

    def agent(self, username="ana", *, teams=("general",), role="agent", name="Ana Ruiz"):
        """Make an account."""
        return agents.add(
            self.store, username, name=name, password="correcto caballo", teams=teams, role=role
        )


sqlite_only = pytest.mark.skipif(
    "REMANSO_TEST_POSTGRES" in os.environ, reason="about the SQLite file itself"
)


def fresh_database(folder):
    """Return the address of an empty database: SQLite, or PostgreSQL where one is offered.

    ``REMANSO_TEST_POSTGRES`` is the address of a server on which databases may be created.
    """
    server = os.environ.get("REMANSO_TEST_POSTGRES")
    if not server:
        return fresh_sqlite(folder / "desk.db")
    name = "t_" + uuid.uuid4().hex[:12]
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def fake_desk(folder, **options):
    """Return a desk with a database in ``folder``."""
    clock, phrasebook = FakeClock(), FakePhrasebook()
    store = Store(fresh_database(folder), clock)
    rules = DeskRules.from_file(ROOT / "desk.yml")
    return FakeDesk(store, Desk(store, phrasebook, rules, clock, **options), clock, phrasebook)
