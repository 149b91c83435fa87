"""Several matters in one message or conversation: none is forgotten, none is asked for twice."""

import pytest

pytestmark = pytest.mark.model


def test_both_are_named_one_is_chosen_and_the_other_is_taken_up_unasked(known, shop):
    known.say("late_delivery", also=["damaged_product"], level="angry")
    assert known.responses == ["utter_choose_matter"]
    text, choices = known.texts[-1], known.last["messages"][0]["choices"]
    assert "un pedido que no llega" in text
    assert "un producto dañado" in text
    assert [one["payload"] for one in choices] == [
        "/late_delivery",
        "/damaged_product",
        "/ask_human",
    ]
    known.press("/late_delivery")
    assert known.responses == ["utter_delivery_late"]
    known.say("request_resend")
    known.say("deny")
    assert known.responses == ["utter_take_up", "utter_offer_remedy"]  # of the one delivered
    assert "48377" in known.texts[-1]
    assert known.last["state"]["matter"] == "damaged_product"


def test_either_may_come_first(known):
    known.say("late_delivery", also=["damaged_product"])
    known.say("affirm")
    assert known.responses == ["utter_begin_with", "utter_delivery_late"]


def test_first_something_else_in_the_middle_of_the_form(talk):
    talk.say("late_delivery")
    talk.say("double_charge")
    assert talk.responses == ["utter_switch_matter", "utter_ask_order_number"]
    talk.say("inform", order_number="48213")
    talk.say("inform", postcode="28013")
    assert talk.responses == ["utter_charges_single"]
    talk.say("thanks")
    assert talk.responses == ["utter_take_up", "utter_delivery_late"]


def test_a_question_in_the_middle_of_the_form_is_answered_and_the_form_goes_on(talk):
    talk.say("late_delivery")
    talk.say("store_info")
    assert talk.responses == ["utter_store_info", "utter_ask_order_number"]


def test_a_fault_in_the_middle_of_the_form_does_not_ask_two_things(talk):
    talk.say("late_delivery")
    talk.say("technical_problem", service="app")
    assert talk.responses == ["utter_fix_app"]
    talk.say("affirm")
    assert talk.responses == ["utter_fix_worked", "utter_take_up", "utter_ask_order_number"]


def test_the_number_is_corrected(talk):
    talk.say("late_delivery", order_number="48377")
    talk.say("inform", "no, perdón, era el 48213", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]
    talk.say("inform", postcode="28013")
    assert "48213" in talk.texts[-1]


def test_what_waits_is_on_the_ticket(known):
    known.say("late_delivery", also=["damaged_product"])
    known.say("ask_human")
    assert [one["intent"] for one in known.last["handoff"]["waiting"]] == [
        "late_delivery",
        "damaged_product",
    ]


def test_a_wish_settles_the_matter_that_waits_for_it(known):
    known.say("late_delivery")
    known.say("double_charge", order_number="48213")
    known.say("request_resend")
    known.say("affirm")
    assert known.responses == ["utter_voucher_done"]
    known.say("thanks")
    assert known.responses == ["utter_solved"]
