"""Stories, rules and forms that know nothing of de-escalation still run in an angry turn."""

import pytest

pytestmark = pytest.mark.model


def actions_in(talk):
    from bot.channels.answer import actions_of

    return actions_of(talk.events)


def test_a_rule_runs_to_its_end_after_the_acknowledgement(talk):
    talk.say("store_info", level="angry")
    assert talk.responses == ["utter_acknowledge", "utter_store_info"]


def test_a_calm_message_is_not_acknowledged(talk):
    talk.say("store_info")
    assert talk.responses == ["utter_store_info"]


def test_a_form_goes_on_after_the_acknowledgement_and_keeps_what_was_said(talk):
    talk.say("late_delivery", level="angry", order_number="48213")
    assert talk.responses == ["utter_acknowledge", "utter_ask_proof"]
    talk.say("inform", "el 28013, por tercera vez", level="angry", postcode="28013")
    assert talk.responses == ["utter_acknowledge", "utter_delivery_late"]


def test_a_story_is_followed_through_an_angry_turn(known):
    known.say("late_delivery", level="frustrated")
    assert known.responses == ["utter_acknowledge", "utter_delivery_late"]
    known.press("/request_resend")
    known.say("affirm", level="frustrated")
    assert known.responses[-1] == "utter_voucher_done"


def test_venting_inside_a_form_is_listened_to_and_the_form_waits(talk):
    talk.say("late_delivery")
    talk.say("vent", level="angry")
    assert talk.responses == ["utter_deescalate"]
    assert talk.slot("requested_slot") == "order_number"
    talk.say("inform", "48213", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]


def test_a_handoff_inside_a_form_ends_the_form(talk):
    talk.say("late_delivery")
    answer = talk.say("ask_human")
    assert answer["handoff"]["trigger"] == "explicit_request"
    assert talk.slot("requested_slot") is None
    tracker = talk.loop.run_until_complete(talk.agent.tracker_store.retrieve(talk.id))
    assert tracker.active_loop_name is None


def test_the_message_keeps_all_that_was_understood_when_it_is_put_in_again(talk):
    talk.say("store_info", level="angry")
    tracker = talk.loop.run_until_complete(talk.agent.tracker_store.retrieve(talk.id))
    heard = tracker.latest_message
    assert heard.parse_data["frustration"]["level"] == "angry"
    assert heard.parse_data["turn"]["id"] == talk.turn == heard.message_id


def test_an_answer_to_a_form_that_was_not_understood_is_no_misunderstanding(talk):
    talk.say("late_delivery")
    answer = talk.say("nlu_fallback", "48213 creo", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]
    assert answer["state"]["misunderstood"] == 0


def test_nothing_usable_in_a_form_asks_in_other_words_then_a_person(talk):
    talk.say("late_delivery")
    talk.say("deny", "no lo tengo a mano")
    assert talk.responses == ["utter_form_stuck"]
    talk.say("bot_challenge")
    assert talk.responses[0] == "utter_bot_challenge"
