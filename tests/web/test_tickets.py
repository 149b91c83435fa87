import msgspec
import pytest
from agents_client import Agent, add_agent, bearer
from fake_engine import handoff, wait_until

from bot.web import ticket_wire

pytestmark = pytest.mark.server

TICKETS = "/api/v1/tickets"


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


@pytest.fixture
def eva(client, customer):
    """A customer who asked for a person; ``ref`` is her ticket."""
    eva = customer(client)
    eva.say("mi pedido no llega")
    eva.ref = eva.person()["reference"]
    return eva


def test_a_person_asked_for_is_in_the_queue(ana, eva):
    (row,) = ana.queue()

    msgspec.convert(row, ticket_wire.TicketRow)
    assert (row["ref"], row["conversation"]) == (eva.ref, eva.id)
    assert (row["status"], row["reason_code"]) == ("queued", "asked_for_person")
    assert row["frustration"]["level"] == "calm"


def test_a_ticket_shows_the_whole_context(ana, eva):
    whole = ana.get(f"{TICKETS}/{eva.ref}").json()

    msgspec.convert(whole, ticket_wire.TicketOut)
    assert whole["context"]["reference"] == eva.ref
    assert whole["context"]["summary"]["wants"] == "«mi pedido no llega»"
    assert [m["author"] for m in whole["messages"]] == ["bot", "customer", "bot", "system"]
    assert [e["kind"] for e in whole["events"]] == ["opened", "read"]


def test_the_engines_version_and_scores_are_in_the_context(client, ana, customer, engine):
    engine.script["una persona"] = {"handoff": handoff(risk=["churn"])}
    eva = customer(client)
    wait_until(lambda: "model" in client.app.state.gateway.versions)
    eva.say("una persona")

    (row,) = ana.queue()
    context = ana.get(f"{TICKETS}/{row['ref']}").json()["context"]

    assert context["risks"] == ["churn"]
    assert context["versions"]["model"] == "0123456789abcdef"
    assert context["frustration"]["now"] == 0.2


def test_claim_answer_and_resolve_reach_the_customer(ana, eva):
    ana.act(eva.ref, "claim")
    said = ana.act(eva.ref, "messages", text="Hola, soy Ana", client_id="1")
    ended = ana.act(eva.ref, "resolve", disposition="solved", note="Reenviado", cause="system")

    assert said["messages"][0]["text"] == "Hola, soy Ana"
    assert ended["ticket"]["status"] == "resolved"
    assert [text for _, text in eva.texts()][-3:] == [
        "Se une Ana Ruiz.",
        "Hola, soy Ana",
        f"Cerrado {eva.ref}.",
    ]
    assert eva.view()["owner"] == "bot"


def test_while_an_agent_has_the_chat_the_bot_says_nothing(ana, eva, engine):
    ana.act(eva.ref, "claim")
    answer = eva.say("/restart")

    assert answer["replies"] == []
    assert eva.view()["owner"] == "agent"
    assert eva.view()["agent"] == {"name": "Ana Ruiz"}


def test_the_same_client_id_twice_is_one_message_of_the_agent(ana, eva):
    ana.act(eva.ref, "claim")
    first = ana.act(eva.ref, "messages", text="Hola", client_id="1")
    again = ana.act(eva.ref, "messages", text="Hola", client_id="1")

    assert first["messages"][0]["id"] == again["messages"][0]["id"]
    assert [text for _, text in eva.texts()].count("Hola") == 1


def test_a_hand_back_makes_the_bot_speak_first(ana, eva, engine):
    ana.act(eva.ref, "claim")
    note = {
        "agreed": "Reenviar el pedido",
        "promised": [{"text": "Llega el viernes", "due": "2099-01-01T18:00:00Z"}],
        "offers_refused": ["Vale de 10 €"],
    }

    row = ana.act(eva.ref, "return", **note)["ticket"]

    assert row["status"] == "returned"
    assert wait_until(lambda: eva.texts()[-1][0] == "bot")
    assert eva.view()["owner"] == "bot"


def test_after_a_resolved_case_the_bot_is_told_before_it_answers(ana, eva, engine):
    ana.act(eva.ref, "claim")
    ana.act(eva.ref, "resolve", disposition="solved", note="Reenviado", cause="system")

    replies = eva.say("¿y la factura?")["replies"]

    kinds = [turn.kind for turn in turns_of(eva)]
    assert kinds[-2:] == ["handback", "message"]
    assert replies


def turns_of(eva):
    store = eva.client.app.state.gateway.store
    found = {m.turn for m in store.messages(eva.id, late=True) if m.turn}
    return sorted((store.turn(each) for each in found), key=lambda turn: turn.created_at)


def test_a_hand_back_without_a_note_is_refused(ana, eva):
    ana.act(eva.ref, "claim")

    answer = ana.post(f"{TICKETS}/{eva.ref}/return", agreed="  ")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "no_note"
    assert eva.view()["owner"] == "agent"


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("return", {"agreed": "Se reenvía."}),
        ("resolve", {"disposition": "solved", "cause": "wish"}),
    ],
)
def test_an_end_over_an_unread_message_is_refused_with_what_it_says(ana, eva, deed, body):
    ana.act(eva.ref, "claim")
    seen = eva.messages()[-1]["id"]
    newest = eva.say("¿y cuándo llega?")["message"]["id"]

    answer = ana.post(f"{TICKETS}/{eva.ref}/{deed}", **body, seen=seen)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "unread"
    assert "«y cuándo llega»" in answer.json()["error"]["text"]
    assert eva.view()["owner"] == "agent"
    assert ana.post(f"{TICKETS}/{eva.ref}/{deed}", **body, seen=newest).is_success


def test_an_unknown_disposition_is_refused_with_the_known_ones(ana, eva):
    ana.act(eva.ref, "claim")

    answer = ana.post(f"{TICKETS}/{eva.ref}/resolve", disposition="fixed")

    assert answer.status_code == 400
    assert "solved" in answer.json()["error"]["text"]


def test_a_resolved_ticket_can_be_reopened_and_released(ana, eva):
    ana.act(eva.ref, "claim")
    ana.act(eva.ref, "resolve", disposition="solved", cause="system")

    assert ana.act(eva.ref, "reopen")["ticket"]["status"] == "claimed"
    assert eva.view()["owner"] == "agent"
    assert ana.act(eva.ref, "release")["ticket"]["status"] == "queued"
    assert eva.view()["owner"] == "queue"


def test_two_agents_cannot_claim_the_same_ticket(client, ana, eva):
    add_agent(client, "bea", name="Bea")
    ana.act(eva.ref, "claim")

    answer = Agent(client, "bea").post(f"{TICKETS}/{eva.ref}/claim")

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "phase_open"
    assert "resolve" in error["facts"]["possible"] and "claim" not in error["facts"]["possible"]


def test_an_agent_of_another_team_neither_sees_nor_touches_a_ticket(client, eva):
    add_agent(client, "bea", teams=["billing"])
    bea = Agent(client, "bea")

    assert bea.queue() == []
    assert bea.get(f"{TICKETS}/{eva.ref}").status_code == 403
    assert bea.post(f"{TICKETS}/{eva.ref}/claim").status_code == 403
    assert bea.queue("all") == []


def test_a_supervisor_sees_every_team(client, eva):
    add_agent(client, "sol", teams=[], role="supervisor")

    assert [row["ref"] for row in Agent(client, "sol").queue()] == [eva.ref]


def test_an_unknown_ticket_is_not_found(ana):
    assert ana.get(f"{TICKETS}/R-222222").status_code == 404
    assert ana.post(f"{TICKETS}/R-222222/claim").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["view=mine%27", "limit=-1", "limit=many", "after=xyz", "limit=99999"],
)
def test_a_wrong_query_is_refused(ana, query):
    assert ana.get(f"{TICKETS}?{query}").status_code == 400


def test_pages_follow_each_other(client, ana, customer):
    refs = [customer(client).person()["reference"] for _ in range(3)]

    first = ana.get(f"{TICKETS}?limit=2").json()
    second = ana.get(f"{TICKETS}?limit=2&after={first['next']}").json()

    assert [row["ref"] for row in first["tickets"] + second["tickets"]] == refs
    assert second["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"text": "x" * 4001, "client_id": "1"}, id="too long"),
        pytest.param({"text": "hola", "client_id": ""}, id="no client id"),
        pytest.param({"text": 7, "client_id": "1"}, id="no text"),
        pytest.param({"text": "  ", "client_id": "1"}, id="empty"),
    ],
)
def test_a_wrong_message_is_refused_and_changes_nothing(ana, eva, body):
    ana.act(eva.ref, "claim")
    before = eva.texts()

    assert ana.post(f"{TICKETS}/{eva.ref}/messages", **body).status_code == 400
    assert eva.texts() == before


def test_a_program_can_do_it_all_with_a_token(client, eva):
    headers = bearer(client)

    (row,) = client.get(TICKETS, headers=headers).json()["tickets"]
    for action, body in (
        ("claim", {}),
        ("messages", {"text": "Hola", "client_id": "1"}),
        ("return", {"agreed": "Reenviar"}),
    ):
        answer = client.post(f"{TICKETS}/{row['ref']}/{action}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text


def test_what_an_agent_chooses_from_is_told(ana):
    desk = ana.get("/api/v1/desk").json()

    msgspec.convert(desk, ticket_wire.DeskOut)
    assert desk["dispositions"]["solved"] == {"es": "Resuelto", "en": "Solved"}


def test_reasons_come_in_the_agents_language(client, ana, eva):
    headers = {**bearer(client), "Accept-Language": "en-GB"}

    (row,) = client.get(TICKETS, headers=headers).json()["tickets"]

    assert row["reason"] == "Asked for a person"
    assert ana.queue()[0]["reason"] == "Pidió hablar con una persona"


def test_the_document_describes_every_route(client):
    document = client.get("/api/v1/openapi.json").json()

    for path in ("/claim", "/messages", "/return", "/resolve", "/reopen", "/release", ""):
        assert f"{TICKETS}/{{ref}}{path}" in document["paths"]
    assert "/api/v1/session" in document["paths"]
