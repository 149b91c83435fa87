"""Alive and ready."""

import pytest
from fake_engine import MODEL, wait_until

from bot.errors import BackOfficeDown

pytestmark = pytest.mark.server


def test_health_answers_whatever_else_is_down(gateway, engine):
    client = gateway()
    engine.stop()
    assert client.get("/health").json() == {"status": "ok"}


def test_ready_when_engine_database_and_back_office_answer(gateway, engine):
    answer = gateway().get("/ready")
    assert answer.status_code == 200
    assert answer.json()["engine"] == {"ok": True, "detail": f"model {MODEL}"}


def test_probe_turn_is_asked_once_a_model(gateway, engine):
    client = gateway()
    client.get("/ready")
    client.get("/ready")
    assert len(engine.calls) == 1
    assert engine.calls[0]["conversation"].startswith("c_probe_")


def test_not_ready_while_the_engine_is_away(gateway, engine):
    client = gateway()
    engine.stop()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["engine"] == {"ok": False, "detail": "EngineDown"}
    engine.start()
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize("how", [{"status": 500}, {"say": []}])
def test_not_ready_when_the_probe_turn_fails(gateway, engine, how):
    engine.script["hola"] = how
    assert gateway().get("/ready").status_code == 503


def test_not_ready_without_the_back_office(gateway):
    client = gateway()

    def down():
        raise BackOfficeDown("gone")

    client.app.state.readiness._ping_shop = down
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["backoffice"] == {"ok": False, "detail": "BackOfficeDown"}


def test_handoff_names_the_engines_model(gateway, customer):
    ana = customer(gateway())
    wait_until(lambda: ana.client.app.state.gateway.versions)
    ana.person()
    ticket, _ = ana.client.app.state.gateway.desk.current(ana.id)
    assert ticket.context["versions"] == {"model": MODEL}
