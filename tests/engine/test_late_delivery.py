import pytest

pytestmark = pytest.mark.model

RESEND = "/request_resend"


def test_a_known_customer_is_asked_nothing_and_told_where_the_order_is(known):
    known.say("late_delivery")
    assert known.responses == ["utter_delivery_late"]
    assert "48213" in known.texts[-1]
    assert known.slot("proven_order") == "48213"


def test_a_late_order_is_sent_again_once_with_a_voucher_and_thanks(known, shop):
    known.say("late_delivery")
    known.press(RESEND)
    assert known.responses == ["utter_resend_done", "utter_offer_voucher"]
    known.say("affirm")
    assert known.responses == ["utter_voucher_done"]
    known.say("thanks")
    assert known.responses == ["utter_solved"]
    known.press(RESEND)
    assert known.responses == ["utter_already_done"]
    assert sorted(one.operation for one in shop.ledger()) == ["resend", "voucher"]


def test_a_guest_proves_the_order_with_number_and_postcode(talk, shop):
    talk.say("late_delivery")
    assert talk.responses == ["utter_ask_order_number"]
    talk.say("inform", "48213", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]
    assert "Cafetera" not in " ".join(talk.texts)
    answer = talk.say("inform", "28013", postcode="28013")
    assert talk.responses == ["utter_delivery_late"]
    assert answer["identity"]["status"] == "claimed"
    assert answer["identity"]["order"] == "48213"
    assert answer["identity"]["customer_id"] == "C-1001"


def test_nothing_already_said_is_asked(talk):
    talk.say(
        "late_delivery",
        order_number="RM-48213",
        email="lucia.ferrer@ejemplo.es",
        duration="tres semanas",
    )
    assert talk.responses == ["utter_delivery_late"]


def test_five_digits_after_the_question_for_the_postcode_are_the_postcode(talk):
    talk.say("late_delivery", order_number="48213")
    talk.say("inform", "28013", order_number="28013")
    assert talk.responses == ["utter_delivery_late"]
    assert talk.slot("order_number") == "48213"
    assert talk.last["state"]["facts"]["order"] == "48213"


@pytest.mark.parametrize("typed", ["1425", "es el 1425", "C1425"])
def test_a_postcode_of_four_digits_is_taken_when_it_was_asked_for(talk, typed):
    talk.say("late_delivery", order_number="47950")
    talk.say("inform", typed)
    assert talk.responses == ["utter_delivery_late"]


def test_a_corrected_order_number_is_not_taken_for_another_wrong_proof(talk):
    talk.say("late_delivery", order_number="99999")
    talk.say("inform", "28013", order_number="28013")
    assert talk.responses == ["utter_ask_proof_again"]
    talk.say("inform", "perdón, el pedido es el 48213", order_number="48213")
    assert talk.responses == ["utter_ask_proof"]
    assert talk.last["state"]["facts"]["order"] == "48213"
    talk.say("inform", "28013", order_number="28013")
    assert talk.responses == ["utter_delivery_late"]


def test_no_to_the_voucher_and_no_at_the_end_close_what_is_solved(known):
    known.say("late_delivery")
    known.press(RESEND)
    known.say("deny", "no quiero el vale")
    assert known.responses == ["utter_solved"]
    known.say("deny", "no, nada más")
    assert known.responses == ["utter_bye"]


def test_not_solved_after_the_refund_offers_no_refund_but_a_person(known):
    known.say("late_delivery")
    known.press("/request_refund")
    known.say("affirm")
    assert known.responses == ["utter_refund_done"]
    known.say("not_solved", "gracias por nada")
    assert known.responses == ["utter_offer_person"]


def test_not_solved_before_any_topic_asks_for_the_topic(talk):
    talk.say("not_solved", "no tenéis ni idea")
    assert talk.responses == ["utter_anything_else"]


@pytest.mark.parametrize(
    "intent, answer",
    [
        ("deny", "utter_form_stuck"),
        ("already_told", "utter_form_stuck"),
        ("wait_request", "utter_form_stuck"),
        ("churn_threat", "utter_offer_person"),
    ],
)
def test_a_form_that_got_no_answer_once_takes_the_next_one(talk, intent, answer):
    talk.say("late_delivery", order_number="48213")
    talk.say(intent)
    assert talk.responses == [answer]
    talk.say("inform", "28013", order_number="28013")
    assert talk.responses == ["utter_delivery_late"]


def test_a_form_that_was_not_understood_says_what_it_lacks_and_offers_no_topics(talk):
    talk.say("late_delivery")
    talk.say("nlu_fallback", "no sé qué número dice usted")
    assert talk.responses == ["utter_form_stuck"]


def test_wrong_proofs_lead_to_a_person_and_reveal_nothing(talk):
    talk.say("late_delivery", order_number="48213")
    talk.say("inform", email="otra@ejemplo.es")
    assert talk.responses == ["utter_ask_proof_again"]
    talk.say("inform", postcode="99999")
    assert talk.trigger == "identity_failed"
    said = " ".join(talk.texts)
    assert not any(word in said for word in ("Cafetera", "Lucía", "Correos"))


def test_an_order_that_does_not_exist_looks_like_a_wrong_proof(talk):
    talk.say("late_delivery", order_number="11111", email="lucia.ferrer@ejemplo.es")
    assert talk.responses == ["utter_ask_proof_again"]


def test_a_verified_customer_must_prove_somebody_elses_order(known):
    known.say("late_delivery", order_number="47950")
    assert known.responses == ["utter_ask_proof"]


def test_money_back_is_confirmed_before_it_moves(known, shop):
    known.say("late_delivery")
    known.press("/request_refund")
    assert known.responses == ["utter_refund_confirm"]
    assert shop.ledger() == []
    known.say("affirm")
    assert known.responses == ["utter_refund_done"]
    assert [one.operation for one in shop.ledger()] == ["refund"]


def test_a_no_moves_no_money(known, shop):
    known.say("request_refund", order_number="48213")
    known.say("deny")
    assert known.responses == ["utter_offer_declined"]
    known.say("affirm")
    assert shop.ledger() == []


def test_a_refund_after_a_resend_is_decided_by_a_person(known, shop):
    known.say("late_delivery")
    known.press(RESEND)
    known.press("/request_refund")
    assert known.trigger == "out_of_authority"
    assert [one.operation for one in shop.ledger()] == ["resend"]


def test_a_refund_above_the_limit_goes_to_a_person(talk, shop):
    talk.say("request_refund", order_number="49102", postcode="03100")
    assert talk.trigger == "out_of_authority"
    assert talk.responses == ["utter_handoff_authority"]
    assert shop.ledger() == []


def test_several_orders_are_offered_as_choices(talk, loaded, loop):
    talk.context["identity"] = {"status": "verified", "customer_id": "C-1005", "name": "Hannah"}
    talk.say("damaged_product")
    assert talk.responses == ["utter_which_order"]
    payloads = [choice["payload"] for choice in talk.last["messages"][-1]["choices"]]
    talk.press(payloads[0])  # of 259 €: the bot may send another, not pay it back
    assert talk.responses == ["utter_offer_only_resend"]


def test_thanks_before_choosing_are_answered_with_the_choice(known):
    known.say("late_delivery", order_number="48213")
    known.say("thanks")
    assert known.responses == ["utter_still_to_choose"]
    known.say("request_resend")
    known.say("deny")
    known.say("thanks")
    assert known.responses == ["utter_solved"]
