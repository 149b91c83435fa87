"""Working together over the API: phases, notes, participants, transfers, cases by hand."""

from datetime import datetime, timedelta, timezone

import pytest
from agents_client import Agent, add_agent, bearer, next_frame, refused, strictly

from bot.handoff.instants import iso
from bot.handoff.records import Identity
from bot.web import teamwork_wire, ticket_wire

pytestmark = pytest.mark.server

TICKETS = "/api/v1/tickets"
LUCIA = Identity("verified", "C-1001", "Lucía Ferrer Ortega", "lucia.ferrer@ejemplo.es")


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "bea", teams=("billing",), name="Bea Gil")
    add_agent(client, "boss", role="supervisor", name="Berta Jefa")
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


@pytest.fixture
def eva(client, customer, ana):
    eva = customer(client)
    eva.say("no llega")
    eva.ref = eva.person()["reference"]
    ana.act(eva.ref, "claim")
    return eva


def test_a_case_waits_until_its_customer_writes(client, ana, eva):
    answer = ana.post(f"{TICKETS}/{eva.ref}/waiting")
    assert strictly(answer, ticket_wire.ChangeOut).ticket.phase == "waiting"

    with ana.live() as socket:
        next_frame(socket, "ready")
        eva.say("El 48213")
        while (row := next_frame(socket, "ticket")["ticket"])["phase"] != "open":
            pass

    assert row["waiting_since"] is None
    assert ana.queue("mine")[0]["phase"] == "open"


def test_priority_tier_labels_and_snooze_are_in_the_row(ana, eva):
    ana.act(eva.ref, "priority", priority="urgent", reason="Sin calefacción")
    ana.act(eva.ref, "tier", tier="L2", reason="Hace falta un técnico")
    ana.act(eva.ref, "labels", labels=["goodwill", "Cliente nuevo"])
    until = datetime.now(timezone.utc) + timedelta(hours=2)
    row = ana.act(eva.ref, "snooze", until=iso(until), note="Llama el técnico")["ticket"]

    assert (row["priority"], row["tier"], row["phase"]) == ("urgent", "L2", "snoozed")
    assert (row["labels"], row["snoozed_until"]) == (["goodwill", "Cliente nuevo"], iso(until))
    assert ana.act(eva.ref, "resume")["ticket"]["phase"] == "open"


@pytest.mark.parametrize(
    "path, body, code",
    [
        ("priority", {"priority": "asap", "reason": "x"}, "priority"),
        ("priority", {"priority": "high"}, "reason"),
        ("tier", {"tier": "L9", "reason": "x"}, "tier"),
        ("labels", {"labels": ["x" * 31]}, "label"),
        ("labels", {}, "bad_request"),
        ("snooze", {"until": "mañana"}, "until"),
        ("notes", {"text": "@nadie"}, "mention"),
        ("notes", {"text": " "}, "empty"),
        ("transfer", {"team": "billing"}, "transfer_note"),
        ("transfer", {"team": "biling", "note": "x"}, "team"),
        ("participants", {"agent": "nadie"}, "no_agent"),
        ("moments", {"text": ""}, "empty"),
        ("resolve", {"disposition": "solved"}, "cause"),
    ],
)
def test_a_wrong_request_says_what_is_wrong_and_changes_nothing(ana, eva, path, body, code):
    before = ana.queue("mine")[0]

    error = refused(ana.post(f"{TICKETS}/{eva.ref}/{path}", **body), 400, code)

    assert error["text"] and "{" not in error["text"]
    after = ana.queue("mine")[0]
    unchanged = [key for key in before if key not in ("wait", "sla")]
    assert {key: after[key] for key in unchanged} == {key: before[key] for key in unchanged}


def test_an_illegal_operation_says_what_is_possible(ana, eva):
    ana.act(eva.ref, "resolve", disposition="solved", cause="system")

    error = refused(ana.post(f"{TICKETS}/{eva.ref}/waiting"), 409, "phase_resolved")

    assert "reopen" in error["facts"]["possible"]
    assert "Reopen" not in error["text"] and "reábralo" in error["text"]


def test_a_note_reaches_the_consoles_and_rings_at_who_is_named(client, ana, eva):
    bea = Agent(client, "bea")
    with bea.live() as socket:
        next_frame(socket, "ready")
        answer = ana.post(f"{TICKETS}/{eva.ref}/notes", text="@bea ¿es un\x00 cobro doble?")
        note = strictly(answer, teamwork_wire.NotedOut).note
        assert note.text == "@bea ¿es un cobro doble?"  # without what means nothing
        assert next_frame(socket, "note")["note"]["id"] == note.id
        assert next_frame(socket, "mention") == {"type": "mention", "ref": eva.ref}
        assert next_frame(socket, "ticket")["ticket"]["mentioned"] is True

    strictly(bea.get(f"{TICKETS}/{eva.ref}/notes"), teamwork_wire.NotesOut)
    inbox = strictly(bea.get("/api/v1/mentions"), teamwork_wire.MentionsOut)
    assert [each.ref for each in inbox.mentions] == [eva.ref]
    assert bea.act(eva.ref, "mentions/read")["ticket"]["mentioned"] is False
    assert bea.get("/api/v1/mentions").json() == {"mentions": []}
    assert "cobro doble" not in str(eva.messages())


def test_consult_take_part_and_write_without_changing_the_owner(client, ana, eva):
    boss, bea = Agent(client, "boss"), Agent(client, "bea")
    refused(
        bea.post(f"{TICKETS}/{eva.ref}/messages", text="Hola", client_id="1"), 403, "not_allowed"
    )

    ana.act(eva.ref, "consult", text="¿Puedo regalar el envío?")
    boss.act(eva.ref, "notes", text="Sí", kind="answer")
    row = ana.act(eva.ref, "participants", agent="bea")["ticket"]
    said = bea.act(eva.ref, "messages", text="Hola, soy Bea", client_id="1")

    assert row["participants"] == [{"username": "bea", "name": "Bea Gil"}]
    assert (said["ticket"]["owner"], eva.messages()[-1]["name"]) == ("ana", "Bea Gil")
    gone = ana.request("DELETE", f"{TICKETS}/{eva.ref}/participants/bea")
    assert gone.json()["ticket"]["participants"] == []


def test_a_call_to_the_customer_is_news_and_a_note_that_they_never_read(client, ana, eva):
    wish = {"text": "Sabe que sale hoy", "client_id": "call-1"}
    first, again = (
        strictly(ana.post(f"{TICKETS}/{eva.ref}/calls", **wish), teamwork_wire.NotedOut)
        for _ in range(2)
    )
    assert (first.note.kind, first.note.text) == ("call", "Sabe que sale hoy")
    assert again.note == first.note
    assert first.ticket.first_response_at is not None
    assert "sale hoy" not in str(eva.messages())
    refused(ana.post(f"{TICKETS}/{eva.ref}/calls", text=" "), 400, "empty")


def test_a_transfer_is_told_once_and_the_second_one_is_confirmed(client, ana, eva):
    boss = Agent(client, "boss")
    answer = ana.post(f"{TICKETS}/{eva.ref}/transfer", team="billing", note="Cobro doble")
    assert strictly(answer, teamwork_wire.NotedOut).ticket.transfers == 1
    assert eva.view()["owner"] == "queue"

    wish = {"team": "quality", "note": "Llegó roto"}
    error = refused(boss.post(f"{TICKETS}/{eva.ref}/transfer", **wish), 409, "second_transfer")
    assert error["facts"]["transfers"] == 1
    boss.act(eva.ref, "transfer", **wish, confirmed=True)

    told = [text for author, text in eva.texts() if author == "system" and "calidad" in text]
    assert len(told) == 1


def test_a_case_by_hand_is_the_agents_or_waits_in_a_queue(client, ana):
    mine = ana.post(
        TICKETS, text="Llamó: la caja llegó vacía", channel="phone", customer_name="Pía"
    )
    row = strictly(mine, ticket_wire.ChangeOut).ticket
    assert (row.phase, row.owner, row.channel, row.customer) == ("open", "ana", "phone", "Pía")
    assert row.reason_code == "by_hand"

    theirs = ana.post(
        TICKETS,
        text="Cobro doble",
        channel="email",
        team="billing",
        customer_email="pia@ejemplo.es",
        issue="double_charge",
    )
    row = strictly(theirs, ticket_wire.ChangeOut).ticket
    assert (row.phase, row.team, row.issue) == ("queued", "billing", "double_charge")
    whole = Agent(client, "bea").get(f"{TICKETS}/{row.ref}").json()
    assert whole["messages"][0]["text"] == "Cobro doble"
    assert whole["context"]["customer"]["identity_status"] == "claimed"
    refused(ana.post(TICKETS, text="x", channel="fax"), 400, "no_channel")
    refused(ana.post(TICKETS, text="x", customer_email="pia"), 400, "contact_email")


def test_a_case_by_hand_has_who_calls_and_their_language(client, ana):
    answer = ana.post(
        TICKETS,
        text="My parcel is empty",
        customer_name="Joan",
        customer_phone="+34 600 111 222",
        issue="double_charge",
        language="en",
    )
    row = strictly(answer, ticket_wire.ChangeOut).ticket
    assert (row.customer, row.language, row.issue) == ("Joan", "en", "double_charge")
    whole = ana.get(f"{TICKETS}/{row.ref}").json()
    assert whole["context"]["contact"]["phone"] == "+34600111222"
    assert whole["context"]["customer"]["proven_orders"] == []
    refused(ana.post(TICKETS, text="x", customer_phone="12"), 400, "contact_phone")


def test_what_is_sent_again_after_a_lost_answer_is_there_once(client, ana, eva):
    boss = Agent(client, "boss")
    with boss.live() as socket:
        next_frame(socket, "ready")
        for what in ("notes", "consult"):
            wish = {"text": f"Para @boss: {what}", "client_id": f"{what}-1"}
            first, again = (
                strictly(ana.post(f"{TICKETS}/{eva.ref}/{what}", **wish), teamwork_wire.NotedOut)
                for _ in range(2)
            )
            assert first.note == again.note
            next_frame(socket, "mention")
        ana.act(eva.ref, "notes", text="@boss y esto", client_id="notes-2")
        next_frame(socket, "mention")
        assert len(boss.get("/api/v1/mentions").json()["mentions"]) == 3
    notes = ana.get(f"{TICKETS}/{eva.ref}/notes").json()["notes"]
    assert len(notes) == 3

    call = {"text": "Llamó: la caja llegó vacía", "client_id": "call-1"}
    refs = {ana.post(TICKETS, **call).json()["ticket"]["ref"] for _ in range(2)}
    refs.add(boss.post(TICKETS, **call).json()["ticket"]["ref"])  # an id of their own
    assert len(refs) == 2


def test_a_row_tells_since_when_a_case_waits_in_the_queue(client, ana, eva):
    ana.act(eva.ref, "release")
    row = ana.get(f"{TICKETS}/{eva.ref}").json()["ticket"]
    assert row["created_at"] < row["queued_at"]


def test_a_bot_chat_is_read_before_it_is_taken(client, ana, customer):
    pia = customer(client)
    pia.say("hola")

    answer = ana.get(f"/api/v1/bot-chats/{pia.id}")

    chat = strictly(answer, teamwork_wire.BotChatTextOut)
    assert [message.text for message in chat.messages][-2:] == ["hola", "eco: hola"]
    assert Agent(client, "bea").get(f"/api/v1/bot-chats/{pia.id}").status_code == 403
    assert ana.get("/api/v1/bot-chats/c_unknown").status_code == 404
    pia.person()
    refused(ana.get(f"/api/v1/bot-chats/{pia.id}"), 409, "not_the_bots")


def test_a_customers_profile_and_history_open_to_who_serves_them(client, ana, eva):
    store = client.app.state.gateway.store
    refused(ana.get("/api/v1/customers/C-1001/profile"), 404, "not_found")
    store.set_identity(eva.id, LUCIA)

    path = "/api/v1/customers/C-1001/profile"
    wish = {"text": "Prefiere por escrito", "needs": ["written_only"]}
    written = ana.request("PUT", path, json=wish)
    profile = strictly(written, teamwork_wire.ProfileOut)
    assert (profile.needs, profile.changed_by) == (["written_only"], "ana")
    assert strictly(ana.get(path), teamwork_wire.ProfileOut) == profile
    refused(ana.request("PUT", path, json={"needs": ["gold"]}), 400, "need")
    history = strictly(
        ana.get("/api/v1/customers/C-1001/history"), teamwork_wire.CustomerHistoryOut
    )
    assert [each.ref for each in history.tickets] == [eva.ref]
    assert history.conversations[0].tickets == [eva.ref]
    refused(Agent(client, "bea").get(path), 404, "not_found")


def test_moments_go_to_trainers_and_reviews_to_who_had_the_case(client, ana, eva):
    boss = Agent(client, "boss")
    message = next(each["id"] for each in eva.messages() if each["author"] == "customer")
    ana.act(eva.ref, "moments", message=message, text="Debió mirar el envío")
    (moment,) = strictly(boss.get("/api/v1/moments"), teamwork_wire.MomentsOut).moments
    assert (moment.said, moment.by) == ("no llega", "ana")
    assert ana.post(f"/api/v1/moments/{moment.id}/done").status_code == 403
    assert boss.post(f"/api/v1/moments/{moment.id}/done").status_code == 204
    assert boss.get("/api/v1/moments").json() == {"moments": []}
    assert len(boss.get("/api/v1/moments?done=1").json()["moments"]) == 1

    ana.act(eva.ref, "resolve", disposition="solved", cause="system")
    queue = strictly(boss.get("/api/v1/reviews/queue"), teamwork_wire.ReviewQueueOut)
    assert [each.why for each in queue.cases] == [["sample"]]
    refused(ana.post(f"{TICKETS}/{eva.ref}/reviews", text="Bien"), 403, "not_allowed")
    boss.act(eva.ref, "reviews", text="Muy bien explicado")
    (review,) = strictly(ana.get("/api/v1/reviews"), teamwork_wire.ReviewsOut).reviews
    assert (review.text, review.by_name) == ("Muy bien explicado", "Berta Jefa")
    assert boss.get("/api/v1/reviews/queue").json() == {"cases": []}
    strictly(ana.get(f"{TICKETS}/{eva.ref}/reviews"), teamwork_wire.ReviewsOut)


def test_colleagues_and_what_can_be_done_are_told(client, ana):
    found = strictly(ana.get("/api/v1/agents"), teamwork_wire.AgentsOut)
    assert [each.username for each in found.agents] == ["ana", "bea", "boss"]
    desk = strictly(ana.get("/api/v1/desk"), ticket_wire.DeskOut)
    assert "waiting" in desk.phases["open"] and "system" in desk.causes


def test_only_agents_with_the_right_scope(client, eva):
    reader = bearer(client, scopes=("tickets:read",))
    for path in (
        "waiting",
        "resume",
        "snooze",
        "priority",
        "tier",
        "labels",
        "notes",
        "consult",
        "transfer",
        "participants",
        "mentions/read",
        "moments",
        "reviews",
    ):
        url = f"{TICKETS}/{eva.ref}/{path}"
        assert client.post(url, json={}).status_code == 401, path
        assert client.post(url, json={}, headers=eva.headers).status_code == 401, path
        assert client.post(url, json={}, headers=reader).status_code == 403, path
    assert client.get(f"{TICKETS}/{eva.ref}/notes", headers=reader).status_code == 200
