"""Presence and offers over the API and the console's socket."""

import dataclasses

import pytest
from agents_client import Agent, add_agent, bearer, next_frame
from fake_engine import wait_until

pytestmark = pytest.mark.server


@pytest.fixture
def client(gateway):
    client = gateway(agent_grace=30.0)
    add_agent(client)
    add_agent(client, "bea", name="Bea Gil")
    add_agent(client, "luis", teams=["billing"], name="Luis Paz")
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


@pytest.fixture
def bea(client):
    return Agent(client, "bea")


def quick(client, **changes):
    """Change the times of assignment."""
    desk = client.app.state.gateway.desk
    times = dataclasses.replace(desk.rules.assignment, **changes)
    desk.rules = dataclasses.replace(desk.rules, assignment=times)


def frame_of(console, kind, **values):
    """Return the next frame of a kind that has these values."""
    while True:
        frame = next_frame(console, kind)
        if all(frame.get(key) == value for key, value in values.items()):
            return frame


def test_presence_is_told_chosen_and_pushed(ana):
    assert ana.get("/api/v1/presence").json() == {
        "presence": "offline",
        "chosen": "online",
        "wrap_up_until": None,
        "cool_until": None,
        "load": 0,
        "capacity": 4,
    }
    with ana.live() as console:
        frame_of(console, "presence", agent="ana", presence="online")

        answer = ana.request("PUT", "/api/v1/presence", json={"presence": "busy"})

        assert (answer.status_code, answer.json()["presence"]) == (200, "busy")
        frame_of(console, "presence", agent="ana", presence="busy")
        assert ana.get("/api/v1/presence").json()["presence"] == "busy"


@pytest.mark.parametrize("body", [{"presence": "wrap_up"}, {"presence": 3}, {}, []])
def test_a_wrong_presence_is_refused(ana, body):
    answer = ana.request("PUT", "/api/v1/presence", json=body)

    assert answer.status_code == 400
    assert ana.get("/api/v1/presence").json()["chosen"] == "online"


def test_colleagues_see_who_comes_and_goes(ana, bea):
    with ana.live() as console:
        with bea.live():
            frame_of(console, "presence", agent="bea", presence="online")
        frame_of(console, "presence", agent="bea", presence="offline")


def test_a_second_tab_changes_nothing(ana):
    with ana.live() as first:
        frame_of(first, "presence", agent="ana", presence="online")
        ana.request("PUT", "/api/v1/presence", json={"presence": "away"})
        with ana.live() as second:
            second.receive_json()
            assert ana.get("/api/v1/presence").json()["presence"] == "away"
        assert ana.get("/api/v1/presence").json()["presence"] == "away"


def test_what_was_chosen_survives_a_restart(gateway, client, ana):
    ana.request("PUT", "/api/v1/presence", json={"presence": "busy"})

    ana.client = gateway(agent_grace=30.0)

    with ana.live() as console:
        console.receive_json()
        assert wait_until(lambda: ana.get("/api/v1/presence").json()["presence"] == "busy")


def test_a_customer_is_offered_and_accepted(ana, client, customer):
    eva = customer(client)
    with ana.live() as console:
        frame_of(console, "presence", agent="ana", presence="online")
        ref = eva.person()["reference"]

        offer = next_frame(console, "offer")
        assert offer == {"type": "offer", "ref": ref, "seconds": 30}
        row = frame_of(console, "ticket")["ticket"]
        while row["offered_to"] is None:
            row = frame_of(console, "ticket")["ticket"]
        assert (row["ref"], row["offered_to"]) == (ref, "ana")
        change = ana.act(ref, "accept")

        frame_of(console, "presence", agent="ana", load=1, capacity=4)

    assert (change["ticket"]["status"], change["ticket"]["owner"]) == ("claimed", "ana")
    assert change["messages"][0]["text"] == "Se une Ana Ruiz."
    assert eva.view()["agent"] == {"name": "Ana Ruiz"}


def test_declined_it_goes_to_the_next_agent(ana, bea, client, customer):
    eva = customer(client)
    with ana.live() as one, bea.live() as two:
        frame_of(one, "presence", agent="bea", presence="online")
        ref = eva.person()["reference"]
        asked = wait_until(lambda: client.app.state.gateway.desk.ticket(ref).offered_to)
        first, second, console = (ana, "bea", two) if asked == "ana" else (bea, "ana", one)

        assert first.act(ref, "decline")["ticket"]["offered_to"] is None

        assert next_frame(console, "offer")["ref"] == ref
        assert wait_until(lambda: client.app.state.gateway.desk.ticket(ref).offered_to == second)
        refused = first.post(f"/api/v1/tickets/{ref}/accept")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "offer_over")
    assert "La oferta ya no está en pie" in refused.json()["error"]["text"]


def test_a_console_that_reloads_is_asked_again(ana, client, customer):
    with ana.live() as console:
        frame_of(console, "presence", agent="ana", presence="online")
        ref = customer(client).person()["reference"]
        assert next_frame(console, "offer")["ref"] == ref
        with ana.live() as fresh:
            assert next_frame(fresh, "ready")
            again = next_frame(fresh, "offer")

    assert again["ref"] == ref
    assert 0 < again["seconds"] <= 30


def test_an_offer_nobody_answers_is_taken_back_on_the_screen(ana, client, customer):
    quick(client, offer_seconds=0.3)
    with ana.live() as console:
        frame_of(console, "presence", agent="ana", presence="online")
        ref = customer(client).person()["reference"]

        assert next_frame(console, "offer")["ref"] == ref
        assert frame_of(console, "offer", ref=ref, seconds=0)


def test_agents_of_other_teams_are_told_and_may_take_it(client, customer):
    quick(client, others_after=0.2, supervisor_after=60.0)
    luis = Agent(client, "luis")
    with luis.live() as console:
        frame_of(console, "presence", agent="luis", presence="online")
        ref = customer(client).person()["reference"]

        alarm = next_frame(console, "alarm")

        assert alarm == {"type": "alarm", "ref": ref, "clock": "unaccepted"}
        assert wait_until(lambda: [row["ref"] for row in luis.queue()] == [ref])
        change = luis.act(ref, "claim")
        assert change["ticket"]["owner"] == "luis"
        assert frame_of(console, "ticket")["ticket"]["ref"] == ref


def test_supervisors_are_alarmed_wherever_they_are(client, customer):
    quick(client, others_after=0.1, supervisor_after=0.2)
    add_agent(client, "sara", teams=[], role="supervisor")
    sara = Agent(client, "sara")
    with sara.live() as console:
        frame_of(console, "presence", agent="sara", presence="online")
        ref = customer(client).person()["reference"]

        assert next_frame(console, "alarm")["ref"] == ref
        assert next_frame(console, "alarm")["ref"] == ref  # once as anybody, once as who leads


def test_a_customer_nobody_comes_to_may_leave_an_address_in_the_chat(client, customer):
    quick(client, others_after=0.1, supervisor_after=0.1, callback_after=0.2)
    gateway = client.app.state.gateway
    eva = customer(client)
    ref = eva.person()["reference"]

    def told(key):
        return wait_until(lambda: gateway.store.messages(eva.id)[-1].response == key)

    assert told("utter_notice_callback_offer")
    choices = eva.messages()[-1]["choices"]
    assert [each["title"] for each in choices] == [
        "Dejar correo o teléfono",
        "Esperar a una persona",
    ]
    eva.say(choice=choices[0]["id"], text=None)
    assert told("utter_notice_contact_ask")
    eva.say("600 111 222")
    assert told("utter_notice_contact_left")

    assert gateway.desk.ticket(ref).labels == ["callback"]
    assert gateway.contacts.of(eva.id)["phone"] == "600111222"
    assert eva.view()["owner"] == "queue"


def test_ready_ends_a_wrap_up(ana, client, customer):
    eva = customer(client)
    gateway = client.app.state.gateway
    ref = eva.person()["reference"]
    first = next(each for each in gateway.store.messages(eva.id))
    gateway.store.set_parse(first.id, {"frustration": {"score": 0.9, "level": "angry"}})
    with ana.live() as console:
        ana.act(ref, "claim")
        ana.act(ref, "resolve", disposition="solved", cause="emotion")
        frame_of(console, "presence", agent="ana", presence="wrap_up")
        told = ana.get("/api/v1/presence").json()
        assert told["presence"] == "wrap_up" and told["wrap_up_until"] < told["cool_until"]

        answer = ana.post("/api/v1/presence/ready")

        assert answer.json()["presence"] == "online"
        frame_of(console, "presence", agent="ana", presence="online")


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_what_is_not_offered_can_be_neither_accepted_nor_declined(ana, client, customer, action):
    ref = customer(client).person()["reference"]

    assert ana.post(f"/api/v1/tickets/{ref}/{action}").status_code == 409
    assert ana.post(f"/api/v1/tickets/R-999999/{action}").status_code == 404
    assert ana.queue()[0]["status"] == "queued"


def test_another_teams_offer_is_refused(client, customer):
    ref = customer(client).person()["reference"]

    assert Agent(client, "luis").post(f"/api/v1/tickets/{ref}/accept").status_code == 403


def test_a_token_needs_the_scope_and_a_page_the_csrf_token(ana, client, customer):
    ref = customer(client).person()["reference"]
    headers = bearer(client, scopes=("tickets:read",))
    assert client.get("/api/v1/presence", headers=headers).status_code == 200
    for method, path in (
        ("PUT", "/api/v1/presence"),
        ("POST", "/api/v1/presence/ready"),
        ("POST", f"/api/v1/tickets/{ref}/accept"),
        ("POST", f"/api/v1/tickets/{ref}/decline"),
    ):
        body = {"presence": "away"}
        assert client.request(method, path, headers=headers, json=body).status_code == 403
        assert ana.request(method, path, csrf="wrong", json=body).status_code == 403
        assert client.request(method, path, json=body).status_code == 401
    assert ana.get("/api/v1/presence").json()["chosen"] == "online"
