"""A gateway over a real database and a fake engine; customers who chat with it."""

import dataclasses
import warnings
from pathlib import Path

import pytest
import yaml
from agents_client import add_agent, bearer
from argon2 import PasswordHasher
from fake_engine import FakeEngine, wait_until
from role_table import WHO

from bot.deescalation.phrasing import Phrasebook
from bot.settings import ROOT, Settings
from evaluation.open_desk import write_open_desk
from tests.desk_templates import fresh_sqlite

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

NOTICES = {
    "welcome": "Asistente automático.",
    "handoff": "Pasa a {team}, caso {reference}.",
    "handoff_closed": "Caso {reference}.",
    "queue_position": "Puesto {position}.",
    "queue_message": "Queda anotado.",
    "agent_joined": "Se une {agent}.",
    "agent_takeover": "{agent} toma la conversación.",
    "promise_due": "Ha vencido lo prometido; caso {reference}.",
    "agent_lost": "Vuelve a la cola.",
    "released": "Vuelve a la cola.",
    "engine_restart": "Un momento, el asistente se está reiniciando.",
    "engine_failed": "Ha fallado; caso {reference}.",
    "resolved": "Cerrado {reference}.",
    "reopened": "Reabierto {reference}.",
    "too_long": "Hasta {limit} caracteres.",
    "too_fast": "Un poco más despacio.",
}


def notices():
    return {
        f"utter_notice_{name}": [
            {"id": f"{name}_es", "text": text, "metadata": {"language": "es", "repeat": True}},
            {
                "id": f"{name}_en",
                "text": f"EN {text}",
                "metadata": {"language": "en", "repeat": True},
            },
        ]
        for name, text in NOTICES.items()
    }


@pytest.fixture(scope="session")
def phrasebook():
    folder = Path(ROOT) / "data" / "responses"
    texts = notices()
    for name in (
        "gateway_errors.yml",
        "gateway_agents.yml",
        "gateway_after.yml",
        "gateway_updates.yml",
        "gateway_assignment.yml",
        "outside.yml",
        "gateway_teamwork.yml",
    ):
        texts |= yaml.safe_load((folder / name).read_text(encoding="utf-8"))["responses"]
    return Phrasebook(texts)


@pytest.fixture
def settings(tmp_path):
    fresh_sqlite(tmp_path / "remanso.db")
    return Settings(
        home=tmp_path,
        desk=write_open_desk(tmp_path),
        secret="s" * 40,
        quiet_window=0.05,
        engine_timeout=8.0,
        engine_patience=5.0,
        messages_per_minute=1000,
        conversations_per_minute=1000,
    )


@pytest.fixture(scope="session")
def fake_engine():
    fake = FakeEngine()
    yield fake
    fake.stop()


@pytest.fixture
def engine(fake_engine):
    fake_engine.reset()
    return fake_engine.start()


@pytest.fixture
def gateway(settings, engine, phrasebook):
    """Start gateways on the same database: ``gateway(**changed settings)`` is a client of one."""
    opened = []

    def start(**changes):
        changed = dataclasses.replace(settings, engine_url=engine.url, **changes)
        client = open_gateway(changed, phrasebook)
        opened.append(client)
        return client

    yield start
    for client in opened:
        if client.portal is not None:
            client.__exit__(None, None, None)


def open_gateway(settings, phrasebook):
    from bot.web.app import create_app

    client = TestClient(create_app(settings, phrasebook=phrasebook, ping_shop=lambda: None))
    client.__enter__()
    return client


class Customer:
    """A customer with a conversation."""

    def __init__(self, client, **wish):
        self.client = client
        answer = client.post("/api/v1/conversations", json=wish)
        assert answer.status_code == 201, answer.text
        self.created = answer.json()
        self.id = self.created["conversation"]
        self.token = self.created["token"]
        self.path = f"/api/v1/conversations/{self.id}"
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.sent = 0

    def post(self, text=None, *, choice=None, client_id=None, wait=True):
        self.sent += 1
        body = {"client_id": client_id or f"m{self.sent}"}
        if text is not None:
            body["text"] = text
        if choice is not None:
            body["choice"] = choice
        path = f"{self.path}/messages" + ("" if wait else "?wait=0")
        return self.client.post(path, json=body, headers=self.headers)

    def say(self, text, **how):
        answer = self.post(text, **how)
        assert answer.is_success, answer.text
        return answer.json()

    def person(self):
        answer = self.client.post(f"{self.path}/person", headers=self.headers)
        assert answer.is_success, answer.text
        return answer.json()

    def messages(self, after=0):
        answer = self.client.get(f"{self.path}/messages?after={after}", headers=self.headers)
        assert answer.is_success, answer.text
        return answer.json()["messages"]

    def view(self):
        return self.client.get(self.path, headers=self.headers).json()

    def texts(self):
        return [(each["author"], each["text"]) for each in self.messages()]

    def wait_for(self, text):
        return wait_until(lambda: any(text in each for _, each in self.texts()))

    def socket(self, after=0):
        return self.client.websocket_connect(f"{self.path}/socket")


@pytest.fixture
def customer():
    return Customer


@pytest.fixture(scope="session")
def customer_class():
    """The same, for fixtures that live longer."""
    return Customer


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords in a millisecond: the tests are not about how slow it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.handoff.agents._hasher", PasswordHasher(1, 8, 1))
        patch.setattr("bot.web.auth.EVEN", 0.0)
        yield


@pytest.fixture(scope="module")
def desk(tmp_path_factory, phrasebook, fake_engine):
    """A gateway with an account of every role, for tests that change nothing of it."""
    fake_engine.reset()
    home = tmp_path_factory.mktemp("desk")
    settings = Settings(
        home=home,
        desk=write_open_desk(home),
        secret="s" * 40,
        quiet_window=0.05,
        engine_url=fake_engine.start().url,
        messages_per_minute=0,
        conversations_per_minute=0,
        logins_per_minute=0,
    )
    client = open_gateway(settings, phrasebook)
    for username, role in WHO.items():
        add_agent(client, username, role=role, teams=() if role == "admin" else ("general",))
    add_agent(client, "otto", teams=("billing",))
    yield client
    client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def case(desk):
    """A waiting ticket: what paths ask for, and its customer's headers."""
    eva = Customer(desk)
    eva.say("hola")
    ref = eva.person()["reference"]
    return {
        "ref": ref,
        "reference": ref,
        "conversation": eva.id,
        "id": "1",
        "agent": "ana",
        "username": "ana",
        "attachment": "a_1",
        "key": "k",
        "name": "late_pram",
        "headers": eva.headers,
    }


@pytest.fixture(scope="module")
def tokens(desk):
    """The headers of everybody's token, by user name."""
    return {name: bearer(desk, name) for name in (*WHO, "otto")}
