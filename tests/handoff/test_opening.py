from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import timedelta

import pytest
from desk_fakes import sqlite_only

from bot.deescalation.conversation import ConversationState
from bot.errors import StoreError
from bot.handoff import staff
from bot.handoff.context import HandoffContext
from bot.handoff.records import Identity, Reply
from bot.handoff.store.ids import DICTATABLE

pytestmark = pytest.mark.database

PAYLOAD = {
    "trigger": "legal_threat",
    "rule": "legal_threat",
    "evidence": "hablaré con mi abogado",
    "reason_code": "legal_risk",
    "step": "resolve",
    "attempts": 1,
    "techniques": ["name_the_wait"],
    "offers": [{"text": "Reenviar", "status": "refused"}, {"text": "Vale", "status": "made"}],
    "facts": {"order": "R-100234", "wait": "12 días"},
    "issue": "late_delivery",
    "team": "logistics",
    "priority": "medium",
    "risk": ["legal"],
    "language": "es",
    "register": "usted",
    "misunderstood": 0,
    "failure_points": [],
    "wants": "Recibir el pedido",
    "tried": "Reenviar (no quiso)",
    "happened": "El pedido R-100234 lleva 12 días de retraso",
}


def running(here, *texts):
    conversation = here.chat(*texts)
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    return conversation, turn.id


def test_opening_a_ticket_stores_replies_notice_and_owner_together(here):
    conversation, turn = running(here, "quiero una persona")

    ticket, notice = here.desk.open_ticket(
        conversation, PAYLOAD, trigger="legal_threat", replies=[Reply("Le paso")], turn=turn
    )

    texts = [message.text for message in here.store.messages(conversation)]
    assert texts[1] == "Le paso"
    assert texts[2] == notice.text
    assert ticket.ref in notice.text
    assert here.store.conversation(conversation).owner == "queue"
    assert here.store.turn(turn).status == "answered"


def test_a_failure_while_opening_leaves_nothing_half_done(here):
    conversation, turn = running(here, "hola")

    def broken(*args, **kwargs):
        raise RuntimeError("no words")

    here.phrasebook.choose = broken
    with pytest.raises(RuntimeError):
        here.desk.open_ticket(
            conversation, None, trigger="x", replies=[Reply("Le paso")], turn=turn
        )

    assert len(here.store.messages(conversation, late=True)) == 1
    assert here.store.conversation(conversation).owner == "bot"
    assert [each.id for each in here.store.unfinished_turns()] == [turn]


def test_two_handoffs_at_once_are_one_ticket(here):
    conversation = here.chat("una persona")

    with ThreadPoolExecutor(6) as pool:
        results = list(
            pool.map(
                lambda _: here.desk.open_ticket(conversation, None, trigger="person_button"),
                range(6),
            )
        )

    assert len({ticket.ref for ticket, _ in results}) == 1
    assert len({notice.id for _, notice in results}) == 1
    assert len(here.store.messages(conversation)) == 2


def test_what_the_bot_says_after_the_handoff_is_late_and_only_for_the_agent(here):
    conversation, turn = running(here, "hola")
    here.desk.open_ticket(conversation, None, trigger="person_button")

    stored = here.store.finish_turn(turn, replies=[Reply("Hola, soy el bot")])

    assert [message.late for message in stored] == [True]
    assert "Hola, soy el bot" not in [m.text for m in here.store.messages(conversation)]
    assert here.store.turn(turn).status == "late"
    assert here.store.start_turn(turn) is None


def test_a_handoff_of_a_turn_overtaken_by_the_button_keeps_its_replies_late(here):
    conversation, turn = running(here, "hola")
    first, notice = here.desk.open_ticket(conversation, None, trigger="person_button")

    again, same = here.desk.open_ticket(
        conversation, PAYLOAD, trigger="legal_threat", replies=[Reply("Le paso")], turn=turn
    )

    assert (again.ref, same.id) == (first.ref, notice.id)
    assert here.store.turn_messages(turn, "bot")[0].late is True


def test_a_turn_that_still_gathers_is_answered_by_the_handoff(here):
    conversation = here.chat("hola")

    here.desk.open_ticket(conversation, None, trigger="person_button")

    assert here.store.unfinished_turns() == []
    assert here.store.open_turn(conversation) is None


def test_while_a_person_is_awaited_messages_belong_to_no_turn(here):
    conversation = here.ticket().conversation

    message, created = here.store.add_customer_message(conversation, "¿sigue ahí?", "z")

    assert (message.turn, created) == (None, True)


def test_a_dead_engine_opens_a_ticket_and_gives_the_turn_up_in_one_step(here):
    conversation, turn = running(here, "llevo tres semanas esperando")

    ticket, notice = here.desk.open_ticket(
        conversation, None, trigger="engine_failure", turn=turn, error="EngineDown"
    )

    assert notice.response == "utter_notice_engine_failed"
    assert here.store.turn(turn).status == "failed"
    assert ticket.reason_code == "system_failure"
    assert ticket.context["summary"]["wants"] == "«llevo tres semanas esperando»"
    assert ticket.context["initiator"] == "system"


def test_the_context_carries_what_the_bot_asked_for(here):
    conversation, turn = running(here, "hablaré con mi abogado")
    parse = {
        "intent": {"name": "legal_threat", "confidence": 0.9},
        "intent_ranking": [{"name": "legal_threat", "confidence": 0.9}],
        "entities": [{"entity": "order_number", "value": "R-100234", "start": 0, "end": 8}],
        "language": {"code": "es", "confidence": 0.99},
        "frustration": {"score": 0.8, "level": "angry", "cues": []},
    }

    ticket, _ = here.desk.open_ticket(
        conversation, PAYLOAD, trigger="legal_threat", turn=turn, parse=parse
    )

    context = ticket.context
    assert context["trigger"] == {
        "type": "legal_threat",
        "rule": "legal_threat",
        "evidence": "hablaré con mi abogado",
    }
    assert context["summary"]["happened"] == f"{PAYLOAD['happened']} «hablaré con mi abogado»"
    assert context["rejected_offers"] == ["Reenviar"]
    assert context["orders"] == ["R-100234"]
    assert context["last_topic"] == "legal_threat"
    assert context["intent"]["confidence"] == 0.9
    assert context["risks"] == ["legal"]
    assert context["versions"] == {"model": "m-1"}
    assert context["schema_version"] == 1
    assert (ticket.team, ticket.priority) == ("managers", "high")


def test_without_a_payload_the_engines_last_state_is_used(here):
    conversation, turn = running(here, "no llega")
    state = {
        "step": "resolve",
        "attempts": 2,
        "techniques": ["name_the_wait", "own_it"],
        "offers": [{"text": "Reenviar", "status": "made"}],
        "issue": "late_delivery",
        "facts": {"order": "R-100234"},
    }
    here.store.finish_turn(turn, replies=[Reply("…")], state=state)

    ticket, _ = here.desk.open_ticket(conversation, None, trigger="person_button")

    context = ticket.context
    assert ticket.team == "logistics"
    assert context["attempts"] == 2
    assert context["techniques"] == ["name_the_wait", "own_it"]
    assert context["summary"]["tried"] == "Reenviar"
    assert context["facts"] == {"order": "R-100234"}
    assert context["initiator"] == "customer"


@pytest.mark.parametrize("trigger", ["person_button", "engine_failure"])
def test_what_the_bot_saw_presses_just_as_much_without_its_payload(here, trigger):
    conversation, turn = running(here, "o me lo arreglan o lo cuento en la prensa y me voy")
    seen = ConversationState(issue="late_delivery", risks=("churn", "press"), priority="high")
    here.store.finish_turn(turn, replies=[Reply("…")], state=seen.summary())

    ticket, _ = here.desk.open_ticket(conversation, None, trigger=trigger)

    assert (ticket.priority, ticket.team) == ("high", "managers")
    assert ticket.context["risks"] == ["churn", "press"]


def test_the_bots_priority_stays_without_any_risk(here):
    conversation, turn = running(here, "ya van tres veces")
    seen = ConversationState(issue="technical", priority="high")
    here.store.finish_turn(turn, replies=[Reply("…")], state=seen.summary())

    assert here.desk.open_ticket(conversation, None, trigger="person_button")[0].priority == "high"


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"vip": True}, id="special care"),
        pytest.param({"contacts": [{"at": "2026-11-24", "issue": "order"}]}, id="came yesterday"),
    ],
)
def test_who_the_customer_is_presses_whoever_asked_for_a_person(here, known):
    here.desk.known_history = lambda conversation: known

    assert here.ticket("una persona").priority == "high"


def test_who_the_customer_is_and_was_goes_along_when_proved(here):
    eva = Identity("verified", "C-1001", "Eva", "eva@example.org")
    earlier = here.ticket("antes", identity=eva)
    here.clock.forward(hours=1)

    ticket = here.ticket("ahora", identity=eva)

    context = ticket.context
    assert context["customer"]["name"] == "Eva"
    assert context["customer"]["identity_status"] == "verified"
    assert [each["ref"] for each in context["history"]["tickets"]] == [earlier.ref]
    assert context["history"]["conversations_30_days"] == 2


def test_a_customer_who_only_claims_a_name_gets_nobodys_history(here):
    here.ticket("antes", identity=Identity("verified", "C-1001", "Eva"))

    ticket = here.ticket("ahora", identity=Identity("claimed", "C-1001", "Eva"))

    assert ticket.context["history"]["tickets"] == []


def test_references_can_be_dictated(here):
    ref = here.ticket().ref

    assert ref.startswith("R-")
    assert set(ref[2:]) <= set(DICTATABLE)
    assert not set("01ILO") & set(DICTATABLE)


def test_the_notice_tells_place_and_no_invented_wait(here):
    here.ticket()
    here.clock.forward(minutes=1)

    _, notice = here.desk.open_ticket(here.chat("hola"), None, trigger="person_button")

    assert "position=2" in notice.text
    assert "minutes=" not in notice.text


def test_the_wait_is_told_once_the_desk_knows_it(here):
    ana = here.agent()
    for minutes in (2, 3, 4, 5, 6, 7):
        ticket = here.ticket()
        here.clock.forward(minutes=minutes)
        here.desk.claim(ticket.ref, ana)

    _, notice = here.desk.open_ticket(here.chat("hola"), None, trigger="person_button")

    assert "minutes=3–6" in notice.text


def test_out_of_hours_the_notice_tells_the_next_opening(here):
    here.clock.forward(hours=11)  # 23:00 in Madrid

    ticket, notice = here.desk.open_ticket(here.chat("hola"), None, trigger="person_button")

    assert notice.response == "utter_notice_handoff_closed"
    assert "opens=mañana a las 9:00" in notice.text
    assert ticket.due_first_response == here.clock.now + timedelta(hours=10, minutes=5)


def test_an_agent_who_is_there_at_night_makes_the_desk_open(here):
    here.clock.forward(hours=11)
    here.desk.agent_back(here.agent())

    _, notice = here.desk.open_ticket(here.chat("hola"), None, trigger="person_button")

    assert notice.response == "utter_notice_handoff"


def test_an_urgent_ticket_goes_first(here):
    usual = here.ticket("hola")
    here.clock.forward(seconds=5)
    danger = {**PAYLOAD, "risk": ["safety"], "team": "general"}
    urgent = here.ticket("peligro", payload=danger, trigger="safety")

    rows, _ = here.desk.queue(here.agent(role="supervisor"))

    assert [row["ref"] for row in rows] == [urgent.ref, usual.ref]
    assert urgent.due_first_response == here.clock.now + timedelta(seconds=60)


def test_when_all_words_were_said_the_notice_is_said_again_rather_than_silence(here):
    here.phrasebook.variations = 1
    ana = here.agent(role="supervisor")
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)
    here.desk.give_back(ticket.ref, ana, {"agreed": "Reenviar"})

    _, notice = here.desk.open_ticket(ticket.conversation, None, trigger="person_button")

    assert notice.text.startswith("utter_notice_handoff")


def test_a_notice_that_need_not_repeat_itself_is_left_out(here):
    here.phrasebook.variations = 1
    conversation = here.ticket().conversation

    first = here.desk.notice(conversation, "utter_notice_queue_message", repeat=False)
    second = here.desk.notice(conversation, "utter_notice_queue_message", repeat=False)

    assert "reference=R-" in first.text
    assert second is None


@sqlite_only
def test_a_locked_database_is_a_store_error(here, monkeypatch):
    monkeypatch.setattr("bot.handoff.store.database.BUSY_TIMEOUT", 0.01)
    from bot.handoff.store import Store

    second = Store(str(here.store.database.url), here.clock)
    with here.store.database.write(), pytest.raises(StoreError):
        second.create_conversation()
    second.close()


@pytest.mark.parametrize(
    "presence, role, teams, served",
    [
        pytest.param("online", "agent", ("billing",), True, id="available"),
        pytest.param("busy", "agent", ("billing",), True, id="busy"),
        pytest.param("online", "supervisor", ("billing",), True, id="a supervisor of the team"),
        pytest.param("away", "agent", ("billing",), False, id="away"),
        pytest.param("online", "agent", ("logistics",), False, id="of another team"),
        pytest.param("online", "admin", (), False, id="who only sees the team"),
        pytest.param("online", "trainer", ("billing",), False, id="trainers serve nobody"),
    ],
)
def test_at_night_only_who_serves_the_team_makes_the_desk_open(here, presence, role, teams, served):
    here.clock.forward(hours=11)  # 23:00 in Madrid
    here.desk.agent_back(here.agent("bea", teams=teams, role=role))
    with here.store.database.write() as connection:
        staff.update(connection, "bea", presence=presence)

    double = {**PAYLOAD, "risk": [], "team": "billing"}
    _, notice = here.desk.open_ticket(here.chat("hola"), double, trigger="x")

    assert (notice.response == "utter_notice_handoff") is served
    assert ("opens=mañana a las 9:00" in notice.text) is not served


def test_what_was_promised_before_goes_along(here):
    ana = here.agent()
    first = here.ticket("no llega")
    here.desk.claim(first.ref, ana)
    promised = [{"text": "Llega el viernes", "due": None}]
    here.desk.give_back(first.ref, ana, {"agreed": "Reenviar", "promised": promised})

    ticket, _ = here.desk.open_ticket(first.conversation, None, trigger="person_button")

    (promise,) = ticket.context["promises"]
    assert (promise["text"], promise["due"]) == ("Llega el viernes", None)
    assert (promise["by"], promise["reference"]) == ("agent", first.ref)
    assert ticket.context["handoff_id"] == f"{first.conversation}-2"


def test_every_field_of_the_context_is_always_there(here):
    expected = {field.name for field in fields(HandoffContext)}

    assert set(here.ticket().context) == expected
