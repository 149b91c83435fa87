"""Every trigger once through the engine, and the calm twin that must not fire."""

import pytest

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    "intent, trigger",
    [
        ("ask_human", "explicit_request"),
        ("self_harm", "self_harm"),
        ("violence_threat", "violence_threat"),
        ("legal_threat", "legal_threat"),
        ("press_threat", "press_threat"),
        ("formal_complaint", "formal_complaint"),
        ("data_rights", "data_rights"),
    ],
)
def test_an_intent_that_needs_a_person_gets_one_at_once(talk, intent, trigger):
    talk.say(intent)
    assert talk.trigger == trigger
    assert len(talk.texts) == 1


@pytest.mark.parametrize(
    ("intent", "trigger"), [("policy_exception", "always_person"), ("opt_out", "opt_out")]
)
def test_what_the_bot_may_not_decide_goes_to_a_person(talk, intent, trigger):
    talk.say(intent)
    assert talk.trigger == trigger
    assert talk.responses


@pytest.mark.parametrize("intent", ["greet", "store_info", "thanks", "late_delivery", "bye"])
def test_calm_talk_reaches_nobody(talk, intent):
    talk.say(intent)
    assert talk.trigger is None
    assert "utter_offer_person" not in talk.responses


def test_safety_says_the_countrys_line(talk):
    talk.say("self_harm")
    assert "024" in talk.texts[0] and "112" in talk.texts[0]
    assert talk.last["handoff"]["priority"] == "urgent"


def test_three_misunderstandings_reask_offer_and_hand_over(talk):
    talk.say("nlu_fallback", "asdf")
    assert talk.responses == ["utter_reask"]
    assert len(talk.last["messages"][0]["choices"]) == 3
    talk.say("nlu_fallback", "qwer")
    assert talk.responses == ["utter_offer_person"]
    talk.say("nlu_fallback", "zxcv")
    assert talk.trigger == "not_understood"


def test_understanding_in_between_starts_the_count_again(talk):
    talk.say("nlu_fallback", "asdf")
    talk.say("store_info")
    talk.say("nlu_fallback", "zxcv")
    assert talk.responses == ["utter_reask"]


def test_anger_not_lower_after_two_attempts_reaches_a_person(talk):
    talk.say("vent", level="angry")
    talk.say("vent", level="angry")
    talk.say("vent", level="angry")
    assert talk.trigger == "anger_not_lower"


def test_anger_that_cools_stays_with_the_bot(talk):
    talk.say("vent", level="angry")
    talk.say("vent", level="annoyed")
    talk.say("store_info")
    assert talk.trigger is None


def test_a_falling_mood_offers_a_person(talk):
    talk.say("store_info")
    talk.say("payment_methods", level="annoyed")
    talk.say("return_item", level="frustrated")
    assert "utter_offer_person" in talk.responses


def test_insults_get_one_boundary_then_a_person(talk):
    talk.say("abuse", level="angry")
    assert talk.responses == ["utter_boundary"]
    talk.say("abuse", level="angry")
    assert talk.trigger == "abuse_after_boundary"


def test_a_person_accepted_is_a_handoff(talk):
    talk.say("churn_threat")
    assert talk.responses == ["utter_offer_person"]
    talk.say("affirm")
    assert talk.trigger == "accepted_person"


def test_a_person_refused_is_not_offered_again_at_once(talk):
    talk.say("churn_threat")
    talk.say("deny")
    assert "utter_offer_person" not in talk.responses
    assert talk.trigger is None


def test_a_new_message_after_an_agent_closed_the_case_is_answered(talk):
    talk.say("ask_human")
    talk.say("store_info")
    assert talk.responses == ["utter_store_info"]
    assert talk.trigger is None


def test_a_bare_number_has_no_mood(talk):
    talk.say("late_delivery", level="angry")
    talk.say("inform", "48213", level="angry", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]
