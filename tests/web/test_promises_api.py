"""Promises from the engine's answer to the console, and what happens when they are due."""

from datetime import datetime, timedelta, timezone

import pytest
from agents_client import Agent, add_agent, bearer, next_frame, refused, strictly
from fake_engine import handoff, wait_until

from bot.web import ticket_wire

pytestmark = pytest.mark.server

TICKETS = "/api/v1/tickets"


def promise(**changes):
    due = datetime.now(timezone.utc) + changes.pop("within", timedelta(hours=1))
    made = {"name": "resend", "text": "El reenvío sale hoy", "due": due.isoformat()}
    return {**made, "owner": "bot", **changes}


@pytest.fixture
def client(gateway):
    client = gateway(agent_grace=0.4)  # a look every 0.1 s
    add_agent(client)
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


def promises_of(ana, ref):
    return ana.get(f"{TICKETS}/{ref}").json()["context"]["promises"]


def test_what_the_engine_promised_is_in_the_handoff_and_can_be_kept(client, ana, customer, engine):
    engine.script["¿sale hoy?"] = {"promises": [promise()]}
    eva = customer(client)
    eva.say("¿sale hoy?")
    ref = eva.person()["reference"]

    (made,) = promises_of(ana, ref)
    assert (made["text"], made["kept"], made["reference"]) == ("El reenvío sale hoy", False, ref)
    kept = ana.post(f"{TICKETS}/{ref}/promises/{made['id']}/keep")
    assert kept.status_code == 200
    assert promises_of(ana, ref)[0]["kept"] is True
    assert ana.post(f"{TICKETS}/{ref}/promises/{made['id']}/keep").status_code == 200


def test_a_handoffs_own_promises_go_with_it_and_kept_ones_are_kept(client, ana, customer, engine):
    engine.script["uno"] = {"promises": [promise()]}
    engine.script["dos"] = {
        "handoff": handoff(),
        "promises": [promise(name="call", text="Le llaman hoy", owner="logistics")],
        "promises_kept": ["resend"],
    }
    eva = customer(client)
    eva.say("uno")
    eva.say("dos")

    (row,) = ana.queue()

    told = [(each["name"], each["kept"]) for each in promises_of(ana, row["ref"])]
    assert told == [("resend", True), ("call", False)]


def test_a_due_promise_reaches_the_console_and_the_customer_by_itself(
    client, ana, customer, engine
):
    engine.script["¿sale hoy?"] = {"promises": [promise(within=timedelta(0))]}
    eva = customer(client)
    with ana.live() as socket:
        next_frame(socket, "ready")
        eva.say("¿sale hoy?")
        row = next_frame(socket, "ticket")["ticket"]

    assert (row["reason_code"], row["priority"]) == ("promise_due", "high")
    eva.wait_for("Ha vencido lo prometido")
    assert eva.view()["owner"] == "queue"
    assert len(ana.queue()) == 1


def test_a_due_promise_rings_at_who_has_the_case(client, ana, customer, engine):
    engine.script["¿sale hoy?"] = {"promises": [promise(within=timedelta(seconds=2))]}
    eva = customer(client)
    eva.say("¿sale hoy?")
    with ana.live() as socket:
        next_frame(socket, "ready")
        ref = eva.person()["reference"]
        ana.act(ref, "claim")
        assert next_frame(socket, "mention") == {"type": "mention", "ref": ref, "why": "promise"}

    assert [row["ref"] for row in ana.queue("mentions")] == [ref]


def test_a_restart_between_due_and_alarm_wakes_a_person_once(gateway, client, customer, engine):
    engine.script["¿sale hoy?"] = {"promises": [promise(within=timedelta(seconds=0.5))]}
    eva = customer(client)
    eva.say("¿sale hoy?")
    client.__exit__(None, None, None)

    again = gateway(agent_grace=0.4)
    bea = add_agent(again, "bea")
    wait_until(lambda: Agent(again, bea.username).queue())
    events = Agent(again, "bea").get(f"{TICKETS}/{Agent(again, 'bea').queue()[0]['ref']}")

    kinds = [each["kind"] for each in events.json()["events"]]
    assert kinds.count("promise_due") == 1


def test_a_turn_sent_twice_to_the_engine_promises_once(client, customer, engine):
    engine.script["¿sale hoy?"] = {"promises": [promise()]}
    eva = customer(client)
    eva.say("¿sale hoy?", client_id="m1")
    eva.say("¿sale hoy?", client_id="m1")

    context = ticket_context(client, eva)
    assert len(context["promises"]) == 1


def ticket_context(client, eva):
    ref = eva.person()["reference"]
    return Agent(client).get(f"{TICKETS}/{ref}").json()["context"]


def test_a_promise_without_a_time_breaks_nothing(client, customer, engine):
    engine.script["hola"] = {"promises": [{"name": "call", "text": "Le llaman", "due": "pronto"}]}
    eva = customer(client)

    assert eva.say("hola")["replies"][0]["text"] == "eco: hola"
    (made,) = ticket_context(client, eva)["promises"]
    assert made["due"] is None


def test_who_has_a_case_promises_with_a_time_once_and_is_woken(client, ana, customer):
    ref = customer(client).person()["reference"]
    due = datetime.now(timezone.utc) + timedelta(seconds=1)
    wish = {"text": "Le escribo en un rato", "due": due.isoformat(), "client_id": "p1"}
    path = f"{TICKETS}/{ref}/promises"
    refused(ana.post(path, **wish), 409, "phase_queued")
    ana.act(ref, "claim")

    refused(ana.post(path, **{**wish, "due": "2020-01-01"}), 400, "until")
    refused(ana.post(path, **{**wish, "text": " "}), 400, "empty")
    for _ in range(2):  # the first answer was lost
        strictly(ana.post(path, **wish), ticket_wire.ChangeOut)

    (made,) = promises_of(ana, ref)
    assert (made["text"], made["by"], made["owner"]) == (wish["text"], "agent", "general")

    def log():
        return [each["kind"] for each in ana.get(f"{TICKETS}/{ref}").json()["events"]]

    assert log().count("promised") == 1
    wait_until(lambda: "promise_due" in log())


def test_only_who_has_the_case_promises(client, ana, customer):
    ref = customer(client).person()["reference"]
    add_agent(client, "bea")
    ana.act(ref, "claim")

    later = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
    answer = Agent(client, "bea").post(f"{TICKETS}/{ref}/promises", text="x", due=later)

    refused(answer, 403, "not_yours")


@pytest.mark.parametrize("number", ["0", "x", "-1", "999999999999999999999"])
def test_an_unknown_promise_is_not_found(client, ana, customer, number):
    ref = customer(client).person()["reference"]

    assert ana.post(f"{TICKETS}/{ref}/promises/{number}/keep").status_code == 404


def test_keeping_needs_the_right_to_write(client, customer):
    ref = customer(client).person()["reference"]
    headers = bearer(client, scopes=("tickets:read",))

    path = f"{TICKETS}/{ref}/promises/1/keep"
    assert client.post(path, headers=headers).status_code == 403
    assert client.post(path).status_code == 401
