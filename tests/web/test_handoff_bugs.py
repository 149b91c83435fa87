"""The commonest bugs of handoffs in this field, each made impossible at the gateway."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_engine import handoff, wait_until

from bot.handoff import agents

pytestmark = pytest.mark.server

PERSON = "quiero hablar con una persona"


@pytest.fixture
def ana(gateway, customer, engine):
    engine.script[PERSON] = {"say": ["Le paso."], "handoff": handoff()}
    return customer(gateway())


@pytest.fixture
def marta(ana):
    desk = ana.client.app.state.gateway.desk
    return agents.add(
        desk.store,
        "marta",
        name="Marta Gil",
        password="una clave larga 1",
        teams=list(desk.rules.teams),
    )


def give_back(ana, agent, note):
    """Give the conversation back as an agent; the runner is not told yet."""
    desk, reference = ana.client.app.state.gateway.desk, ana.view()["reference"]
    desk.claim(reference, agent)
    desk.give_back(reference, agent, note)


def wake(ana):
    ana.client.portal.call(ana.client.app.state.gateway.turns.wake, ana.id)


def test_bot_is_silent_after_the_handoff(ana, engine):
    ana.say(PERSON)
    before = len(engine.calls)
    posted = ana.say("¿sigue ahí?")
    ana.say("/restart")
    ana.say('/greet{"slot": "x"}')
    assert posted["turn"] is None
    assert len(engine.calls) == before
    assert [author for author, _ in ana.texts()].count("bot") == 2  # welcome, "Le paso."


def test_quick_reply_of_before_the_handoff_does_not_reach_the_bot(ana, engine):
    engine.script["hola"] = {"choices": [{"title": "Sí", "payload": "/affirm"}]}
    choice = ana.say("hola")["replies"][0]["choices"][0]["id"]
    ana.person()
    before = len(engine.calls)
    assert ana.say(None, choice=choice)["replies"] in ([], ana.messages()[-1:])
    assert len(engine.calls) == before


def test_message_that_waited_for_the_bot_at_the_handoff_is_not_answered_by_it(ana, engine):
    engine.script[PERSON]["seconds"] = 0.4
    ana.say(PERSON, wait=False)
    wait_until(lambda: engine.calls)
    ana.say("y además estoy harto", wait=False)
    wait_until(lambda: ana.view()["owner"] == "queue")
    wait_until(lambda: "y además estoy harto" in engine.scored)
    assert len(engine.calls) == 1


def test_bot_speaks_first_after_the_hand_back(ana, engine, marta):
    ana.say(PERSON)
    engine.script["hand_back"] = {"say": ["Marta ha pedido el reenvío."]}
    give_back(ana, marta, {"agreed": "reenvío", "promised": [], "offers_refused": []})
    wake(ana)
    ana.wait_for("Marta ha pedido el reenvío.")
    assert engine.calls[-1]["note"]["agreed"] == "reenvío"
    assert ana.say("gracias")["replies"][0]["text"] == "eco: gracias"


def test_hand_back_survives_a_restart_of_the_gateway(ana, engine, marta, gateway):
    ana.say(PERSON)
    engine.script["hand_back"] = {"say": ["Seguimos."]}
    give_back(ana, marta, {"agreed": "reenvío"})
    ana.client.__exit__(None, None, None)
    ana.client = gateway()
    ana.wait_for("Seguimos.")


def test_failed_hand_back_goes_to_a_person_again_and_is_never_silent(ana, engine, marta):
    ana.say(PERSON)
    engine.script["hand_back"] = {"status": 500}
    give_back(ana, marta, {"agreed": "reenvío"})
    wake(ana)
    wait_until(lambda: ana.view()["owner"] == "queue")
    assert ana.messages()[-1]["author"] == "system"


def test_handoff_is_announced_with_reference_and_place(ana):
    posted = ana.say(PERSON)
    reference = posted["conversation"]["reference"]
    assert posted["replies"][0]["text"] == "Le paso."
    assert reference in posted["replies"][-1]["text"]
    assert posted["conversation"]["queue"]["position"] == 1


def test_handoff_as_the_first_message_is_announced_too(ana):
    assert ana.person()["reference"] in ana.messages()[-1]["text"]


def test_agents_are_told_of_the_ticket_and_of_every_message(ana, engine):
    heard = []
    hub = ana.client.app.state.gateway.hub

    async def listen():
        with hub.watch("desk") as watcher:
            started.append(True)
            while True:
                heard.append(await watcher.next())

    started = []
    listening = ana.client.portal.start_task_soon(listen)
    wait_until(lambda: started)
    ana.say(PERSON)
    ana.say("sigo aquí")
    wait_until(lambda: "sigo aquí" in engine.scored)
    wait_until(lambda: any(getattr(e.get("message"), "parse", None) for e in heard))
    listening.cancel()
    assert {"type": "ticket", "ref": ana.view()["reference"]} in heard
    written = [e["message"].text for e in heard if e["type"] == "message"]
    assert "sigo aquí" in written


def test_person_asked_for_twice_at_the_same_time_is_one_ticket(ana):
    with ThreadPoolExecutor(4) as pool:
        references = {each["reference"] for each in pool.map(lambda _: ana.person(), range(4))}
    assert len(references) == 1
    assert str(ana.texts()).count(references.pop()) == 1


def test_person_button_beats_a_turn_that_is_running(ana, engine):
    engine.script["lento"] = {"seconds": 2, "say": ["ya no hace falta"]}
    ana.say("lento", wait=False)
    wait_until(lambda: engine.calls)
    ana.person()
    store = ana.client.app.state.gateway.store
    wait_until(lambda: any(message.late for message in store.messages(ana.id, late=True)))
    assert "ya no hace falta" not in str(ana.texts())


def test_conversation_stays_with_the_person_after_a_restart(ana, engine, gateway):
    ana.say(PERSON)
    ana.client.__exit__(None, None, None)
    ana.client = gateway()
    before = len(engine.calls)
    ana.say("/restart")
    assert ana.view()["owner"] == "queue"
    assert len(engine.calls) == before


def test_messages_after_the_handoff_are_stored_and_scored_for_the_agent(ana, engine):
    ana.say(PERSON)
    ana.say("estoy harta")
    store = ana.client.app.state.gateway.store

    def scored():
        stored = [m for m in store.messages(ana.id) if m.text == "estoy harta"]
        return stored and stored[0].parse

    assert wait_until(scored)["frustration"]["level"] == "calm"


def test_customer_who_writes_while_waiting_is_told_once_that_it_is_read(ana):
    ana.say(PERSON)
    for text in ("uno", "dos", "tres"):
        ana.say(text)
    assert [text for _, text in ana.texts()].count("Queda anotado.") == 1


def test_whole_history_is_there_after_the_handoff_in_order_and_once(ana):
    ana.say("hola")
    ana.say(PERSON)
    ana.say("¿sigue ahí?")
    messages = ana.messages()
    assert len({message["id"] for message in messages}) == len(messages)
    assert [message["text"] for message in messages][:4] == [
        "Asistente automático.",
        "hola",
        "eco: hola",
        PERSON,
    ]
