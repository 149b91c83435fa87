"""Taking a chat from the bot, over the API."""

import msgspec
import pytest
from agents_client import Agent, add_agent, bearer, next_frame
from fake_engine import wait_until

from bot.web import ticket_wire

pytestmark = pytest.mark.server

CHATS = "/api/v1/conversations"


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


def chats(agent):
    answer = agent.get(f"{CHATS}?owner=bot")
    assert answer.status_code == 200, answer.text
    return answer.json()["conversations"]


def take(agent, conversation):
    return agent.post(f"{CHATS}/{conversation}/takeover")


def test_live_chats_are_listed_as_described(client, ana, customer, engine):
    engine.levels["estoy harta"] = "angry"
    eva = customer(client)
    eva.say("estoy harta")

    answer = ana.get(f"{CHATS}?owner=bot")

    read = msgspec.json.decode(answer.content, type=ticket_wire.BotChatsOut)
    assert msgspec.to_builtins(read) == answer.json()
    (chat,) = read.conversations
    assert (chat.conversation, chat.waiting, chat.team) == (eva.id, None, "general")
    assert chat.frustration.level == "angry"


def test_taking_tells_the_customer_and_silences_the_bot(client, ana, customer, engine):
    eva = customer(client)
    eva.say("hola")

    taken = take(ana, eva.id)

    assert taken.status_code == 200
    row = taken.json()["ticket"]
    assert (row["status"], row["owner"], row["trigger"]) == ("claimed", "ana", "agent_takeover")
    assert eva.texts()[-1] == ("system", "Ana Ruiz toma la conversación.")
    assert eva.view()["agent"] == {"name": "Ana Ruiz"}
    assert eva.say("¿quién es?")["turn"] is None
    assert "¿quién es?" not in engine.texts()
    assert chats(ana) == []


def test_the_reply_of_a_running_turn_is_kept_for_the_agent_only(client, ana, customer, engine):
    engine.script["espera"] = {"seconds": 2}
    eva = customer(client)
    eva.say("espera", wait=False)
    wait_until(lambda: "espera" in engine.texts())

    ref = take(ana, eva.id).json()["ticket"]["ref"]

    def late():
        seen = ana.get(f"/api/v1/tickets/{ref}").json()["messages"]
        return [each for each in seen if each["late"]]

    (message,) = wait_until(late)
    assert message["text"] == "eco: espera"
    assert not any("eco: espera" in text for _, text in eva.texts())


def test_of_two_agents_one_gets_it(client, ana, customer):
    add_agent(client, "bea", name="Bea")
    eva = customer(client)
    eva.say("hola")

    assert take(ana, eva.id).status_code == 200
    refused = take(Agent(client, "bea"), eva.id)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert take(ana, eva.id).status_code == 200  # again is once
    assert len(ana.queue("mine")) == 1


def test_every_console_learns_of_it_at_once(client, ana, customer):
    add_agent(client, "bea", name="Bea")
    eva = customer(client)
    eva.say("hola")
    with Agent(client, "bea").live() as socket:
        next_frame(socket, "ready")
        take(ana, eva.id)
        row = next_frame(socket, "ticket")["ticket"]

    assert (row["conversation"], row["owner"]) == (eva.id, "ana")


def test_an_agent_of_no_fitting_team_is_refused(client, customer):
    add_agent(client, "leo", teams=["billing"], name="Leo")
    eva = customer(client)
    eva.say("hola")
    leo = Agent(client, "leo")

    assert chats(leo) == []
    assert take(leo, eva.id).status_code == 403
    assert eva.view()["owner"] == "bot"


def test_a_chat_with_a_person_and_an_unknown_one_are_refused(client, ana, customer):
    eva = customer(client)
    eva.person()

    assert take(ana, eva.id).status_code == 409
    assert take(ana, "c_unknown").status_code == 404


def test_only_agents_with_the_right_scope(client, customer):
    eva = customer(client)
    eva.say("hola")
    reader = bearer(client, scopes=("tickets:read",))

    assert client.get(f"{CHATS}?owner=bot").status_code == 401
    assert client.get(f"{CHATS}?owner=bot", headers=eva.headers).status_code == 401
    assert client.get(f"{CHATS}?owner=bot", headers=reader).status_code == 200
    assert client.get(f"{CHATS}?owner=agent", headers=reader).status_code == 400
    assert client.post(f"{CHATS}/{eva.id}/takeover", headers=reader).status_code == 403
    assert client.post(f"{CHATS}/{eva.id}/takeover", headers=eva.headers).status_code == 401
