"""Turns when the engine is late, broken or away, and when the gateway itself is restarted."""

import json
import logging

import pytest
from fake_engine import handoff, wait_until

from bot.web.logs import JsonLines

pytestmark = pytest.mark.server


def test_late_engine_hands_over_and_its_reply_is_never_shown(gateway, customer, engine):
    engine.script["lento"] = {"seconds": 0.7, "say": ["por fin"]}
    ana = customer(gateway(engine_timeout=0.3))
    posted = ana.say("lento")
    assert posted["conversation"]["owner"] == "queue"
    reference = posted["conversation"]["reference"]
    assert reference in posted["replies"][-1]["text"]
    store = ana.client.app.state.gateway.store
    late = wait_until(lambda: [m for m in store.messages(ana.id, late=True) if m.late])
    assert [message.text for message in late] == ["por fin"]
    assert "por fin" not in [text for _, text in ana.texts()]
    assert ana.view()["reference"] == reference


@pytest.mark.parametrize("how", [{"status": 500}, {"say": []}, {"error": {"kind": "no_reply"}}])
def test_failing_engine_hands_over(gateway, customer, engine, how):
    engine.script["rompe"] = how
    ana = customer(gateway())
    posted = ana.say("rompe")
    assert posted["conversation"]["owner"] == "queue"
    assert posted["conversation"]["reference"] in posted["replies"][-1]["text"]


def test_restarting_engine_is_announced_once_and_then_answers(gateway, customer, engine):
    ana = customer(gateway())
    engine.stop()
    ana.say("hola", wait=False)
    ana.wait_for("reiniciando")
    engine.start()
    ana.wait_for("eco: hola")
    notices = [text for _, text in ana.texts() if "reiniciando" in text]
    assert len(notices) == 1
    assert ana.view()["owner"] == "bot"


def test_engine_away_too_long_hands_over(gateway, customer, engine):
    ana = customer(gateway(engine_patience=0.3))
    engine.stop()
    posted = ana.say("hola")
    assert posted["conversation"]["owner"] == "queue"
    assert "reiniciando" not in str(posted["replies"])


def test_person_button_works_while_the_engine_is_away(gateway, customer, engine):
    ana = customer(gateway(engine_patience=60))
    engine.stop()
    ana.say("hola", wait=False)
    reference = ana.person()["reference"]
    assert ana.view()["reference"] == reference
    engine.start()
    ana.say("¿hay alguien?", wait=False)
    wait_until(lambda: "¿hay alguien?" in engine.scored)
    assert engine.calls == []


def test_engine_that_dies_in_mid_turn_is_asked_again_with_the_same_turn(gateway, customer, engine):
    engine.script["hola"] = {"seconds": 0.5}
    ana = customer(gateway(engine_timeout=3))
    ana.say("hola", wait=False)
    wait_until(lambda: engine.calls)
    engine.stop()
    engine.start()
    ana.wait_for("eco: hola")
    assert len({call["turn"] for call in engine.calls}) == 1
    assert [text for author, text in ana.texts() if author == "bot"][1:] == ["eco: hola"]


def test_restarted_gateway_finishes_what_it_had_begun(gateway, customer, engine):
    engine.script["hola"] = {"seconds": 0.5}
    client = gateway(engine_timeout=5)
    ana = customer(client)
    ana.say("hola", wait=False)
    wait_until(lambda: engine.calls)
    client.__exit__(None, None, None)
    ana.client = gateway(engine_timeout=5)
    ana.wait_for("eco: hola")
    assert len({call["turn"] for call in engine.calls}) == 1
    assert len(engine.ran) == 1
    assert [text for author, text in ana.texts() if author == "bot"][1:] == ["eco: hola"]


def test_restarted_gateway_answers_what_was_only_stored(gateway, customer, engine):
    client = gateway(quiet_window=30)
    ana = customer(client)
    ana.say("hola", wait=False)
    ana.say("no llega", wait=False)
    client.__exit__(None, None, None)
    assert engine.calls == []
    ana.client = gateway()
    ana.wait_for("eco: hola\nno llega")
    assert len(engine.ran) == 1


def test_gateway_that_died_after_the_engine_answered_shows_the_saved_answer(
    gateway, customer, engine
):
    client = gateway(quiet_window=30)
    ana = customer(client)
    turn = ana.say("hola", wait=False)["turn"]
    client.__exit__(None, None, None)
    engine.answers[turn] = {
        "turn": turn,
        "messages": [{"text": "lo de antes", "choices": [], "response": "u", "id": "v"}],
        "state": {},
        "parse": None,
        "handoff": None,
        "identity": None,
        "error": None,
    }
    ana.client = gateway()
    ana.wait_for("lo de antes")
    assert engine.ran == []


def test_turn_that_was_left_lying_is_taken_up_again(gateway, customer, engine, monkeypatch):
    monkeypatch.setattr("bot.web.gateway.LYING_SECONDS", 0.3)
    ana = customer(gateway())
    ana.client.app.state.gateway.store.add_customer_message(ana.id, "nadie me despertó", "x")
    ana.wait_for("eco: nadie me despertó")


def test_one_slow_conversation_does_not_hold_another(gateway, customer, engine):
    engine.script["lento"] = {"seconds": 3}
    client = gateway()
    ana, luis = customer(client), customer(client)
    ana.say("lento", wait=False)
    assert luis.say("hola")["replies"][0]["text"] == "eco: hola"
    assert "eco: lento" not in str(ana.texts())


def test_each_turn_writes_one_line_without_the_customers_words(gateway, customer, caplog, engine):
    ana = customer(gateway())
    with caplog.at_level(logging.INFO, "remanso.web.turn"):
        posted = ana.say("mi secreto")
        wait_until(lambda: caplog.records)
    lines = [json.loads(JsonLines().format(each)) for each in caplog.records]
    turns = [line for line in lines if line["event"] == "turn"]
    assert len(turns) == 1
    assert turns[0]["turn"] == posted["turn"]
    assert turns[0]["conversation"] == ana.id
    assert turns[0]["owner"] == "bot"
    assert turns[0]["outcome"] == "answered"
    assert turns[0]["ms"] >= 0
    assert "secreto" not in str(lines)


def test_log_lines_name_an_error_but_never_its_words():
    try:
        raise ValueError("mi secreto")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("remanso.web", 40, __file__, 1, "failed", (), info)
    line = JsonLines().format(record)
    assert "ValueError" in line
    assert "secreto" not in line


def test_engine_error_with_a_handoff_keeps_the_payload(gateway, customer, engine):
    engine.script["rompe"] = {
        "say": ["una línea"],
        "error": {"kind": "action_failed"},
        "handoff": handoff("action_failed", team="billing"),
    }
    posted = customer(gateway()).say("rompe")
    assert posted["replies"][0]["text"] == "una línea"
    assert posted["conversation"]["owner"] == "queue"
