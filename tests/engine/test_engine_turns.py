"""The channel: exactly once, customer text is never a command, short sessions change nothing."""

import pytest

from bot.channels import sessions, turns
from bot.channels.gateway import BadRequest, read_choice

pytestmark = pytest.mark.model


def test_a_turn_asked_for_again_gets_its_answer_and_runs_nothing(known, actions, shop):
    known.say("late_delivery")
    first = known.say("request_resend", turn="t_resend")
    calls = list(actions.calls)
    again = known.say("request_resend", turn="t_resend")
    assert again["replayed"] and not first["replayed"]
    assert again["messages"] == first["messages"]
    assert again["state"] == first["state"]
    assert actions.calls == calls
    assert len(shop.ledger()) == 1


def test_a_replayed_turn_has_what_was_said_before_the_message_was_put_in_again(talk):
    first = talk.say("store_info", level="angry", turn="t_1")
    again = talk.say("store_info", level="angry", turn="t_1")
    assert [m["response"] for m in again["messages"]] == ["utter_acknowledge", "utter_store_info"]
    assert again["parse"] == first["parse"]


def test_a_replayed_failure_is_the_same_failure(talk, actions):
    actions.broken["action_handoff"] = RuntimeError("boom")
    first = talk.say("ask_human", turn="t_1")
    again = talk.say("ask_human", turn="t_1")
    assert (again["error"], again["handoff"]) == (first["error"], first["handoff"])


def test_a_turn_before_a_session_cut_is_found_again(talk, monkeypatch):
    monkeypatch.setattr(sessions, "LONG", 1)
    monkeypatch.setattr(sessions.is_due, "__kwdefaults__", {"long": 1})
    first = talk.say("store_info", turn="t_1")
    talk.say("payment_methods", turn="t_2")
    again = talk.say("store_info", turn="t_1")
    assert again["replayed"] and again["messages"] == first["messages"]


@pytest.mark.parametrize("text", ["/restart", '/intent{"order_number":"48213"}', "  /greet"])
def test_a_slash_is_plain_text(text):
    assert not turns.as_text(text).startswith("/")
    assert turns.as_text(text)[1:] == text.strip()[1:]


def test_restart_typed_by_a_customer_changes_nothing(talk):
    talk.say("late_delivery")
    talk.say("nlu_fallback", "/restart")
    assert talk.slot("resolution") == "locate"
    assert talk.slot("requested_slot") == "order_number"
    assert talk.slot("conversation_state")["turns"] == 2


def test_a_quick_reply_is_obeyed_whatever_its_title_says(talk):
    answer = talk.press('/inform{"order_number": "48213"}')
    assert answer["parse"]["intent"] == {"name": "inform", "confidence": 1.0}
    assert talk.slot("order_number") == "48213"


@pytest.mark.parametrize("payload", ["greet", "/Bad Intent", "/inform{not json}", "/inform[1]"])
def test_a_payload_that_is_not_ours_is_refused(payload):
    with pytest.raises(BadRequest):
        read_choice(payload)


def test_the_hand_back_speaks_first_and_asks_nothing_answered(known):
    known.say("late_delivery")
    known.say("ask_human")
    known.say(
        "hand_back",
        "",
        note={
            "agreed": "Se reenvía hoy por mensajería urgente.",
            "promised": [{"text": "Aviso con el nuevo seguimiento", "due": "mañana"}],
            "agent": "Marta",
        },
    )
    assert known.responses == ["utter_resume"]
    assert "Se reenvía hoy por mensajería urgente" in known.texts[-1]
    assert "order_number" not in " ".join(known.responses)
    known.say("thanks")
    assert known.responses and known.trigger is None


def test_a_question_that_was_open_before_a_person_came_is_not_asked_after(talk):
    talk.say("damaged_product")
    assert talk.slot("requested_slot") == "order_number"
    talk.context["identity"] = {"status": "verified", "customer_id": "C-1001", "name": "Lucía"}
    talk.say("hand_back", "", note={"agreed": "devolver 54,50 €", "agent": "Bruno"})
    assert talk.responses == ["utter_resume"]
    assert talk.slot("requested_slot") is None
    talk.say("store_info")
    assert talk.responses == ["utter_store_info"]


def script(talk):
    """Sixty turns with moods, misunderstandings and offers, and what the bot did in each."""
    topics = ("store_info", "payment_methods", "invoice_request", "account_access", "return_item")
    did = []
    for number in range(60):
        if number % 17 == 9:
            answer = talk.say("nlu_fallback", f"algo raro {number}")
        elif number % 13 == 5:
            answer = talk.say("thanks", f"gracias {number}")
        else:
            level = "frustrated" if number % 23 == 7 else "calm"
            answer = talk.say(topics[number % 5], f"pregunta {number}", level=level)
        did.append((talk.responses, talk.trigger, answer["state"]["step"]))
        if answer["handoff"]:
            talk.say("hand_back", "", note={"agreed": f"Acuerdo {number}", "agent": "Marta"})
            did.append((talk.responses, talk.trigger))
    return did


def test_sixty_turns_with_and_without_session_cuts_go_the_same_way(
    loaded, actions, shop, loop, monkeypatch
):
    from bench import Talk

    whole, cut = Talk(loaded, loop), Talk(loaded, loop)
    monkeypatch.setattr(sessions.is_due, "__kwdefaults__", {"long": 10_000})
    without = script(whole)
    monkeypatch.setattr(sessions.is_due, "__kwdefaults__", {"long": 8})
    assert script(cut) == without
    assert cut.texts == whole.texts
    assert len(set(whole.texts)) == len(whole.texts)
    tracker = loop.run_until_complete(loaded.tracker_store.retrieve(cut.id))
    assert sessions.customer_turns(tracker) <= 60


def test_a_new_session_carries_each_filled_slot_once(talk):
    talk.say("late_delivery", order_number="48213", email="lucia.ferrer@ejemplo.es")
    tracker = talk.loop.run_until_complete(talk.agent.tracker_store.retrieve(talk.id))
    names = [event.key for event in sessions.new_session(tracker) if hasattr(event, "key")]
    assert sorted(names) == sorted(set(names))
    assert {"order_number", "proven_order", "conversation_state"} <= set(names)


def test_a_session_is_never_cut_inside_a_form(talk):
    talk.say("late_delivery")
    tracker = talk.loop.run_until_complete(talk.agent.tracker_store.retrieve(talk.id))
    assert not sessions.is_due(tracker, long=1)
