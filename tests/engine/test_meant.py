"""Which of their orders a customer means, without being asked what they have said."""

import pytest

pytestmark = pytest.mark.model


@pytest.fixture
def diego(loaded, actions, shop, loop):
    """Two orders, a backpack and a monitor, both charged twice."""
    from bench import Talk

    return Talk(loaded, loop, identity={"status": "verified", "customer_id": "C-1009"})


def test_the_product_that_they_name_is_enough(diego, shop):
    diego.say("double_charge", "me habéis cobrado dos veces las mochilas")
    assert diego.responses == ["utter_charges_double", "utter_refund_done"]
    assert [one.subject for one in shop.ledger()] == ["CH-50402-2"]


def test_an_answer_in_words_is_enough(diego):
    diego.say("double_charge")
    assert diego.responses == ["utter_which_order"]
    assert diego.last["messages"][-1]["choices"][-1]["payload"] == "/ask_human"
    diego.say("inform", "el del monitor")
    assert diego.trigger == "out_of_authority"
    assert diego.last["handoff"]["facts"]["order"] == "50409"


def test_what_can_be_done_tells_orders_apart(loaded, actions, shop, loop):
    from bench import Talk

    talk = Talk(loaded, loop, identity={"status": "verified", "customer_id": "C-1006"})
    talk.say("cancel_order")
    assert talk.responses == ["utter_cancel_confirm"]
    assert "50420" in talk.texts[-1]


def test_a_no_with_another_wish_does_the_other(known, shop):
    known.say("late_delivery", order_number="48213")
    known.say("request_refund")
    assert known.responses == ["utter_refund_confirm"]
    known.say("deny", "no, mejor reenviadla", also=["request_resend"])
    assert known.responses == ["utter_resend_done", "utter_offer_voucher"]


def test_asking_again_for_the_money_is_a_yes(known, shop):
    known.say("late_delivery", order_number="48213")
    known.say("request_refund")
    known.say("request_refund", "SÍ, DEVOLVEDLO YA", level="angry")
    assert [one.operation for one in shop.ledger()] == ["refund"]
