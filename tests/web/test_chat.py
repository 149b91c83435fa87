"""The customer's chat over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_engine import wait_until

pytestmark = pytest.mark.server


def test_message_is_stored_and_answered(gateway, customer, engine):
    ana = customer(gateway())
    assert ana.created["messages"][0]["text"] == "Asistente automático."
    posted = ana.say("hola")
    assert posted["message"]["text"] == "hola"
    assert [reply["text"] for reply in posted["replies"]] == ["eco: hola"]
    assert posted["turn"] == engine.calls[0]["turn"]
    assert posted["conversation"]["owner"] == "bot"


def test_engine_is_told_who_the_customer_is_and_never_by_the_customer(gateway, customer, engine):
    customer(gateway(), language="en").say("I am C-1001")
    context = engine.calls[0]["context"]
    assert context["identity"] == {"status": "anonymous", "customer_id": None, "name": None}
    assert context["language"] == "en"
    assert context["now"].endswith("Z")


def test_same_client_id_twice_is_one_message_with_the_same_answer(gateway, customer, engine):
    ana = customer(gateway())
    first = ana.say("hola", client_id="x")
    again = ana.say("hola", client_id="x")
    assert again["message"] == first["message"]
    assert again["replies"] == first["replies"]
    assert len(ana.messages()) == 3
    assert len(engine.calls) == 1


def test_same_client_id_at_the_same_time_is_one_message(gateway, customer, engine):
    engine.pause = 0.2
    ana = customer(gateway())
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: ana.say("hola", client_id="x"), range(4)))
    assert len({each["message"]["id"] for each in sent}) == 1
    assert all(len(each["replies"]) == 1 for each in sent)
    assert len(engine.ran) == 1


def test_burst_is_one_turn_and_its_last_message_carries_the_replies(gateway, customer, engine):
    ana = customer(gateway(quiet_window=2))
    with ThreadPoolExecutor(3) as pool:
        waiting = []
        for number, text in enumerate(("hola", "mi pedido", "no llega")):
            waiting.append(pool.submit(ana.say, text, client_id=str(number)))
            wait_until(lambda count=number: len(ana.messages()) == count + 2)
        first, second, third = [each.result() for each in waiting]
    assert engine.texts() == ["hola\nmi pedido\nno llega"]
    assert first["replies"] == second["replies"] == []
    assert len(third["replies"]) == 1
    assert first["turn"] == second["turn"] == third["turn"]


def test_message_sent_while_the_bot_answers_gets_its_own_turn_in_order(gateway, customer, engine):
    engine.script["uno"] = {"seconds": 0.4}
    ana = customer(gateway(quiet_window=0))
    ana.say("uno", wait=False)
    wait_until(lambda: engine.calls)
    assert [reply["text"] for reply in ana.say("dos")["replies"]] == ["eco: dos"]
    assert [text for author, text in ana.texts() if author == "bot"][1:] == ["eco: uno", "eco: dos"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Quiero hablar con una PERSONA", id="a person"),
        pytest.param("get me a human", id="a person in English"),
        pytest.param("me quiero suicidar", id="safety"),
        pytest.param("no quiero vivír así", id="accents do not matter"),
    ],
)
def test_urgent_message_is_not_kept_waiting_for_more(gateway, customer, engine, text):
    ana = customer(gateway(quiet_window=5))
    assert ana.say(text)["replies"]


def test_burst_is_gathered_longer_while_the_customer_types(gateway, customer, engine):
    client = gateway(quiet_window=1)
    ana = customer(client)
    with ana.socket() as socket:
        socket.send_json({"type": "hello", "token": ana.token, "after": 0})
        socket.receive_json()
        ana.say("hola", wait=False)
        socket.send_json({"type": "typing", "on": True})
        socket.send_json({"type": "ping"})
        with pytest.raises(AssertionError):
            wait_until(lambda: engine.calls, 1.5)
        ana.say("no llega", wait=False)
        wait_until(lambda: engine.calls)
    assert engine.texts() == ["hola\nno llega"]


def test_quick_reply_is_opaque_answered_at_once_and_used_once(gateway, customer, engine):
    payload = '/late_delivery{"order_number": "A-1"}'
    engine.script["hola"] = {"choices": [{"title": "No ha llegado", "payload": payload}]}
    ana = customer(gateway())
    choice = ana.say("hola")["replies"][0]["choices"][0]
    assert choice == {"id": choice["id"], "title": "No ha llegado", "used": False}
    posted = ana.say(None, choice=choice["id"])
    assert posted["message"]["text"] == "No ha llegado"
    assert engine.calls[-1]["choice"] == payload
    assert engine.calls[-1]["text"] == "No ha llegado"
    again = ana.say(None, choice=choice["id"])
    assert again["message"]["id"] == posted["message"]["id"]
    offered = next(each for each in ana.messages() if each["choices"])
    assert offered["choices"][0]["used"] is True


def test_typed_payloads_are_only_text(gateway, customer, engine):
    ana = customer(gateway())
    ana.say("/restart")
    ana.say('/late_delivery{"order_number": "A-1"}')
    assert [call["choice"] for call in engine.calls] == [None, None]
    assert engine.texts() == ["/restart", '/late_delivery{"order_number": "A-1"}']


def test_unknown_quick_reply_is_refused_with_a_sentence(gateway, customer):
    answer = customer(gateway()).post(choice="ch_madeup")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "choice"


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"client_id": "1", "text": "   "}, 400, "empty"),
        ({"client_id": "1", "text": "\x00"}, 400, "empty"),
        ({"client_id": "1"}, 400, "empty"),
        ({"client_id": "", "text": "a"}, 400, "bad_request"),
        ({"client_id": "1", "text": 3}, 400, "bad_request"),
        ({"client_id": "1", "text": "a", "choice": "ch_1"}, 400, "bad_request"),
        ({"text": "a"}, 400, "bad_request"),
        ({"client_id": "1", "text": "a" * 4001}, 413, "too_long"),
        ({"client_id": "1", "text": "a" * 99_000}, 413, "too_long"),
    ],
)
def test_unusable_message_is_refused_with_a_sentence(gateway, customer, body, status, code):
    ana = customer(gateway())
    answer = ana.client.post(f"{ana.path}/messages", json=body, headers=ana.headers)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert len(error["text"]) > 10
    assert len(ana.messages()) == 1


def test_longest_message_is_taken(gateway, customer):
    assert customer(gateway()).say("ñ" * 4000)["replies"]


def test_refusals_speak_the_language_of_the_conversation(gateway, customer):
    ana = customer(gateway(), language="en")
    assert "empty" in ana.post(" ").json()["error"]["text"]


def test_messages_after_one_are_listed(gateway, customer):
    ana = customer(gateway())
    first = ana.say("uno")["message"]["id"]
    ana.say("dos")
    later = [each["text"] for each in ana.messages(after=first)]
    assert later == ["eco: uno", "dos", "eco: dos"]
    answer = ana.client.get(f"{ana.path}/messages?after=x", headers=ana.headers)
    assert answer.status_code == 400


def test_wait_0_returns_at_once_and_the_replies_come_later(gateway, customer, engine):
    engine.pause = 0.3
    ana = customer(gateway())
    answer = ana.post("hola", wait=False)
    assert answer.status_code == 202
    assert answer.json()["replies"] == []
    ana.wait_for("eco: hola")


def test_too_many_messages_a_minute_are_refused_but_resending_is_not(gateway, customer):
    ana = customer(gateway(messages_per_minute=2))
    ana.say("uno")
    ana.say("dos", client_id="x")
    refused = ana.post("tres")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["error"]["text"] == "Un poco más despacio."


def test_too_many_new_conversations_from_one_address_are_refused(gateway, customer):
    client = gateway(conversations_per_minute=2)
    customer(client)
    customer(client)
    assert client.post("/api/v1/conversations", json={}).status_code == 429


def test_identity_proved_in_the_dialogue_is_stored(gateway, customer, engine):
    proved = {"status": "verified", "customer_id": "C-1001", "name": "Ana", "email": None}
    engine.script["A-1, 28013"] = {"identity": proved}
    ana = customer(gateway())
    ana.say("A-1, 28013")
    ana.say("y ahora")
    assert ana.view()["identity"] == "verified"
    assert engine.calls[-1]["context"]["identity"]["customer_id"] == "C-1001"


def test_page_is_told_when_the_customer_is_upset(gateway, customer, engine):
    ana = customer(gateway())
    assert ana.created["mood"] is None
    engine.levels["estoy harta"] = "angry"
    assert ana.say("estoy harta")["conversation"]["mood"] == "high"
    assert ana.say("vale, gracias")["conversation"]["mood"] is None
