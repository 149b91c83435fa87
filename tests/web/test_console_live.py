import time

import pytest
from agents_client import Agent, add_agent, bearer, next_frame
from fake_engine import wait_until
from starlette.websockets import WebSocketDisconnect

pytestmark = pytest.mark.server

GRACE = 2.0  # seconds; long enough for what a test does meanwhile on a busy machine


@pytest.fixture
def client(gateway):
    client = gateway(agent_grace=GRACE)
    add_agent(client)
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


def owner(eva):
    return eva.view()["owner"]


def test_a_person_asked_for_reaches_the_console_at_once(client, ana, customer):
    eva = customer(client)
    with ana.live() as console:
        assert console.receive_json()["agent"]["username"] == "ana"
        began = time.monotonic()
        ref = eva.person()["reference"]
        row = next_frame(console, "ticket")["ticket"]

        assert row["ref"] == ref
        assert time.monotonic() - began < 2.0


def test_both_sides_read_each_other_live(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as console:
        console.receive_json()
        ana.act(ref, "claim")
        eva.say("¿hay alguien?")
        heard = next_frame(console, "message")
        while heard["message"]["author"] != "customer":
            heard = next_frame(console, "message")

        assert heard["ref"] == ref
        assert heard["message"]["text"] == "¿hay alguien?"


def test_the_frustration_of_a_message_for_the_agent_arrives_when_it_is_scored(
    client, ana, customer
):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as console:
        console.receive_json()
        ana.act(ref, "claim")
        eva.say("esto es una vergüenza")
        frustration = None
        while frustration is None:
            frustration = next_frame(console, "message")["message"]["frustration"]

        assert set(frustration) == {"score", "level", "cues"}


def test_typing_goes_both_ways_but_only_for_the_owner(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as console, eva.socket() as chat:
        chat.send_json({"type": "hello", "token": eva.token, "after": 0})
        next_frame(chat, "ready")
        console.receive_json()
        console.send_json({"type": "typing", "ref": ref, "on": True})  # not hers yet
        ana.act(ref, "claim")
        while next_frame(console, "ticket")["ticket"]["status"] != "claimed":
            pass  # it was offered before
        console.send_json({"type": "typing", "ref": ref, "on": False})
        typing = next_frame(chat, "typing")
        while typing["who"] != "agent":
            typing = next_frame(chat, "typing")
        chat.send_json({"type": "typing", "on": True})

        assert (typing["on"], typing["name"]) == (False, "Ana Ruiz")
        assert next_frame(console, "typing") == {"type": "typing", "ref": ref, "on": True}


def test_a_line_says_at_whose_console_it_changed_but_not_which_program(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    path = f"/api/v1/tickets/{ref}"
    with ana.live() as console:
        console.receive_json()
        ana.act(ref, "claim")
        while (frame := next_frame(console, "ticket"))["ticket"]["status"] != "claimed":
            pass  # it was offered before
        assert frame["by"] == "ana"
        client.post(f"{path}/release", headers=bearer(client))
        while (frame := next_frame(console, "ticket"))["ticket"]["status"] != "queued":
            pass
        assert frame["by"] == ""


def test_a_line_names_the_customers_newest_message(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    assert ana.queue()[0]["last_customer_message"] is None  # only the button was pressed
    eva.say("¿hay alguien?")
    eva.say("¿nadie?")

    messages = ana.get(f"/api/v1/tickets/{ref}").json()["messages"]
    last = max(each["id"] for each in messages if each["author"] == "customer")
    assert ana.queue()[0]["last_customer_message"] == last


def test_an_agent_of_another_team_hears_nothing(client, customer):
    add_agent(client, "bea", teams=["billing"])
    with Agent(client, "bea").live() as console:
        console.receive_json()
        customer(client).person()
        console.send_json({"type": "ping"})

        heard = [console.receive_json()]
        while heard[-1]["type"] != "pong":
            heard.append(console.receive_json())
        assert {frame["type"] for frame in heard} <= {"presence", "pong"}


def test_an_agent_who_closes_the_console_keeps_the_chat_for_a_while(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as console:
        console.receive_json()
        ana.act(ref, "claim")
    assert owner(eva) == "agent"

    assert wait_until(lambda: owner(eva) == "queue")
    assert eva.texts()[-1] == ("system", "Vuelve a la cola.")


def test_an_agent_who_comes_back_in_time_keeps_the_chat(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as console:
        console.receive_json()
        ana.act(ref, "claim")
    with ana.live() as console:
        console.receive_json()
        time.sleep(1.3 * GRACE)

        assert owner(eva) == "agent"


def test_closing_one_of_two_consoles_loses_nothing(client, ana, customer):
    eva = customer(client)
    ref = eva.person()["reference"]
    with ana.live() as first:
        first.receive_json()
        ana.act(ref, "claim")
        with ana.live() as second:
            second.receive_json()
        time.sleep(1.3 * GRACE)

        assert owner(eva) == "agent"


def test_after_a_restart_of_the_gateway_the_agent_has_the_grace_to_come_back(gateway, customer):
    client = gateway(agent_grace=0.6)
    add_agent(client)
    ana, eva = Agent(client), customer(client)
    ref = eva.person()["reference"]
    ana.act(ref, "claim")
    desk = client.app.state.gateway.desk
    desk.agent_back(desk.store and client.app.state.gateway.desk.current(eva.id)[1])

    second = gateway(agent_grace=0.6)  # as if the first had died: nobody said goodbye
    eva.client = second

    assert wait_until(lambda: owner(eva) == "queue")


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://127.0.0.1:8090"])
def test_a_page_of_another_site_gets_no_console(client, ana, origin):
    with ana.live(origin) as console, pytest.raises(WebSocketDisconnect) as closed:
        console.receive_json()

    assert closed.value.code == 4403


def test_a_console_without_login_is_told_to_log_in(client):
    headers = {"Origin": "http://testserver"}
    with (
        client.websocket_connect("/console/live", headers=headers) as console,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        console.receive_json()

    assert closed.value.code == 4401


def test_nonsense_from_a_console_harms_nothing(client, ana):
    with ana.live() as console:
        console.receive_json()
        for text in ("{", "[]", '{"type":"claim"}', '{"type":"typing","ref":"R-X","on":true}'):
            console.send_text(text)
        console.send_json({"type": "ping"})

        assert next_frame(console, "pong")


def test_a_logged_out_console_is_closed(client, ana, monkeypatch):
    monkeypatch.setattr("bot.web.console_live.RECHECK", 0.1)
    with ana.live() as console:
        console.receive_json()
        ana.request("DELETE", "/api/v1/session")
        with pytest.raises(WebSocketDisconnect) as closed:
            next_frame(console, "bye")  # what was on its way comes first

    assert closed.value.code == 4401


def test_waiting_customers_are_told_when_the_queue_moves(client, ana, customer):
    first, second = customer(client), customer(client)
    ref = first.person()["reference"]
    second.person()
    with second.socket() as chat:
        chat.send_json({"type": "hello", "token": second.token, "after": 0})
        assert next_frame(chat, "ready")["queue"]["position"] == 2
        ana.act(ref, "claim")
        frame = next_frame(chat, "conversation")
        while frame["conversation"]["queue"]["position"] != 1:
            frame = next_frame(chat, "conversation")

        assert frame["conversation"]["owner"] == "queue"
